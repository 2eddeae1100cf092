using Serai.Abi;

namespace Serai.GuestKit;

/// <summary>The single-shot timer of virtual CPU 0: it raises a port when system time has come so far (set_timer_op, VIRQ_TIMER).</summary>
public static class Alarm
{
    private static long port;

    /// <summary>The port that the timer raises; bound when it is first asked for.</summary>
    public static long Port
    {
        get
        {
            if (port == 0)
                port = Events.BindVirq(Virq.Timer);
            if (port < 0)
                Failure.Stop("the timer cannot be bound"u8, (ulong)port);
            return port;
        }
    }

    /// <summary>Sets it to a system time; 0 stops it.</summary>
    public static void Set(ulong deadline)
    {
        // Without a port the alarm would go off unheard.
        if (Port > 0)
            Hypercalls.Call(Hypercall.SetTimerOp, deadline);
    }

    /// <summary>Sleeps until a system time.</summary>
    public static void SleepUntil(ulong deadline)
    {
        long timer = Port;
        while (Clock.Now < deadline)
        {
            Events.Acknowledge(timer);
            Set(deadline);
            Events.WaitFor(timer);
        }
    }

    /// <summary>Sleeps for so many nanoseconds.</summary>
    public static void Sleep(ulong nanoseconds) => SleepUntil(Clock.Now + nanoseconds);
}
