using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>Interrupts of devices that the hypervisor itself drives: each only notes work to be done on the way out.</summary>
public static class Interrupts
{
    /// <summary>Takes an interrupt on a processor.</summary>
    public static void Handle(uint vector, ref ProcessorState processor)
    {
        switch (vector)
        {
            case LocalApic.TimerVector:
                processor.Work |= ProcessorWork.Timer;
                break;
            case LocalApic.SerialVector:
                processor.Work |= ProcessorWork.Console;
                break;
            case Interprocessor.KickVector:
                break;
            case LocalApic.SpuriousVector:
                return;
        }
        LocalApic.EndInterrupt();
    }
}
