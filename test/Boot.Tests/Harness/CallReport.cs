using System;
using System.Collections.Generic;
using System.Linq;

namespace Serai.Boot.Tests.Harness;

/// <summary>What the guest of test/Calls said on one hypervisor: calls in their order, each with its answer.</summary>
public sealed class CallReport
{
    /// <summary>The answer where the guest did not come to make that call.</summary>
    public const string NotMade = "-";

    private const string Start = "CALL ", Separator = " = ";

    /// <summary>What QEMU says itself may come in the midst of a line, which goes on behind it.</summary>
    private const string EmulatorsOwn = "qemu: qemu-system-x86_64: ";

    private readonly Dictionary<string, string> _answers = [];

    /// <summary>Reads the lines of a console. A call that is made again has its turn behind its name.</summary>
    public CallReport(IEnumerable<string> console)
    {
        string torn = "";
        foreach (string part in console)
        {
            string line = torn + part;
            int emulators = line.IndexOf(EmulatorsOwn, StringComparison.Ordinal);
            torn = emulators < 0 ? "" : line[..emulators];
            if (emulators >= 0)
                continue;
            int begin = line.IndexOf(Start, StringComparison.Ordinal), end = line.LastIndexOf(Separator, StringComparison.Ordinal);
            if (begin < 0 || end < begin)
                continue;
            string call = line[(begin + Start.Length)..end], name = call;
            for (int turn = 2; !_answers.TryAdd(name, line[(end + Separator.Length)..].Trim()); turn++)
                name = $"{call} #{turn}";
            Calls.Add(name);
        }
    }

    /// <summary>The calls in their order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The answer to a call.</summary>
    public string AnswerTo(string call) => _answers.GetValueOrDefault(call, NotMade);

    /// <summary>All calls of two reports whose answers differ: the call, this one's answer, the other's.</summary>
    public IEnumerable<(string Call, string Answer, string Other)> DifferencesFrom(CallReport other)
        => Calls.Union(other.Calls).Select(call => (Call: call, Answer: AnswerTo(call), Other: other.AnswerTo(call)))
            .Where(pair => pair.Answer != pair.Other);
}
