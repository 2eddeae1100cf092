using System;
using System.Collections.Generic;
using System.Linq;

using Serai.Abi;
using Serai.Hypervisor.Descriptors;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Domains;

/// <summary>
/// A context with two trees of tables that nobody has looked at and as many pages of descriptors as there can be: it is taken in parts, and what was
/// taken between two of them is lost to nobody.
/// </summary>
public sealed class VcpuContextTests
{
    private const int Leaves = 400, DescriptorPages = 14, MostParts = 12;

    private readonly TinyGuest guest;
    private readonly ulong freeBefore;
    private readonly Mfn kernelRoot, userRoot;
    private readonly Mfn[] descriptors;

    public VcpuContextTests()
    {
        TestMachine.Start(mebibytes: 32);
        freeBefore = FrameAllocator.FreeCount;
        guest = new TinyGuest("one", frames: 48, vcpus: 3, spare: 6000);
        guest.Enter();
        (kernelRoot, userRoot) = (Tree(), Tree());
        descriptors = [.. Enumerable.Range(0, DescriptorPages).Select(_ => Table([]))];
    }

    private ref VirtualCpu Second => ref guest.Domain.Vcpu(1);

    private Mfn Table(IEnumerable<Mfn> children)
    {
        Assert.True(Allocations.TryGive(ref guest.Domain, 0, 64, out Mfn table));
        int index = 0;
        foreach (Mfn child in children)
            Arena.Words(table)[index++] = TinyGuest.Entry(child, writable: true);
        return table;
    }

    private Mfn Tree() => Table([Table([Table([.. Enumerable.Range(0, Leaves).Select(_ => Table([]))])])]);

    private VcpuGuestContext Whole()
    {
        var context = new VcpuGuestContext();
        (context.ControlRegisters.Cr3, context.ControlRegisters.UserPageTable) = (kernelRoot.Address, userRoot.Address);
        context.KernelSp = TinyGuest.AddressOf(20);
        context.GdtEntries = GdtLayout.FirstReservedEntry;
        for (int page = 0; page < DescriptorPages; page++)
            context.GdtFrames.AsSpan()[page] = descriptors[page].Value;
        return context;
    }

    /// <summary>One try of the call; false where it is to be made again. Charges never go far over the budget.</summary>
    private bool Try(in VcpuGuestContext context, out long result, uint number = 1)
    {
        const long mostOver = 100_000;
        ulong place = TinyGuest.AddressOf(12);
        TinyGuest.Store(place, context);
        ref Registers registers = ref guest.Vcpu.Registers;
        (registers.Rdi, registers.Rsi, registers.Rdx) = ((ulong)VcpuCommand.Initialise, number, place);
        (registers.Rax, registers.Vector) = ((ulong)Hypercall.VcpuOp, 0x100);
        ulong behind = registers.Rip;
        SystemCall.Perform(ref guest.Vcpu);
        bool ended = registers.Rip == behind;
        (registers.Rip, result) = (behind, (long)registers.Rax);
        long left = Preemption.Left;
        Assert.True(left > -mostOver, $"a part was {-left} over its budget");
        Assert.Equal([], FrameOracle.Look(null));
        return ended;
    }

    private int PartsOf(in VcpuGuestContext context, long expected)
    {
        for (int parts = 1; parts <= MostParts; parts++)
        {
            if (Try(context, out long result))
            {
                Assert.Equal(expected, result);
                return parts;
            }
        }
        throw new InvalidOperationException("it does not end");
    }

    private static IEnumerable<uint> Uses(IEnumerable<Mfn> frames) => frames.Select(frame => FrameTable.Of(frame).TypeCount);

    [Fact]
    public void TheLongestContextIsTakenInParts()
    {
        Assert.InRange(PartsOf(Whole(), 0), 4, MostParts);
        Assert.True(Second.IsInitialised);
        Assert.Equal((kernelRoot.Address, userRoot.Address, (uint)GdtLayout.FirstReservedEntry),
            (Second.KernelRoot, Second.UserRoot, Second.Descriptors.GlobalEntries));
        Assert.All(Uses([kernelRoot, userRoot, .. descriptors]), count => Assert.Equal(1u, count));
        Assert.Equal(1, PartsOf(Whole(), -(long)Errno.Exist));
    }

    /// <summary>Where the last page of all is refused, or the last entry of the second tree, nothing stays a table.</summary>
    [Theory]
    [InlineData(false, 200)]
    [InlineData(false, 60)]
    [InlineData(true, 10)]
    public void WhatIsRefusedAtItsEndIsMemoryAgain(bool tree, long budget)
    {
        VcpuGuestContext context = Whole();
        if (tree)
            Arena.Words(userRoot)[511] = TinyGuest.Entry(userRoot, writable: true);
        else
            context.GdtFrames.AsSpan()[DescriptorPages - 1] = guest.Frames[0].Value;
        Preemption.Budget = budget;
        int parts = 0;
        long result;
        while (!Try(context, out result))
            Assert.InRange(++parts, 0, 1000);
        Assert.Equal(-(long)Errno.Inval, result);
        Assert.Equal((0ul, 0ul, 0u, Errno.None), (Second.KernelRoot, Second.UserRoot, Second.Descriptors.GlobalEntries, Second.ContextRefusal));
        // What is not taken apart yet is so before the next call that changes tables.
        AreMemory(kernelRoot, userRoot);
        Assert.All(Uses(descriptors), count => Assert.Equal(0u, count));
    }

