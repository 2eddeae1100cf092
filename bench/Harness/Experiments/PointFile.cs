using System.Globalization;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serai.Bench.Machines;

namespace Serai.Bench.Experiments;

/// <summary>Writes the results of an experiment, begun anew; <see cref="Point"/> reads them.</summary>
public sealed class PointFile
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string path, topic;

    /// <summary>Begins the file anew.</summary>
    public PointFile(string path, string topic)
    {
        (this.path, this.topic) = (path, topic);
        File.WriteAllText(path, "");
    }

    /// <summary>Adds a point: a value of a series on a system, where there were so many domains.</summary>
    public void Add(string key, TargetSystem system, int x, double value, string unit, int decimals = 0)
    {
        string number = value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        File.AppendAllText(path, $"{{\"topic\": {Text(topic)}, \"key\": {Text(key)}, \"system\": {Text(system.Key())}, "
            + $"\"x\": {x.ToString(CultureInfo.InvariantCulture)}, \"value\": {number}, \"unit\": {Text(unit)}}}\n");
    }

    private static string Text(string text) => JsonSerializer.Serialize(text, Plain);
}
