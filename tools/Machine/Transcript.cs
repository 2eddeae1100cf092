using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;

namespace Serai.Emulators;

/// <summary>A line of the serial port, without carriage returns and terminal controls.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Text">The text.</param>
public sealed record Line(int Index, string Text);

/// <summary>What a machine wrote on its serial port, as it comes. One thread adds, others wait.</summary>
public sealed partial class Transcript : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Line> _lines = [];
    private readonly StringBuilder _unfinished = new();
    private readonly StringBuilder _stream = new();
    private readonly ManualResetEventSlim _changed = new();
    private readonly TextWriter _log;

    /// <summary>Starts an empty transcript that is also written to a file, if one is named, as it came.</summary>
    public Transcript(string? file = null)
    {
        File = file;
        _log = file is null ? TextWriter.Null : new StreamWriter(file) { AutoFlush = true };
    }

    /// <summary>The file that it is also written to.</summary>
    public string? File { get; }

    /// <summary>Whether the machine has closed the port.</summary>
    public bool Ended { get; private set; }

    /// <summary>How many bytes have come.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
                return _stream.Length;
        }
    }

    /// <summary>The finished lines so far.</summary>
    public Line[] Lines()
    {
        lock (_gate)
            return [.. _lines];
    }

    /// <summary>All that has arrived, as it came: a byte a character.</summary>
    public string Stream()
    {
        lock (_gate)
            return _stream.ToString();
    }

    /// <summary>The last lines and what stands of the next, for an error message.</summary>
    public string Tail(int count)
    {
        lock (_gate)
            return string.Join('\n', _lines.TakeLast(count).Select(line => line.Text).Append(Plain(_unfinished.ToString())));
    }

    /// <summary>Adds what has arrived.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        lock (_gate)
        {
            _log.Write(text);
            _stream.Append(text);
            foreach (char symbol in text)
            {
                if (symbol == '\n')
                    Finish();
                else
                    _unfinished.Append(symbol);
            }
        }
        _changed.Set();
    }

    /// <summary>No more will come.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_unfinished.Length > 0)
                Finish();
            Ended = true;
        }
        _changed.Set();
    }

    /// <summary>
    /// The first line from <paramref name="from"/> on that <paramref name="wanted"/> accepts; null when the port closes without one, when
    /// <paramref name="hopeless"/> accepts a line before it, or when <paramref name="isOver"/>, told how many bytes have come, says so.
    /// </summary>
    public Line? Wait(Func<Line, bool> wanted, Func<Line, bool> hopeless, int from, Func<long, bool> isOver)
    {
        for (int next = from; ;)
        {
            _changed.Reset();
            bool ended = Ended;
            foreach (Line line in Lines().Skip(next))
            {
                if (wanted(line))
                    return line;
                if (hopeless(line))
                    return null;
                next = line.Index + 1;
            }
            if (ended || isOver(Length))
                return null;
            _changed.Wait(TimeSpan.FromSeconds(1));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _log.Dispose();
        _changed.Dispose();
    }

    private void Finish()
    {
        _lines.Add(new Line(_lines.Count, Plain(_unfinished.ToString())));
        _unfinished.Clear();
    }

    private static string Plain(string text) => TerminalControl().Replace(text, "");

    [GeneratedRegex(@"\e\[[0-9;?!]*[A-Za-z@]|\e[()=>].?|\e\\|[\r\a\0\u000f\u0018]")]
    private static partial Regex TerminalControl();
}