    /// <summary>The table of level 2 in a tree, which is the one that is long to take apart.</summary>
    private static Mfn LongOf(Mfn root) => Child(Child(root));

    private static Mfn Child(Mfn table) => PageTableEntry.FrameOf(Arena.Words(table)[0]);

    private static bool IsPartly(Mfn root) => FrameTable.Of(LongOf(root)).Has(Frame.Partly);

    /// <summary>
    /// Of a context's two trees the second waits until the first is taken apart, since one table of each level is noted as on its way: the other's
    /// tables would be nobody's to finish, and tables for as long as their domain lives.
    /// </summary>
    [Fact]
    public void OfTwoTreesOneIsTakenApartAtATime()
    {
        bool wasSecondSeen = false;
        for (long budget = 60; budget <= 100; budget += 10)
            wasSecondSeen |= new VcpuContextTests().IsSecondTakenApartInParts(budget);
        Assert.True(wasSecondSeen, "no budget ended in the midst of the second tree");
    }

    private bool IsSecondTakenApartInParts(long budget)
    {
        VcpuGuestContext context = Whole();
        context.GdtFrames.AsSpan()[DescriptorPages - 1] = guest.Frames[0].Value;
        Preemption.Budget = budget;
        (bool first, bool second) = (false, false);
        while (!Try(context, out _))
        {
            Assert.False(IsPartly(userRoot) && IsPartly(kernelRoot));
            first |= Second.ContextRefusal != Errno.None && IsPartly(userRoot);
            second |= Second.ContextRefusal != Errno.None && IsPartly(kernelRoot);
        }

        Assert.True(first);
        bool isSecondPartly = second || IsPartly(kernelRoot);
        AreMemory(userRoot, kernelRoot);
        return isSecondPartly;
    }

    /// <summary>The contexts of two virtual CPUs at once, part by part: what one takes apart is not lost when the other does.</summary>
    [Fact]
    public void TwoContextsAtOnceAreBothTakenApart()
    {
        VcpuGuestContext one = Whole(), other = Whole();
        (Mfn kernel, Mfn user) = (Tree(), Tree());
        (other.ControlRegisters.Cr3, other.ControlRegisters.UserPageTable) = (kernel.Address, user.Address);
        one.GdtFrames.AsSpan()[DescriptorPages - 1] = other.GdtFrames.AsSpan()[1] = guest.Frames[0].Value;
        Preemption.Budget = 60;
        (bool isDone, bool isOtherDone) = (false, false);
        for (int turn = 0; !isDone || !isOtherDone; turn++)
        {
            Assert.InRange(turn, 0, 1000);
            isDone = isDone || Try(one, out _);
            isOtherDone = isOtherDone || Try(other, out _, number: 2);
        }

        AreMemory(kernelRoot, userRoot, kernel, user);
    }

    /// <summary>They can be written, as the domain's other frames can: what is noted is finished before a call that changes tables.</summary>
    private void AreMemory(params Mfn[] roots)
    {
        int page = 30;
        foreach (Mfn frame in roots.SelectMany(root => (Mfn[])[root, LongOf(root)]))
            Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(page++), TinyGuest.Entry(frame, writable: true)));
        Assert.Equal([], FrameOracle.Look(null));
    }

    [Fact]
    public void AnotherContextInBetweenTakesItsPlace()
    {
        Preemption.Budget = 200;
        while (Second.Descriptors.GlobalEntries < 3 * GuestDescriptors.EntriesPerPage)
            Assert.False(Try(Whole(), out _));
        Preemption.Budget = 600;
        VcpuGuestContext other = Whole();
        (other.ControlRegisters.Cr3, other.ControlRegisters.UserPageTable) = (userRoot.Address, 0);
        other.GdtEntries = 600;
        other.GdtFrames.AsSpan()[1] = descriptors[5].Value;
        PartsOf(other, 0);
        Assert.Equal((userRoot.Address, 0ul, 600u), (Second.KernelRoot, Second.UserRoot, Second.Descriptors.GlobalEntries));
        Assert.Equal([1u, 0u, 0u, 0u, 0u, 1u, .. Enumerable.Repeat(0u, DescriptorPages - 6)], Uses(descriptors));
        Assert.Equal(0, guest.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(30), TinyGuest.Entry(kernelRoot, writable: true)));
    }

    /// <summary>After each number of parts: the domain dies, and all its frames are back.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void ADeathBetweenTwoPartsLeavesNothing(int after)
    {
        for (int part = 0; part < after; part++)
            Assert.False(Try(Whole(), out _));
        DomainLife.ShutDown(ref guest.Domain, ShutdownReason.Crash);
        for (int slice = 0; DomainTable.TryFindFrom(0, out _); slice++)
        {
            Assert.InRange(slice, 0, 10_000);
            Teardown.Step(ref TestMachine.Processor);
            Assert.Equal([], FrameOracle.Look(null));
        }
        Assert.Equal(freeBefore, FrameAllocator.FreeCount);
    }
}
