using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Serai.Hypervisor.Tests.Emulation;

/// <summary>The state that an instruction runs in: sixteen general registers by number, then RFLAGS.</summary>
[System.Runtime.CompilerServices.InlineArray(17)]
internal struct NativeState
{
    private ulong first;
}

/// <summary>
/// Runs instructions on the processor of the machine itself. Each becomes a function that loads all registers but RSP and RDI (which points to
/// the state) from a <see cref="NativeState"/>, executes, and stores them again.
/// </summary>
internal sealed class NativeExecution : IDisposable
{
    private static readonly int[] Loaded = [0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    private static readonly int[] Saved = [3, 5, 12, 13, 14, 15];

    private readonly string library;
    private readonly IntPtr handle;
    private readonly List<Function> functions = [];

    /// <summary>Assembles the instructions.</summary>
    public NativeExecution(IReadOnlyList<string> instructions)
    {
        var assembly = new StringBuilder(".text\n");
        for (var i = 0; i < instructions.Count; i++)
            Write(assembly, i, instructions[i]);
        library = Toolchain.SharedLibrary(assembly.ToString());
        handle = NativeLibrary.Load(library);
        for (var i = 0; i < instructions.Count; i++)
            functions.Add(Marshal.GetDelegateForFunctionPointer<Function>(NativeLibrary.GetExport(handle, $"case_{i}")));
    }

    private delegate void Function(ref NativeState state);

    /// <summary>Runs one of the instructions.</summary>
    public void Run(int index, ref NativeState state) => functions[index](ref state);

    /// <summary>Unloads and deletes the library.</summary>
    public void Dispose()
    {
        functions.Clear();
        NativeLibrary.Free(handle);
        Directory.Delete(Path.GetDirectoryName(library)!, true);
    }

    private static void Write(StringBuilder assembly, int index, string instruction)
    {
        assembly.Append($".globl case_{index}\ncase_{index}:\n");
        foreach (var register in Saved)
            assembly.Append($" pushq {AttSyntax.RegisterName(register, 8, true)}\n");
        assembly.Append(" pushq 128(%rdi)\n popfq\n");
        foreach (var register in Loaded)
            assembly.Append($" movq {8 * register}(%rdi), {AttSyntax.RegisterName(register, 8, true)}\n");
        assembly.Append($" {instruction}\n pushfq\n popq 128(%rdi)\n");
        foreach (var register in Loaded)
            assembly.Append($" movq {AttSyntax.RegisterName(register, 8, true)}, {8 * register}(%rdi)\n");
        for (var i = Saved.Length - 1; i >= 0; i--)
            assembly.Append($" popq {AttSyntax.RegisterName(Saved[i], 8, true)}\n");
        assembly.Append(" ret\n");
    }
}
