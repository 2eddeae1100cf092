using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>
/// A domain made without a kernel: some frames, mapped one after another from <see cref="Origin"/> on, the first of them its page tables (top level
/// first) and mapped read-only. It is alive; its hypercalls are made by the test.
/// </summary>
internal sealed class TinyGuest
{
    /// <summary>Where its memory begins.</summary>
    public const ulong Origin = 0xffff_8800_0000_0000;

    /// <summary>Frames that are its first tables: levels 4, 3, 2, 1.</summary>
    public const int Tables = 4;

    private readonly Link<Domain> domain;

    /// <summary>Its frames in the order of their addresses.</summary>
    public IReadOnlyList<Mfn> Frames { get; }

    /// <summary>Makes it with up to 512 frames; the last two are its xenstore's and its console's.</summary>
    public TinyGuest(string name, int frames = 48, uint vcpus = 1, bool initial = false, uint spare = 64)
    {
        Assert.Equal(Errno.None, DomainFrame.Create(Encoding.ASCII.GetBytes(name), initial, out domain));
        KnownId = Domain.Id;
        Domain.Rights.IsInitial = Domain.Rights.HasHardware = initial;
        Domain.Memory.MaximumPages = (ulong)frames + spare;
        Assert.True(VcpuFrames.TryMakeAll(ref Domain, vcpus));
        var list = new List<Mfn>();
        for (int index = 0; index < frames; index++)
        {
            Assert.True(Allocations.TryGive(ref Domain, 0, 64, out Mfn frame));
            MachineToPhysical.Set(frame, (ulong)index);
            list.Add(frame);
        }
        Frames = list;
        WriteTables();
        Assert.Equal(Errno.None, Construction.Adopt(ref Domain, list[0]));
        if (!initial)
            Assert.Equal(Errno.None, HypervisorEnds.Take(ref Domain, list[^1], list[^2]));
        ref VirtualCpu first = ref Vcpu;
        KernelStack.TrySet(ref first, FlatSelectors.KernelStack, AddressOf(frames / 2));
        (first.Registers.Rip, first.Registers.Rsp, first.Registers.Rflags) = (AddressOf(Tables), AddressOf(frames / 2), Flags.Interrupt);
        (first.Registers.Cs, first.Registers.Ss) = (FlatSelectors.KernelCode, FlatSelectors.KernelStack);
        first.IsInitialised = true;
        DomainLife.Start(ref Domain);
    }

    private void WriteTables()
    {
        for (int level = 4; level > 1; level--)
            Arena.Words(Frames[4 - level])[PageTableEntry.Index(Origin, level)] = Entry(Frames[5 - level], writable: true);
        for (int index = 0; index < Frames.Count; index++)
            Arena.Words(Frames[3])[index] = Entry(Frames[index], writable: index >= Tables);
    }

    /// <summary>A present entry for ring 3.</summary>
    public static ulong Entry(Mfn frame, bool writable)
        => frame.Address | PageTableEntry.Present | PageTableEntry.User | (writable ? PageTableEntry.Writable : 0);

    /// <summary>Its record; only while it exists.</summary>
    public ref Domain Domain => ref domain.Value;

    /// <summary>Its id.</summary>
    public ushort Id => Domain.Id;

    /// <summary>The id it has or had, whether it exists or not.</summary>
    public ushort KnownId { get; }

    /// <summary>The virtual CPU that acts for it: the first, where the test does not say otherwise.</summary>
    public ref VirtualCpu Vcpu => ref Domain.Vcpu(Active);

    /// <summary>The number of <see cref="Vcpu"/>.</summary>
    public uint Active { get; set; }

    /// <summary>What happens when a call has stopped and before it goes on: the lock is free then, and anybody may do anything.</summary>
    public static ref Action? WhileStopped => ref Moments.WhileStopped;

    /// <summary>Whether its record is still there and it lives.</summary>
    public bool IsAlive => DomainTable.TryFind(Encoding.ASCII.GetBytes(Name), out Link<Domain> found) && found.Value.Stage == DomainStage.Alive;

