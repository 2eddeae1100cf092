using Serai.Abi;
using Serai.Hypervisor.PageTables;
using Serai.Hypervisor.Tests.Machine;
using Serai.Hypervisor.Traps;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.PageTables;

/// <summary>Frames that are no RAM, as the domain with the hardware maps them.</summary>
public sealed class DeviceFrameTests
{
    private const ulong Timer = 0xfed0_0000, Screen = 0xb8, Far = 0xd_0000;
    private const int Window = 100;

    private readonly TinyGuest initial;

    public DeviceFrameTests()
    {
        TestMachine.Start();
        initial = new TinyGuest("initial", initial: true);
        initial.Enter();
    }

    private ulong Stored => Arena.Words(initial.Frames[3])[Window];

    private long Map(ulong frame, ulong attribute)
        => initial.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Window), TinyGuest.Entry(new Mfn(frame), writable: true) | attribute, 2);

    /// <summary>
    /// Write-combining for a frame buffer, write-back for ACPI's tables, uncached for registers: all eight that an entry can choose. What would cache
    /// what is no memory (write-back, write-through, write-protected) is uncached instead, as in Xen.
    /// </summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(0x9f, true)]
    [InlineData(Screen, false)]
    [InlineData(0xf0, false)]
    [InlineData(0x7f00, true)]
    [InlineData(0x7f7f, true)]
    [InlineData(0x7f80, true)]
    [InlineData(0x7fff, false)]
    [InlineData(0x8000, false)]
    [InlineData(Far, false)]
    public void TheCacheAttributeIsTheOneAskedFor(ulong frame, bool isMemory)
    {
        BootInformation.Reset(
            Entry(0, 0xa0, E820Type.Ram), Entry(0xf0, 0x100, E820Type.Reserved), Entry(0x100, 0x1000, E820Type.Ram),
            Entry(0x7f00, 0x7f80, E820Type.AcpiReclaimable), Entry(0x7f80, 0x7fff, E820Type.AcpiNonVolatile),
            Entry(0x7fff, 0x8000, E820Type.Reserved));
        for (ulong index = 0; index < 8; index++)
        {
            const ulong uncached = PageTableEntry.WriteThrough | PageTableEntry.CacheDisable;
            ulong attribute = ((index & 3) * PageTableEntry.WriteThrough) | ((index >> 2) * PageTableEntry.AttributeTable);
            Assert.Equal(0, Map(frame, attribute));
            ulong expected = isMemory || index is not (0 or 1 or 5) ? attribute : uncached;
            Assert.Equal(TinyGuest.Entry(new Mfn(frame), writable: true) | expected, Stored);
        }
    }

    private static E820Entry Entry(ulong first, ulong end, E820Type type)
        => new() { Address = first << Mfn.Shift, Size = (end - first) << Mfn.Shift, Type = type };

    /// <summary>As its own or as that of devices, but not as that of a domain that has none, nor as the hypervisor's.</summary>
    [Fact]
    public void WhatIsNoMemoryIsNoOtherDomains()
    {
        var other = new TinyGuest("other");
        initial.Enter();
        foreach (ulong frame in (ulong[])[Screen, Far])
        {
            foreach ((ushort owner, Errno error) in ((ushort, Errno)[])
                [(DomainIds.Self, Errno.None), (DomainIds.Io, Errno.None), (other.Id, Errno.Perm), (DomainIds.Xen, Errno.Perm)])
            {
                Assert.Equal(0, initial.Call(Hypercall.UpdateVaMapping, TinyGuest.AddressOf(Window), 0));
                Assert.Equal(-(long)error, initial.Call(Hypercall.UpdateVaMappingOtherDomain, TinyGuest.AddressOf(Window),
                    TinyGuest.Entry(new Mfn(frame), writable: false), 0, owner));
            }
        }
    }

    /// <summary>Nobody but the hypervisor sets the HPET's timers, which can send messages: it is seen, not written, and never cached.</summary>
    [Fact]
    public void TheTimersRegistersAreReadOnly()
    {
        const ulong uncached = PageTableEntry.WriteThrough | PageTableEntry.CacheDisable;
        Assert.Equal(0, Map(Timer >> 12, 0));
        Assert.Equal(PageTableEntry.Writable, Stored & PageTableEntry.Writable);
        Acpi.EventTimer = Timer;
        Assert.Equal(0, Map(Timer >> 12, PageTableEntry.AttributeTable));
        Assert.Equal(TinyGuest.Entry(new Mfn(Timer >> 12), writable: false) | uncached, Stored);
        Assert.Equal(0, Map((Timer >> 12) + 1, 0));
        Assert.Equal(PageTableEntry.Writable, Stored & PageTableEntry.Writable);
    }

    /// <summary>A kernel's store there is passed over: no byte reaches the registers, and the kernel goes on behind it.</summary>
    [Fact]
    public void AStoreIntoTheTimersRegistersIsForgotten()
    {
        int written = 0;
        DeviceMemory.Writing = (_, _, _) => written++;
        Acpi.EventTimer = Timer;
        Assert.Equal(0, Map(Timer >> 12, 0));
        Assert.Equal(0, initial.Call(Hypercall.VmAssist, (ulong)VmAssistCommand.Enable, (ulong)VmAssistType.WritablePageTables));
        // mov %eax, (%rdi)
        ulong code = TinyGuest.AddressOf(12), place = TinyGuest.AddressOf(Window) + 0x10;
        TinyGuest.Store(code, 0x9090_0789u);
        initial.Vcpu.Traps.Addresses[14] = TinyGuest.AddressOf(5);
        ref var registers = ref initial.Vcpu.Registers;
        (registers.Rip, registers.Rdi, registers.Rax) = (code, place, 1);
        PageFault.Handle(ref initial.Vcpu, place, 7);
        Assert.Equal((code + 2, 0), (registers.Rip, written));
    }
}
