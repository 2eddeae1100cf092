using System;
using System.Text;

using Serai.Hypervisor.Diagnostics;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine;
using Serai.Machine.Clock;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Diagnostics;

/// <summary>The keys that end the machine's run: two of them, each typed by itself.</summary>
public sealed class EndingKeyTests
{
    private const ulong Millisecond = 1_000_000;

    public EndingKeyTests()
    {
        TestMachine.Start();
        TimeSource.Now += 1000 * Millisecond;
    }

    private static void Type(string keys, ulong between = 500 * Millisecond)
    {
        foreach (byte key in Encoding.Latin1.GetBytes(keys))
        {
            TimeSource.Now += between;
            Keyboard.Type(key);
        }
    }

    private static bool HasEnded
    {
        get
        {
            foreach (JournalEntry entry in Journal.Entries)
            {
                if (entry.Act is Act.PowerOff or Act.Reset)
                    return true;
            }
            return false;
        }
    }

    private static void Try(Action act)
    {
        try
        {
            act();
        }
        catch (MachineHalted)
        {
        }
    }

    [Theory]
    [InlineData('P', Act.PowerOff, "power the machine off? y within ten seconds does it")]
    [InlineData('R', Act.Reset, "restart the machine? y within ten seconds does it")]
    public void TwoKeysEndTheRun(char key, Act end, string question)
    {
        Type($"{key}");
        Assert.Contains(question, Serial.Output);
        Assert.False(HasEnded);
        Try(() => Type("y"));
        Assert.Contains(Journal.Entries, entry => entry.Act == end);
    }

    [Theory]
    [InlineData("Pn")]
    [InlineData("PP")]
    [InlineData("PxY")]
    [InlineData("Pny")]
    [InlineData("P\u001d\u001ey")]
    [InlineData("y")]
    public void AnyOtherKeyDoesNot(string keys)
    {
        Type(keys);
        Assert.False(HasEnded);
    }

    // PuTTY's answer to ENQ; a paste; a report of terminal features, and of a colour; and both keys at once.
    [Theory]
    [InlineData("PuTTY")]
    [InlineData("PyPyPyPy")]
    [InlineData("RRRRyyyy")]
    [InlineData("\u001b[24;80R\u001b[24;80R")]
    [InlineData("\u001bP1+r544e=7074\u001b\\Py")]
    [InlineData("\u001b]11;rgb:0000/0000/0000\u001b\\Py")]
    [InlineData("poweroff\nPy\n")]
    public void ABurstEndsNothing(string burst)
    {
        TimeSource.Now += 1000 * Millisecond;
        Type(burst, Millisecond / 12);
        Assert.False(HasEnded);
        Type("y");
        Assert.False(HasEnded);
    }

    [Fact]
    public void AnAnswerThatIsTheBeginningOfABurstDoesNotCount()
    {
        Type("P");
        Serial.Input.Enqueue((byte)'e');
        Type("y");
        Assert.False(HasEnded);
        Assert.Contains("nothing is done", Serial.Output);
    }

    [Fact]
    public void TheQuestionStandsTenSeconds()
    {
        Type("P");
        Type("y", 10_001 * Millisecond);
        Assert.False(HasEnded);
    }

    [Fact]
    public void AfterATenthOfASecondTheBurstIsOver()
    {
        Type("hP", 99 * Millisecond);
        Assert.DoesNotContain("power the machine off? ", Serial.Output);
        Type("P", 100 * Millisecond);
        Assert.Contains("power the machine off? ", Serial.Output);
    }

    [Fact]
    public void LettersOfAnEscapeSequenceAreNoCommands()
    {
        Type("\u001bOq\u001b[Cm", Millisecond);
        Assert.Equal("", Serial.Output);
        Type("n");
        Assert.Contains("0 domains", Serial.Output);
    }
}
