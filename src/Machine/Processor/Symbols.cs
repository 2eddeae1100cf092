using System.Runtime;
using System.Runtime.CompilerServices;

namespace Serai.Machine.Processor;

/// <summary>Addresses that only the linker knows, by their place in the table of X64/Instructions.S.</summary>
internal static class Symbols
{
    [RuntimeImport("*", "X64Symbol"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong At(ulong index);

    internal static ulong SyscallStubs => At(0);
    internal static ulong TrapStubs => At(1);
    internal static ulong TaskStates => At(2);
    internal static ulong FixupsStart => At(3);
    internal static ulong FixupsEnd => At(4);
    internal static ulong ImageStart => At(5);
    internal static ulong TextEnd => At(6);
    internal static ulong ImageEnd => At(7);
    internal static ulong BootRoot => At(8);
    internal static ulong SymbolsStart => At(9);
    internal static ulong SymbolsEnd => At(10);
    internal static ulong CoroutineStart => At(11);
    internal static ulong TrampolineStart => At(12);
    internal static ulong TrampolineEnd => At(13);
    internal static ulong ApplicationStack => At(14);
    internal static ulong SysenterEntry => At(15);
    internal static ulong PanickingProcessor => At(16);
    internal static ulong WindowsStart => At(17);
    internal static ulong WindowsEnd => At(18);
    internal static ulong DiversionsStart => At(19);
    internal static ulong DiversionsEnd => At(20);
    internal static ulong EntryStart => At(21);
    internal static ulong EntryEnd => At(22);
    internal static ulong EntryPage => At(23);
    internal static ulong EntryInfo => At(24);
    internal static ulong SplitSyscall => At(25);
    internal static ulong SplitCompatibilitySyscall => At(26);
    internal static ulong SplitTrapStubs => At(27);
    internal static ulong SplitSysenter => At(28);
}
