using Serai.Hypervisor.Events;
using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>
/// Interrupts. Those of devices that the hypervisor itself drives only note work to be done on the way out; others become events.
/// </summary>
public static class InterruptEntry
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
            default:
                DeviceEvents.Take(vector, ref processor);
                break;
        }
        LocalApic.EndInterrupt();
    }
}
