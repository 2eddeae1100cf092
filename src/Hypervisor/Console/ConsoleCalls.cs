using System;

using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Console;

/// <summary>HYPERVISOR_console_io: the terminal itself, for the initial domain (ABI 02 §2.4).</summary>
public static class ConsoleCalls
{
    // A byte may be a whole line: the budget is asked after so few.
    private const ulong Chunk = 16;
    private const ulong Longest = 16 * 1024;

    /// <summary>RDI: command, RSI: how many bytes, RDX: buffer. Errors: Perm for all but the initial domain, Fault, Inval, NoSys.</summary>
    public static long Perform(ref VirtualCpu vcpu)
    {
        if (!vcpu.Domain.Rights.RunsMachine)
            return CallResult.Error(Errno.Perm);
        ref Registers registers = ref vcpu.Registers;
        uint count = (uint)(registers.Rsi & uint.MaxValue);
        return (ConsoleIoCommand)(registers.Rdi & uint.MaxValue) switch
        {
            ConsoleIoCommand.Write => Write(ref vcpu, new(registers.Rdx), count),
            ConsoleIoCommand.Read => Read(new(registers.Rdx), count),
            _ => CallResult.Error(Errno.NoSys),
        };
    }

    /// <summary>
    /// Writes as much as there is room for; the rest is for when the call is made again, after others. A line that does not move takes what it is
    /// given for lost.
    /// </summary>
    private static long Write(ref VirtualCpu vcpu, GuestAddress buffer, ulong count)
    {
        if (count > Longest)
            return CallResult.Error(Errno.Inval);
        Span<byte> chunk = Scratch.Zeroed(stackalloc byte[(int)Chunk]);
        while (count > 0)
        {
            if (!TerminalLine.HasRoomForGuests)
                return Wait(ref vcpu, buffer, count);
            if (Preemption.IsDue)
                return GoOnLater(ref vcpu, buffer, count);
            Span<byte> part = chunk[..(int)(count < Chunk ? count : Chunk)];
            if (!GuestMemory.TryCopyIn(part, buffer))
                return CallResult.Error(Errno.Fault);
            GuestConsole.Write(ref vcpu.Domain, part);
            buffer = buffer + (ulong)part.Length;
            count -= (ulong)part.Length;
        }
        return 0;
    }

    private static long Wait(ref VirtualCpu vcpu, GuestAddress buffer, ulong count)
    {
        Terminal.Transmit();
        if (TerminalLine.IsStuck)
            return 0;
        Scheduler.Yield(ref vcpu);
        return GoOnLater(ref vcpu, buffer, count);
    }

    private static long GoOnLater(ref VirtualCpu vcpu, GuestAddress buffer, ulong count)
    {
        (vcpu.Registers.Rsi, vcpu.Registers.Rdx) = (count, buffer.Value);
        return CallResult.Again;
    }

    private static long Read(GuestAddress buffer, uint count)
    {
        if (count > int.MaxValue)
            return CallResult.Error(Errno.TooBig);
        long done = 0;
        for (; done < count && KeyboardFocus.TryTakeForInitialDomain(out byte letter); done++)
        {
            if (!GuestMemory.TryWrite(buffer + (ulong)done, letter))
                return CallResult.Error(Errno.Fault);
        }
        return done;
    }
}
