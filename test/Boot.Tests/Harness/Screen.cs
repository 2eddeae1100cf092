using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Serai.Emulators;

namespace Serai.Boot.Tests.Harness;

/// <summary>The screen of a machine and the keyboard in front of it, as QEMU has them.</summary>
/// <param name="monitor">QEMU's own console.</param>
public sealed class Screen(Monitor monitor)
{
    private static readonly Dictionary<char, string> _names = new() { [' '] = "spc", ['\r'] = "ret", ['-'] = "minus", ['/'] = "slash" };

    /// <summary>Presses keys one after another: small letters, digits, blanks, hyphens, slashes and the return key.</summary>
    public void Type(string keys)
    {
        foreach (char key in keys)
        {
            monitor.Ask($"sendkey {_names.GetValueOrDefault(key, key.ToString())}");
            System.Threading.Thread.Sleep(250);
        }
    }

    /// <summary>How many points of the screen are not black, and how large it is.</summary>
    public (int Lit, int Width, int Height) Look()
    {
        string file = Path.Combine(Path.GetTempPath(), $"serai-screen-{Guid.NewGuid():N}");
        monitor.Ask($"screendump {file}");
        byte[] dump = File.ReadAllBytes(file);
        File.Delete(file);
        return Count(dump);
    }

    // A PPM file: "P6", the width and the height, the greatest value, each with white space behind it, then three bytes a point.
    private static (int Lit, int Width, int Height) Count(byte[] dump)
    {
        string[] head = Encoding.ASCII.GetString(dump, 0, Math.Min(dump.Length, 32)).Split('\n');
        if (head is not ["P6", _, "255", ..] || head[1].Split(' ') is not [var width, var height])
            throw new InvalidDataException($"QEMU's screen is no PPM file: {head[0]}");
        int lit = 0;
        for (int i = head[0].Length + head[1].Length + head[2].Length + 3; i + 2 < dump.Length; i += 3)
            lit += (dump[i] | dump[i + 1] | dump[i + 2]) != 0 ? 1 : 0;
        return (lit, int.Parse(width), int.Parse(height));
    }
}
