using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Control;

/// <summary>
/// Lines, numbers and vectors are indexes that a guest gives. Whoever takes them unchecked writes beside its tables; whoever gives lines to guests
/// that have no hardware gives away the machine; and a mapping taken away under a port must not leave two who believe in the line (XSA-16, XSA-237).
/// An unprivileged domain gets nothing. The initial one gets what there is and errors for the rest, and the console's line stays the hypervisor's.
/// </summary>
internal static class InterruptEdges
{
    private const int Console = 4, Mouse = 12;

    internal static void Run()
    {
        if (!Guest.IsInitial)
        {
            Refused();
            return;
        }

        foreach (int line in (System.ReadOnlySpan<int>)[-1, 255, 256, 65_536, int.MaxValue, int.MinValue])
        {
            Verdict.ExpectError(PhysicalIrqs.Map(line), Errno.Inval, "a line that there is not"u8);
            Verdict.ExpectError(PhysicalIrqs.SetUp(line, level: true, activeLow: true), Errno.Inval, "the kind of a line that there is not"u8);
            Verdict.ExpectError(PhysicalIrqs.Unmap(line), Errno.Inval, "unmapping what is not mapped"u8);
        }

        foreach (uint number in (System.ReadOnlySpan<uint>)[1280, 65_536, 1u << 31, uint.MaxValue])
        {
            Verdict.ExpectError(PhysicalIrqs.Bind(number), Errno.Inval, "binding a number that there is not"u8);
            Verdict.ExpectError(PhysicalIrqs.End(number), Errno.Inval, "ending a number that there is not"u8);
            Verdict.Expect(PhysicalIrqs.Map(Mouse, (int)number & int.MaxValue) < 0, "mapping to a number that there is not"u8);
        }

        Verdict.ExpectError(PhysicalIrqs.Bind(Mouse), Errno.Perm, "binding what is not mapped"u8);
        Verdict.ExpectError(PhysicalIrqs.Map(0), Errno.Perm, "line 0"u8);
        Verdict.ExpectError(PhysicalIrqs.Map(-1, -1, DomainIds.Self, MapPirqType.MsiSegment), Errno.NoDev, "a message of a host bridge"u8);
        Verdict.ExpectResult(PhysicalIrqs.Map(Console, Console), Console, "the console's line can be mapped"u8);
        Verdict.ExpectError(PhysicalIrqs.Bind(Console), Errno.Busy, "the console's line was bound"u8);
        Verdict.ExpectDone(PhysicalIrqs.Unmap(Console), "unmap"u8);
        UnderAPort();
    }

    private static void UnderAPort()
    {
        Verdict.ExpectResult(PhysicalIrqs.Map(Mouse, Mouse), Mouse, "map_pirq"u8);
        long port = PhysicalIrqs.Bind(Mouse);
        Verdict.Expect(port > 0, "bind_pirq"u8);
        Verdict.ExpectError(PhysicalIrqs.Bind(Mouse), Errno.Exist, "bind_pirq twice"u8);
        Verdict.ExpectError(Events.Send(port), Errno.Inval, "sending to a physical IRQ"u8);
        Verdict.ExpectDone(PhysicalIrqs.Unmap(Mouse), "unmap under a port"u8);
        Verdict.ExpectError(PhysicalIrqs.Map(Mouse), Errno.Busy, "a second mapping while the port is open"u8);
        Verdict.ExpectError(PhysicalIrqs.Bind(Mouse), Errno.Perm, "a second port"u8);
        Verdict.ExpectDone(Events.Close(port), "close"u8);
        Verdict.ExpectResult(PhysicalIrqs.Map(Mouse, Mouse), Mouse, "map_pirq anew"u8);
        Verdict.ExpectDone(PhysicalIrqs.Unmap(Mouse), "unmap anew"u8);
    }

    private static void Refused()
    {
        Verdict.ExpectError(PhysicalIrqs.Map(Mouse, Mouse), Errno.Perm, "map_pirq"u8);
        Verdict.Expect(PhysicalIrqs.Map(Mouse, Mouse, 0) < 0, "map_pirq for domain 0"u8);
        Verdict.ExpectError(PhysicalIrqs.Unmap(Mouse), Errno.Perm, "unmap_pirq"u8);
        Verdict.ExpectError(PhysicalIrqs.Bind(Mouse), Errno.Perm, "bind_pirq"u8);
        Verdict.ExpectError(PhysicalIrqs.SetUp(Mouse, level: true, activeLow: true), Errno.Perm, "setup_gsi"u8);
        Verdict.ExpectError(PhysicalIrqs.End(Mouse), Errno.Inval, "eoi"u8);
        PhysdevApic access = default;
        access.ApicPhysicalBase = 0xfec0_0000;
        foreach (PhysdevCommand command in (System.ReadOnlySpan<PhysdevCommand>)[PhysdevCommand.ApicRead, PhysdevCommand.ApicWrite,
            PhysdevCommand.AllocIrqVector, PhysdevCommand.GetFreePirq])
        {
            Verdict.ExpectError(PhysicalIrqs.Call(command, Hypercalls.AddressOf(in access)), Errno.Perm, "a call for hardware"u8);
        }
    }
}
