using System;
using System.Text;

using Serai.Hypervisor.Output;
using Serai.Machine;
using Serai.Machine.Memory;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>What is on the VGA's screen, as its memory has it.</summary>
public sealed class TextScreenTests
{
    private const ulong Address = 0xb8000;
    private const int Columns = 80, RowBytes = Columns * 2, Bytes = 25 * RowBytes;

    /// <summary>From any column on, and no further back; what is erased is shown as blanks.</summary>
    [Fact]
    public void AnErasureBlanksTheLineFromTheCursorOn()
    {
        TestMachine.Start();
        for (int column = 0; column < Columns; column++)
        {
            TextScreen.Open();
            string move = column == 0 ? "" : $"\u001b[{column}C";
            foreach (byte letter in Encoding.ASCII.GetBytes($"\n{new string('x', Columns)}\r{move}\u001b[K"))
                TextScreen.Write(letter);
            Screen.ShowAll();
            TextScreen.Close();
            ReadOnlySpan<byte> row = DirectMap.Bytes(new(Address), Bytes)[^RowBytes..];
            for (int place = 0; place < Columns; place++)
                Assert.Equal((place < column ? 'x' : ' ', 7), ((char)row[place * 2], row[(place * 2) + 1]));
        }
    }
}
