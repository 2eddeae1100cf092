using System;
using System.Text;

namespace Serai.Symbols;

/// <summary>
/// A method as a reader of C# knows it. ilc writes <c>Assembly_Name_Space_Type__Method</c>, every dot an underscore; our own names
/// have no underscores, so the way back is open.
/// </summary>
public readonly record struct MethodName(string Type, string Method)
{
    private const string CoreLibrary = "S_P_CoreLib_";

    /// <summary>Reads a symbol. One that ilc did not make, a label in assembly, has no type and is kept as it is.</summary>
    public static MethodName Of(string symbol)
    {
        int seam = Seam(symbol);
        if (seam <= 0 || !TryType(symbol[..seam], out string type))
            return new MethodName("", symbol);
        string method = Readable(symbol[(seam + 2)..]);
        string simple = type[(type.LastIndexOf('.', type.Contains('<') ? type.IndexOf('<') : type.Length - 1) + 1)..];
        return new MethodName(type, method == "_ctor" ? simple : method);
    }

    // The first double underscore outside of angle brackets parts type and method.
    private static int Seam(string symbol)
    {
        int depth = 0;
        for (int i = 0; i + 2 < symbol.Length; i++)
        {
            if (symbol[i] == '<')
                depth++;
            else if (symbol[i] == '>')
                depth--;
            else if (depth == 0 && symbol[i] == '_' && symbol[i + 1] == '_')
                return i;
        }
        return -1;
    }

    private static bool TryType(string mangled, out string type)
    {
        int bracket = mangled.IndexOf('<');
        string plain = bracket < 0 ? mangled : mangled[..bracket];
        string bare = WithoutAssembly(plain);
        type = Dotted(bare);
        bool managed = bare.Length != plain.Length;
        if (managed && bracket >= 0)
            type = WithoutArity(type) + Arguments(mangled[bracket..]);
        return managed;
    }

    private static string Readable(string mangled)
    {
        int bracket = mangled.IndexOf('<');
        if (bracket > 0)
            return Readable(mangled[..bracket]) + Arguments(mangled[bracket..]);
        // Overloads are numbered.
        int number = mangled.LastIndexOf('_');
        return number > 0 && number + 1 < mangled.Length && mangled.AsSpan(number + 1).IndexOfAnyExceptInRange('0', '9') < 0
            ? mangled[..number]
            : mangled;
    }

    // Our assemblies are named like the namespace they hold, so their names stand twice.
    private static string WithoutAssembly(string mangled)
    {
        if (mangled.StartsWith(CoreLibrary, StringComparison.Ordinal))
            return mangled[CoreLibrary.Length..];
        for (int i = mangled.IndexOf('_'); i > 0 && i * 2 < mangled.Length; i = mangled.IndexOf('_', i + 1))
        {
            if (mangled.AsSpan(i + 1).StartsWith(mangled.AsSpan(0, i + 1)))
                return mangled[(i + 1)..];
        }
        return mangled;
    }

    private static string Dotted(string mangled) => mangled.Replace('_', '.');

    private static string WithoutArity(string dotted)
    {
        int dot = dotted.LastIndexOf('.');
        return dot > 0 && dot + 1 < dotted.Length && char.IsAsciiDigit(dotted[dot + 1]) ? dotted[..dot] : dotted;
    }

    // Type arguments by their last word: what matters is which instantiation it was.
    private static string Arguments(string mangled)
    {
        var text = new StringBuilder();
        int start = 0;
        for (int i = 0; i <= mangled.Length; i++)
        {
            if (i < mangled.Length && mangled[i] is not ('<' or '>' or ','))
                continue;
            text.Append(LastWord(mangled[start..i]));
            if (i < mangled.Length)
                text.Append(mangled[i]);
            start = i + 1;
        }
        return text.ToString();
    }

    private static string LastWord(string mangled)
    {
        string dotted = WithoutArity(Dotted(mangled.Trim('_')));
        return dotted[(dotted.LastIndexOf('.') + 1)..];
    }
}
