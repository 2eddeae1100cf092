using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Hypervisor.Tests.Histories;
using Serai.Machine.Memory;
using Serai.Machine.Processor;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Building;

/// <summary>The steps of a creation: whichever fails, and however far it came, the machine is then as it was before.</summary>
public sealed class ConstructionTests
{
    private const ulong ListAddress = 0xffff_8800_0000_0000;
    private const int Mebibytes = 32;

    private static Construction Prepare()
    {
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(list: ListAddress), "kernel"));
        return PrepareAgain();
    }

    private static Construction PrepareAgain()
    {
        var specification = new DomainSpecification
        {
            RamdiskModule = -1, Memory = 4 << 20, MaximumMemory = 4 << 20, Vcpus = 3, Share = ShareParameters.Usual,
        };
        Assert.Equal(BuildError.None, UnpackedKernel.Open(specification, out UnpackedKernel kernel));
        Assert.Equal(BuildError.None, DomainBuilder.Prepare(specification, kernel, out Construction construction));
        return construction;
    }

    /// <summary>Whose every frame is and what refers to it, what is free, who is known, who has the keyboard.</summary>
    private static List<ulong> Census()
    {
        const ulong uses = Frame.CountMask | Frame.TypeCountMask | Frame.Pinned | Frame.Allocated | Frame.Shared | Frame.Partly;
        var census = new List<ulong> { FrameAllocator.FreeCount, unchecked((ulong)ConsoleState.Now.KeyboardFocusFocus) };
        for (ulong number = 0; number < FrameTable.All.Length; number++)
            census.Add((FrameTable.All[number].State & uses) << 4 ^ FrameTable.All[number].Owner);
        for (uint id = 0; DomainTable.TryFindFrom(id, out Link<Domain> domain); id = domain.Value.Id + 1u)
            census.Add(domain.Value.Id);
        census.Add(DomainTable.TryFind(""u8, out _) ? 1ul : 0);
        for (ulong number = 0; number < Processors.All.Length; number++)
            census.Add(Processors.All[number].Value.TracesOf);
        return census;
    }

    private static void ExpectNothingLeft(List<ulong> before)
    {
        Assert.Equal(before, Census());
        Assert.Empty(FrameOracle.Look(null));
        Construction again = PrepareAgain();
        Assert.Equal(BuildError.None, again.DoAll());
        Assert.Empty(FrameOracle.Look(null));
    }

    public static TheoryData<BuildStep, bool, long> Steps
    {
        get
        {
            var steps = new TheoryData<BuildStep, bool, long>();
            foreach (BuildStep step in Enum.GetValues<BuildStep>().Where(it => it < BuildStep.End))
            {
                steps.Add(step, false, 600);
                steps.Add(step, true, 600);
                steps.Add(step, true, 1);
            }

            return steps;
        }
    }

    /// <summary>A step fails before it has done anything, or after it has done everything.</summary>
    [Theory]
    [MemberData(nameof(Steps))]
    public void AStepThatFailsLeavesNothing(BuildStep failing, bool late, long budget)
    {
        Construction construction = Prepare();
        List<ulong> before = Census();
        Preemption.Budget = budget;
        for (BuildStep step = BuildStep.Record; late ? step <= failing : step < failing; step++)
            Assert.Equal(BuildError.None, construction.Do(step));
        if (!construction.Made.IsNull)
            KeyboardFocus.Choose(construction.Made.Value.Id);
        construction.UndoFrom(failing);
        ExpectNothingLeft(before);
    }

    /// <summary>Memory runs out anywhere in the first four steps.</summary>
    [Fact]
    public void NoShortageLeavesAnything()
    {
        var failed = new HashSet<BuildError>();
        for (ulong leave = 0; ; leave += leave < 12 ? 1ul : 37)
        {
            Construction construction = Prepare();
            var taken = new List<(Mfn, int)>();
            for (int order = 9; order >= 0; order--)
            {
                while (FrameAllocator.FreeCount >= leave + (1ul << order) && FrameAllocator.TryTake(order, out Mfn block))
                    taken.Add((block, order));
            }

            List<ulong> before = Census();
            BuildError reason = construction.DoAll();
            if (reason == BuildError.None)
                break;
            failed.Add(reason);
            Assert.Equal(before, Census());
            foreach ((Mfn block, int order) in taken)
                FrameAllocator.Free(block, order);
            Assert.Empty(FrameOracle.Look(null));
        }

        Assert.Equal([BuildError.TooManyDomains, BuildError.NoMemoryForVcpus, BuildError.NoMemoryForList, BuildError.NoMemory], failed);
    }

    [Fact]
    public void TablesThatAreTooFewLeaveNothing()
    {
        Construction construction = Prepare();
        List<ulong> before = Census();
        construction.Layout.TableCount = 2;
        Assert.Equal(BuildError.TablesTooFew, construction.DoAll());
        ExpectNothingLeft(before);
    }

    /// <summary>An entry that may not be, in the first or the last table: the tables are taken apart as far as they were taken.</summary>
    [Theory]
    [InlineData(false, 600)]
    [InlineData(true, 600)]
    [InlineData(true, 1)]
    public void TablesThatDoNotValidateLeaveNothing(bool last, long budget)
    {
        Construction construction = Prepare();
        List<ulong> before = Census();
        for (BuildStep step = BuildStep.Record; step < BuildStep.Roots; step++)
            Assert.Equal(BuildError.None, construction.Do(step));
        ulong table = last ? construction.Layout.Tables + construction.Layout.TableCount - 1 : construction.Layout.Tables;
        DirectMap.Table(new Mfn(construction.List.Numbers[table]))[511] = 1ul << 40 | PageTableEntry.Present | PageTableEntry.Writable;
        Preemption.Budget = budget;
        Assert.Equal(BuildError.TablesInvalid, construction.Do(BuildStep.Roots));
        construction.UndoFrom(BuildStep.Roots);
        ExpectNothingLeft(before);
    }

    [Fact]
    public void TheRingsPortsAreClosedWithThem()
    {
        Construction construction = Prepare();
        for (BuildStep step = BuildStep.Record; step <= BuildStep.Rings; step++)
            Assert.Equal(BuildError.None, construction.Do(step));
        Assert.Equal(2u, construction.Made.Value.Events.OpenCount);
        construction.Undo(BuildStep.Rings);
        Assert.Equal(0u, construction.Made.Value.Events.OpenCount);
    }

    /// <summary>A ring that cannot be written: the console's at once, the xenstore's when the console's has been taken.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RingsThatCannotBeTakenLeaveNothing(bool console)
    {
        Construction construction = Prepare();
        List<ulong> before = Census();
        for (BuildStep step = BuildStep.Record; step < BuildStep.Rings; step++)
            Assert.Equal(BuildError.None, construction.Do(step));
        ref ulong ring = ref construction.List.Numbers[console ? construction.Layout.Console : construction.Layout.Store];
        ring = construction.Root.Value;
        Assert.Equal(BuildError.TablesInvalid, construction.Do(BuildStep.Rings));
        construction.UndoFrom(BuildStep.Rings);
        ExpectNothingLeft(before);
    }

    /// <summary>The most looks at tables between two places where others may run, of something that is done on the second stack.</summary>
    private static int MostBetweenBreaths(Action work)
    {
        int looks = 0, most = 0;
        Moments.Pass = () => most = Math.Max(most, ++looks);
        SimulatedProcessor.WhileWaiting = () => looks = 0;
        Coroutine.Body = work;
        Coroutine.Enter();
        (Moments.Pass, SimulatedProcessor.WhileWaiting) = (null, null);
        return most;
    }

    /// <summary>A domain that starts again can be large: its neighbours need not wait for any of its steps.</summary>
    [Fact]
    public void OthersRunWhileALargeDomainIsBuilt()
    {
        const int most = 8 * PageTableEntry.Count;
        TestKernel.Boot(192, "", (TestKernel.Make(moduleAsFrame: false), "kernel"), (new byte[16 << 20], "ramdisk"));
        var specification = new DomainSpecification
        {
            RamdiskModule = 1, Memory = 96 << 20, MaximumMemory = 96 << 20, Vcpus = 32, Share = ShareParameters.Usual,
        };
        Assert.Equal(BuildError.None, UnpackedKernel.Open(specification, out UnpackedKernel kernel));
        Assert.Equal(BuildError.None, DomainBuilder.Prepare(specification, kernel, out Construction construction));
        Assert.True(construction.Layout.Pages > most && construction.Layout.MappedEnd > most);
        for (BuildStep step = BuildStep.Record; step < BuildStep.End; step++)
            Assert.InRange(MostBetweenBreaths(() => Assert.Equal(BuildError.None, construction.Do(step))), 0, most);
    }

    /// <summary>Memory to unpack a kernel in is taken and given back while others run.</summary>
    [Fact]
    public void OthersRunWhileTemporaryMemoryIsTakenAndGivenBack()
    {
        const ulong frames = 4096, most = 64;
        TestKernel.Boot(64, "");
        foreach (bool taking in (bool[])[true, false])
        {
            TemporaryMemory memory = default;
            Assert.True(taking || TemporaryMemory.TryTake(frames * Mfn.Size, out memory));
            ulong breaths = 0;
            SimulatedProcessor.WhileWaiting = () => breaths++;
            Coroutine.Body = () => Assert.True(!taking ? Give(memory) : TemporaryMemory.TryTake(frames * Mfn.Size, out memory));
            Coroutine.Enter();
            SimulatedProcessor.WhileWaiting = null;
            Assert.InRange(breaths, frames / most, frames);
            if (taking)
                memory.Give();
        }
    }

    private static bool Give(TemporaryMemory memory)
    {
        memory.Give();
        return true;
    }
}
