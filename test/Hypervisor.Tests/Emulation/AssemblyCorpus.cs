using System.Collections.Generic;
using System.Linq;

namespace Serai.Hypervisor.Tests.Emulation;

/// <summary>
/// Every instruction that must be understood, in AT&amp;T syntax: each form with each register, and with each way to address memory.
/// </summary>
internal static class AssemblyCorpus
{
    private static readonly int[] Sizes = [1, 2, 4, 8];
    private static readonly string[] Arithmetic = ["add", "or", "and", "sub", "xor"];
    private static readonly string[] BitOperations = ["bts", "btr", "btc"];
    private static readonly string[] Exchanges = ["xchg", "cmpxchg", "xadd"];

    /// <summary>Instructions that need privilege, and int n.</summary>
    public static IEnumerable<string> Privileged()
    {
        string[] plain =
        [
            "cli", "sti", "clts", "wbinvd", "wbnoinvd", "rdmsr", "wrmsr", "rdtsc", "rdtscp", "xsetbv", "cpuid", "int $128", "int $0", "int $255",
        ];
        var ports = Sizes.Where(size => size < 8).SelectMany(Ports);
        return plain.Concat(ports).Concat(SystemRegisters()).Concat(Addresses().Select(memory => "invlpg " + memory));
    }

    /// <summary>Instructions that write memory, without lock.</summary>
    public static IEnumerable<string> Stores() => RegisterStores().Concat(ImmediateStores()).Concat(Addresses().SelectMany(AddressedStores));

    /// <summary>Those of <see cref="Stores"/> that may be locked, with it.</summary>
    public static IEnumerable<string> LockedStores() => Stores().Where(line => !line.StartsWith("mov")).Select(line => "lock " + line);

    /// <summary>What looks alike and must be refused.</summary>
    public static IEnumerable<string> Refused() =>
    [
        "hlt", "invd", "lgdt (%rax)", "lidt (%rax)", "ltr %ax", "lldt %ax", "monitor", "mwait", "swapgs", "sysretq", "iretq", "ud2", "nop", "ret",
        "int3", "pushfq", "popfq", "rdpmc", "xgetbv", "smsww %ax", "lmsww %ax", "sgdt (%rax)", "clac", "stac", "vmcall", "rdfsbase %rax",
        "movsb", "movsq", "stosb", "stosq", "rep stosq", "cmpxchg8b (%rax)", "lock cmpxchg16b (%rax)", "adcq %rax, (%rbx)", "sbbq %rax, (%rbx)",
        "cmpq %rax, (%rbx)", "cmpq $1, (%rbx)", "testq %rax, (%rbx)", "btq %rax, (%rbx)", "btq $1, (%rbx)", "incq (%rax)", "notq (%rax)",
        "movq (%rax), %rbx", "movq %rax, %rbx", "xchgq %rax, %rbx", "addq (%rax), %rbx", "addq %rax, %rbx", "andl $1, %eax", "movl $1, %eax",
        "movntiq %rax, (%rbx)", "movdqu %xmm0, (%rax)", "movb (%rax), %al", "pushq (%rax)", "btsq %rax, %rbx", "xaddq %rax, %rbx", "movw %ds, (%rax)",
    ];

    private static IEnumerable<string> Ports(int size)
    {
        var accumulator = AttSyntax.RegisterName(0, size, false);
        var suffix = Suffix(size);
        return
        [
            $"in{suffix} %dx, {accumulator}", $"in{suffix} $113, {accumulator}", $"in{suffix} $255, {accumulator}",
            $"out{suffix} {accumulator}, %dx", $"out{suffix} {accumulator}, $113",
            $"ins{suffix} %dx, %es:(%rdi)", $"rep ins{suffix} %dx, %es:(%rdi)", $"ins{suffix} %dx, %es:(%edi)",
            $"outs{suffix} (%rsi), %dx", $"rep outs{suffix} (%rsi), %dx", $"outs{suffix} %gs:(%esi), %dx",
        ];
    }

    private static IEnumerable<string> SystemRegisters()
    {
        foreach (var register in Enumerable.Range(0, 16).Select(number => AttSyntax.RegisterName(number, 8, true)))
        {
            foreach (var control in new[] { 0, 2, 3, 4, 8 })
            {
                yield return $"movq %cr{control}, {register}";
                yield return $"movq {register}, %cr{control}";
            }

            foreach (var debug in Enumerable.Range(0, 8))
            {
                yield return $"movq %dr{debug}, {register}";
                yield return $"movq {register}, %dr{debug}";
            }
        }
    }

    private static IEnumerable<string> RegisterStores() =>
        from size in Sizes
        from rex in new[] { false, true }
        from number in Enumerable.Range(0, size == 1 && !rex ? 8 : 16)
        from name in Exchanges.Concat(Arithmetic).Append("mov").Concat(size == 1 ? [] : BitOperations)
        // A byte register above bh needs REX, and REX forbids ah..bh; r9 as the address supplies it.
        select $"{name}{Suffix(size)} {AttSyntax.RegisterName(number, size, rex)}, ({(rex ? "%r9" : "%rbx")})";

    private static IEnumerable<string> ImmediateStores() =>
        from size in Sizes
        from value in new[]
        {
            "0", "1", "-1", "-3", "127", "-128", size == 1 ? "64" : "4660", size > 2 ? "2147483647" : "5", size > 2 ? "-2147483648" : "6",
        }
        from name in Arithmetic.Append("mov")
        select $"{name}{Suffix(size)} ${value}, 16(%rdx)";

    private static IEnumerable<string> AddressedStores(string memory)
    {
        yield return $"movq %rsi, {memory}";
        yield return $"movw $4660, {memory}";
        yield return $"andb $-3, {memory}";
        yield return $"xchgl %r8d, {memory}";
        yield return $"cmpxchgq %r15, {memory}";
        yield return $"btrq $63, {memory}";
        yield return $"btsw $15, {memory}";
        yield return $"btcl $31, {memory}";
    }

    private static IEnumerable<string> Addresses()
    {
        string[] segments = ["", "%fs:", "%gs:"];
        string[] displacements = ["", "1", "-128", "128", "-2147483648", "2147483647"];
        foreach (var origin in Enumerable.Range(0, 16).Select(number => AttSyntax.RegisterName(number, 8, true)))
        {
            foreach (var displacement in displacements)
                yield return $"{displacement}({origin})";
            foreach (var index in Enumerable.Range(0, 16).Where(number => number != 4))
                yield return $"{segments[index % 3]}{displacements[index % 6]}({origin},{AttSyntax.RegisterName(index, 8, true)}{Scales[index % 4]})";
        }

        foreach (var segment in segments)
        {
            foreach (var line in WithoutOrigin)
                yield return segment + line;
        }
    }

    private static string[] WithoutOrigin =>
        ["16(%rip)", "-16(%rip)", "16(%eip)", "305419896", "-8", "(,%rcx,8)", "64(,%r12,4)", "(%r13d,%r12d)", "8(%esp)", "(%edx)"];

    private static string[] Scales => ["", ",2", ",4", ",8"];

    private static string Suffix(int size) => size switch
    {
        1 => "b",
        2 => "w",
        4 => "l",
        _ => "q",
    };
}
