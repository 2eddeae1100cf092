using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;

namespace Serai.Abi.Tests;

/// <summary>What the C headers say about the names of a map: a program made from it, compiled by gcc and run.</summary>
public static class HeaderProgram
{
    // The tools' view of the headers, of the newest interface version; the same layouts as the hypervisor's own view.
    private const string Options = "-std=gnu11 -w -D__XEN_TOOLS__ -D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__";

    /// <summary>Compiles and runs the program of <paramref name="map"/>; throws InvalidOperationException with the reason.</summary>
    public static HeaderFacts Ask(LayoutMap map)
    {
        string directory = Directory.CreateTempSubdirectory("serai-abi-").FullName;
        try
        {
            string source = Path.Combine(directory, "Layouts.c");
            string program = Path.Combine(directory, "layouts");
            File.WriteAllText(source, Source(map));
            Run("gcc", $"{Options} -o {program} {source}");
            return HeaderFacts.Parse(Run(program, ""));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The C text. Every line of the map is named by #line, so gcc's complaints point at it.</summary>
    public static string Source(LayoutMap map)
    {
        var text = new StringBuilder("#include <stdint.h>\n#include <stdio.h>\n");
        foreach (string header in map.Includes)
            text.Append(CultureInfo.InvariantCulture, $"#include <{header}>\n");
        text.Append("int main(void)\n{\n");
        foreach (MappedType type in map.Types)
        {
            text.Append("{\n");
            if (type.Kind is MappedKind.Struct or MappedKind.Array)
                AppendLayout(text, map, type);
            else
                AppendValues(text, map, type);
            text.Append("}\n");
        }
        return text.Append("return 0;\n}\n").ToString();
    }

    private static void AppendLayout(StringBuilder text, LayoutMap map, MappedType type)
    {
        AppendLine(text, map, type.Line, $"typedef {type.CType} mapped; static mapped v;");
        AppendLine(text, map, type.Line, $"printf(\"size {type.Name} %llu\\n\", (unsigned long long)({type.CSize}));");
        foreach (MappedMember member in type.Members)
        {
            string access = member.CAccess("v");
            AppendLine(text, map, member.Line, $"printf(\"field {type.Name}.{member.Name} %llu %llu\\n\", "
                + $"(unsigned long long)((char *)&{access} - (char *)&v), (unsigned long long)sizeof({access}));");
        }
    }

    private static void AppendValues(StringBuilder text, LayoutMap map, MappedType type)
    {
        foreach (MappedMember member in type.Members)
        {
            AppendLine(text, map, member.Line,
                $"printf(\"value {type.Name}.{member.Name} %llu\\n\", (unsigned long long)({type.CValue(member)}));");
        }
    }

    private static void AppendLine(StringBuilder text, LayoutMap map, int line, string statement) =>
        text.Append(CultureInfo.InvariantCulture, $"#line {line} \"Maps/{map.Name}\"\n{statement}\n");

    private static string Run(string program, string arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw new InvalidOperationException(Explain(program, errors.Result));
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException($"{program} cannot be started; the packages gcc, libc6-dev and libxen-dev are needed");
        }
    }

    private static string Explain(string program, string errors) =>
        errors.Contains("fatal error: xen/", StringComparison.Ordinal)
            ? $"the Xen headers are not installed; the package libxen-dev has them\n{errors}"
            : $"{program} failed; the packages gcc, libc6-dev and libxen-dev are needed, and every C name of the map must exist\n{errors}";
}
