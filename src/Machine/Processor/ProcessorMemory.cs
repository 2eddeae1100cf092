using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Machine.Processor;

/// <summary>The memory of each processor: a stack with its ProcessorState on top, descriptor tables, and the window for guests' ones.</summary>
public static class ProcessorMemory
{
    private const ulong AreaBytes = 32 * 1024;

    /// <summary>Takes the memory for all processors of a table.</summary>
    public static void Prepare(Table<Link<ProcessorState>> processors)
    {
        for (ulong number = 0; number < processors.Length; number++)
        {
            ulong area = BootMemory.TakeCleared(AreaBytes);
            ref ProcessorState state = ref DirectMap.At<ProcessorState>(new(area + ProcessorState.StackBytes));
            state.Number = (uint)number;
            state.DescriptorWindow = Layout.Descriptors + number * Layout.DescriptorWindow;
            state.DescriptorTable = HypervisorTables.MapDescriptorWindow(state.DescriptorWindow);
            state.TableFrames = Mfn.Of(new(BootMemory.TakeCleared(DescriptorTables.Frames * Mfn.Size)));
            if (SplitTables.AreOn)
                SplitTables.Prepare(ref state, Mfn.Of(new(BootMemory.TakeCleared(SplitTables.Frames * Mfn.Size))));
            processors[number] = Link<ProcessorState>.To(ref state);
        }
    }

    /// <summary>
    /// A processor did not come up in its memory, and may yet: the memory goes to the table's end, where it is not used, and what was there takes
    /// its number.
    /// </summary>
    public static void LeaveOut(Table<Link<ProcessorState>> processors, uint number, uint last)
    {
        (processors[number], processors[last]) = (processors[last], processors[number]);
        processors[number].Value.Number = number;
    }
}
