using System;
using System.Globalization;

namespace Serai.Emulators;

/// <summary>
/// How much work a machine may do until what is awaited has come: processor time that QEMU has used, for each processor of the machine. A host that
/// is busy gives the machine less of it in a minute and takes nothing from the sum. It stops a test that hangs and measures nothing, so it is far
/// above what a slow machine takes.
/// </summary>
public static class Patience
{
    /// <summary>SERAI_TEST_SLOWNESS: how many times slower than two slow cores the machine is; 1 unless given.</summary>
    public static double Slowness { get; } =
        double.TryParse(Environment.GetEnvironmentVariable("SERAI_TEST_SLOWNESS"), CultureInfo.InvariantCulture, out double factor) && factor > 0
            ? factor
            : 1;

    /// <summary>For what the hypervisor does itself: its own start, an answer to a key.</summary>
    public static TimeSpan Hypervisor => Seconds(60);

    /// <summary>For one guest to boot and answer.</summary>
    public static TimeSpan Guest => Seconds(150);

    /// <summary>For several guests at once, or firmware and a boot loader before them.</summary>
    public static TimeSpan Guests => Seconds(300);

    /// <summary>For a machine full of guests.</summary>
    public static TimeSpan Crowd => Seconds(600);

    /// <summary>For one boot of a whole Debian, from its boot loader to a login, and some commands there.</summary>
    public static TimeSpan Debian => Seconds(900);

    /// <summary>
    /// By the host's clock, how long a machine that hardly uses its processor may write nothing while something is awaited. No test has a pause of
    /// its own that is longer than some seconds, and a host would have to be a hundred times too busy to make this of one.
    /// </summary>
    public static TimeSpan Silence => TimeSpan.FromMinutes(10 * Slowness);

    /// <summary>A number of seconds on the reference machine.</summary>
    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds * Slowness);
}