    /// <summary>Whether it is the domain that has this id now.</summary>
    public bool IsOf(ushort id) => DomainTable.TryFind(id, out Link<Domain> found) && found.Same(domain);

    private string Name => name ??= Encoding.ASCII.GetString(Domain.NameText);

    private string? name;

    /// <summary>Where its frame of a number is mapped at first.</summary>
    public static ulong AddressOf(int frame) => Origin + (ulong)frame * Mfn.Size;

    /// <summary>Puts its first virtual CPU into the processor.</summary>
    public void Enter() => ContextSwitch.To(ref TestMachine.Processor, ref Vcpu);

    /// <summary>Makes a hypercall of its first virtual CPU, continuing it as long as it asks for that.</summary>
    public long Call(Hypercall number, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0, ulong e = 0) => Call(ref Vcpu, number, a, b, c, d, e);

    /// <summary>Makes a hypercall whose second argument is a record, and returns the record as it is then.</summary>
    public (long Result, T Record) Ask<T>(Hypercall number, ulong command, T record)
        where T : unmanaged
    {
        ulong place = AddressOf(RecordFrame);
        Store(place, record);
        long result = Call(number, command, place, 1);
        return (result, Load<T>(place));
    }

    /// <summary>The frame where <see cref="Ask"/> puts records.</summary>
    public const int RecordFrame = 10;

    /// <summary>The record it shares with the hypervisor.</summary>
    public ref VcpuInfo Info => ref Vcpu.Info.Value;

    /// <summary>Makes a hypercall of one of its virtual CPUs.</summary>
    public static long Call(ref VirtualCpu vcpu, Hypercall number, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0, ulong e = 0)
    {
        const int most = 100_000;
        ref Registers registers = ref vcpu.Registers;
        (registers.Rdi, registers.Rsi, registers.Rdx, registers.R10, registers.R8) = (a, b, c, d, e);
        ulong behind = registers.Rip;
        registers.Vector = 0x100;
        for (int turn = 0; turn < most; turn++)
        {
            registers.Rax = (ulong)number;
            registers.Rip = behind;
            SystemCall.Perform(ref vcpu);
            if (registers.Rip == behind || number == Hypercall.Iret)
                return (long)registers.Rax;
            WhileStopped?.Invoke();
        }
        throw new InvalidOperationException($"{number} never ends");
    }

    /// <summary>Writes as the guest itself would, from ring 3 through the remembered translations; false where it would fault.</summary>
    public static bool TryStore<T>(ulong address, in T value)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        while (bytes.Length > 0)
        {
            if (!PageWalk.TryTranslate(address, write: true, user: true, out ulong place))
                return false;
            int length = Math.Min(bytes.Length, (int)(Mfn.Size - (address & (Mfn.Size - 1))));
            if (Arena.Holds(place))
                bytes[..length].CopyTo(DirectMap.Bytes(new(place), (ulong)length));
            Written.Translated(place);
            bytes = bytes[length..];
            address = unchecked(address + (ulong)length);
        }
        return true;
    }

    /// <summary>Writes, and the test fails where that faults.</summary>
    public static void Store<T>(ulong address, in T value) where T : unmanaged => Assert.True(TryStore(address, value), $"no store to {address:x}");

    /// <summary>Reads as the guest itself would, ones where nothing is; the test fails where that faults.</summary>
    public static T Load<T>(ulong address)
        where T : unmanaged
    {
        Span<byte> bytes = new byte[Unsafe.SizeOf<T>()];
        for (int index = 0; index < bytes.Length; index++)
        {
            Assert.True(PageWalk.TryTranslate(address + (ulong)index, write: false, user: true, out ulong place), $"no load from {address:x}");
            bytes[index] = Arena.Holds(place) ? DirectMap.At<byte>(new(place)) : byte.MaxValue;
        }
        return MemoryMarshal.Read<T>(bytes);
    }
}
