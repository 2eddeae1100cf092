using Serai.Abi;
using Serai.GuestKit;

namespace Serai.Guests.Devices;

/// <summary>
/// The RTC interrupts 1024 times a second, by an edge on line 8, as long as its register C is read each time. The hypervisor ends an edge
/// at once; nothing is to be told but where the guest was so late that the next edge found it behind.
/// A quarter of a second's interrupts are counted, and the clock says that they took about as long. After close not one more comes.
/// </summary>
internal static class ClockInterrupts
{
    private const int Line = 8;
    private const uint Wanted = 256;
    private const byte RegisterA = 10, RegisterB = 11, RegisterC = 12, Periodic = 0x40, PerSecond1024 = 0x26;

    internal static void Run()
    {
        Verdict.ExpectDone(Ports.SetLevel(1), "set_iopl"u8);
        byte mode = Read(RegisterB);
        Verdict.Expect(mode != 0xff && (Read(13) & 0x80) != 0, "there is no RTC"u8);
        Verdict.ExpectResult(PhysicalIrqs.Map(Line, Line), Line, "map_pirq"u8);
        Verdict.ExpectDone(PhysicalIrqs.SetUp(Line, level: false, activeLow: false), "setup_gsi"u8);
        long port = PhysicalIrqs.Bind(Line);
        Verdict.Expect(port > 0, "bind_pirq"u8);
        if (port <= 0)
            return;

        Write(RegisterA, PerSecond1024);
        Write(RegisterB, (byte)(mode | Periodic));
        Read(RegisterC);
        ulong began = Clock.Now;
        for (uint count = 0; count < Wanted; count++)
            Serve(port);
        ulong took = Clock.Now - began;
        Verdict.Expect(took > 150_000_000, "interrupts came faster than the clock sends them"u8);
        Verdict.Expect(took < 10_000_000_000, "interrupts came far too slowly"u8);
        Verdict.ExpectDone(Events.Close(port), "close"u8);
        Events.Acknowledge(port);
        Read(RegisterC);
        Alarm.Sleep(10_000_000);
        Verdict.Expect(!Events.IsPending(port), "an interrupt after close"u8);
        Write(RegisterB, mode);
        Read(RegisterC);
        Ports.SetLevel(0);
    }

    private static void Serve(long port)
    {
        Events.WaitFor(port);
        Read(RegisterC);
        Verdict.ExpectDone(PhysicalIrqs.End(Line), "eoi"u8);
    }

    private static byte Read(byte register)
    {
        Ports.Out8(0x70, register);
        return Ports.In8(0x71);
    }

    private static void Write(byte register, byte value)
    {
        Ports.Out8(0x70, register);
        Ports.Out8(0x71, value);
    }
}
