using Serai.Machine.Interrupts;
using Serai.Machine.Processor;

namespace Serai.Machine.Clock;

/// <summary>The time-stamp counter, measured once against the 8254's known 1,193,182 Hz.</summary>
public static class TimeSource
{
    private const uint PitHertz = 1_193_182;

    /// <summary>The 8254 counts in 16 bits, so a run must be well below 55 ms: 20.</summary>
    private const uint RunTicks = PitHertz / 50;

    private const int MostRuns = 16;

    /// <summary>What the three counters showed at one moment; the 8254 and the local APIC's timer count down.</summary>
    private struct Moment
    {
        public ulong Counter;
        public ushort Pit;
        public uint Apic;
    }

    /// <summary>Ticks of the counter a second.</summary>
    public static ulong Hertz { get; private set; }

    /// <summary>The counter now.</summary>
    public static ulong Now => Instructions.TimeStamp();

    /// <summary>
    /// Measures counter and local APIC timer in runs of 20 ms until two agree to a thousandth. A machine that is itself a guest is stopped at any
    /// place for any time; one run that was stopped is not like another.
    /// </summary>
    public static void Calibrate()
    {
        Port.Out8(0x61, (byte)((Port.In8(0x61) & ~2) | 1));
        Port.Out8(0x43, 0xb0);
        Port.Out8(0x42, 0xff);
        Port.Out8(0x42, 0xff);
        ulong hertz = 0, previous;
        int turn = 0;
        do
        {
            previous = hertz;
            hertz = Run();
        }
        while ((hertz > previous ? hertz - previous : previous - hertz) > hertz >> 10 && ++turn < MostRuns);
        Hertz = hertz;
    }

    private static ulong Run()
    {
        LocalApic.StartCalibration();
        Moment first = Look(), last;
        uint ticks;
        do
        {
            last = Look();
            ticks = (uint)(first.Pit - last.Pit & 0xffff);
        }
        while (ticks < RunTicks);
        LocalApic.EndCalibration(first.Apic - last.Apic, ticks * 1_000_000_000ul / PitHertz);
        return Duration.Between(first.Counter, last.Counter) * PitHertz / ticks;
    }

    /// <summary>Reads the counters; of some looks the quickest, since in it the three are closest together.</summary>
    private static Moment Look()
    {
        Moment best = default;
        ulong shortest = ulong.MaxValue;
        for (int turn = 0; turn < 6; turn++)
        {
            Moment moment = default;
            moment.Counter = Now;
            moment.Apic = LocalApic.Count;
            Port.Out8(0x43, 0x80);
            uint low = Port.In8(0x42);
            moment.Pit = (ushort)(low | (uint)Port.In8(0x42) << 8);
            ulong taken = Duration.Between(moment.Counter, Now);
            if (taken >= shortest)
                continue;
            shortest = taken;
            best = moment;
        }
        return best;
    }
}
