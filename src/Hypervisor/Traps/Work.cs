using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Traps;

/// <summary>What a processor does between guests: its noted work, the choice of who runs, and the wait when nobody can.</summary>
public static class Work
{
    /// <summary>Does all noted work and returns the virtual CPU to enter; waits for one if need be.</summary>
    public static ref VirtualCpu Run(ref ProcessorState processor)
    {
        while (true)
        {
            ProcessorWork work = processor.Work;
            processor.Work = ProcessorWork.None;
            if ((work & ProcessorWork.Timer) != 0)
                Scheduler.TimerExpired(ref processor);
            if ((work & ProcessorWork.Console) != 0)
                Keyboard.Read();
            if ((work & ProcessorWork.Teardown) != 0)
                Teardown.Step(ref processor);
            if (GuestConsole.HasUnfinished)
                GuestConsole.ShowUnfinished();
            Link<VirtualCpu> next = Scheduler.Running;
            if ((work & ProcessorWork.Schedule) != 0 || next.IsNull)
            {
                if (!Scheduler.TryChoose(ref processor, out next) && processor.Work == ProcessorWork.None)
                    Instructions.WaitForInterrupt();
            }
            if (!next.IsNull && processor.Work == ProcessorWork.None)
                return ref next.Value;
        }
    }
}
