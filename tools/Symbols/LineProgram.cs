using System;
using System.Collections.Generic;
using System.IO;

namespace Serai.Symbols;

/// <summary>From this address on the code comes from this line of this file; an empty file ends a sequence.</summary>
public readonly record struct LineRow(ulong Address, string File, uint Line);

/// <summary>Runs the programs of .debug_line (DWARF 5, 6.2.5) into rows.</summary>
public static class LineProgram
{
    private const byte Copy = 1;
    private const byte AdvanceAddress = 2;
    private const byte AdvanceLine = 3;
    private const byte SetFile = 4;
    private const byte AddConstant = 8;
    private const byte AdvanceFixed = 9;
    private const byte EndSequence = 1;
    private const byte SetAddress = 2;

    /// <summary>The rows of all sequences, in the order of the programs; InvalidDataException if a program is damaged.</summary>
    public static List<LineRow> Rows(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> strings, ReadOnlySpan<byte> lineStrings)
    {
        var rows = new List<LineRow>();
        var reader = new ByteReader(lines);
        while (!reader.AtEnd)
        {
            uint length = reader.Double();
            if (length >= 0xffff_fff0)
                throw new InvalidDataException("line information in 64-bit DWARF is unknown");
            var unit = new ByteReader(reader.Bytes(length));
            LineHeader header = LineHeader.Read(ref unit, strings, lineStrings);
            while (!unit.AtEnd)
                RunSequence(ref unit, header, rows);
        }
        return rows;
    }

    private static void RunSequence(ref ByteReader unit, LineHeader header, List<LineRow> rows)
    {
        var state = new State(header);
        while (!unit.AtEnd)
        {
            byte opcode = unit.Byte();
            if (opcode >= header.OpcodeBase)
            {
                state.Special(opcode);
                rows.Add(state.Row);
            }
            else if (opcode == 0)
            {
                if (Extended(ref unit, ref state))
                {
                    rows.Add(new LineRow(state.Address, "", 0));
                    return;
                }
            }
            else if (opcode == Copy)
            {
                rows.Add(state.Row);
            }
            else
            {
                Standard(opcode, ref unit, ref state);
            }
        }
    }

    private static void Standard(byte opcode, ref ByteReader unit, ref State state)
    {
        switch (opcode)
        {
            case AdvanceAddress:
                state.Address += unit.Unsigned() * state.Header.InstructionBytes;
                break;
            case AdvanceLine:
                state.Line += unit.Signed();
                break;
            case SetFile:
                state.File = unit.Unsigned();
                break;
            case AddConstant:
                state.Advance(255 - state.Header.OpcodeBase);
                break;
            case AdvanceFixed:
                state.Address += unit.Word();
                break;
            default:
                for (int i = state.Header.Operands[opcode - 1]; i > 0; i--)
                    unit.Unsigned();
                break;
        }
    }

    private static bool Extended(ref ByteReader unit, ref State state)
    {
        var operands = new ByteReader(unit.Bytes(unit.Unsigned()));
        byte opcode = operands.Byte();
        if (opcode == SetAddress)
            state.Address = operands.Quad();
        return opcode == EndSequence;
    }

    private struct State(LineHeader header)
    {
        public readonly LineHeader Header = header;
        public ulong Address;
        public ulong File = 1;
        public long Line = 1;

        public readonly LineRow Row => new(Address, Header.File(File), (uint)Math.Clamp(Line, 0, uint.MaxValue));

        public void Special(byte opcode)
        {
            int adjusted = opcode - Header.OpcodeBase;
            Advance(adjusted);
            Line += Header.LineBase + adjusted % Header.LineRange;
        }

        public void Advance(int adjusted) => Address += (ulong)(adjusted / Header.LineRange) * Header.InstructionBytes;
    }
}
