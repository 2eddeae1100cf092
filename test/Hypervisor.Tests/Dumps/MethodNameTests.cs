using Serai.Symbols;
using Xunit;

namespace Serai.Hypervisor.Tests.Dumps;

public class MethodNameTests
{
    [Theory]
    [InlineData("Serai_Hypervisor_Serai_Hypervisor_Memory_FrameTable__Take", "Serai.Hypervisor.Memory.FrameTable", "Take")]
    [InlineData("Serai_Hypervisor_Serai_Hypervisor_Memory_FrameTable__Take_0", "Serai.Hypervisor.Memory.FrameTable", "Take")]
    [InlineData("Serai_Hypervisor_Serai_Hypervisor_Start__Run", "Serai.Hypervisor.Start", "Run")]
    [InlineData("Serai_Machine_Serai_Machine_SpinLock___ctor", "Serai.Machine.SpinLock", "SpinLock")]
    [InlineData("Serai_Hypervisor_Serai_Hypervisor_BootOptions__get_Default", "Serai.Hypervisor.BootOptions", "get_Default")]
    [InlineData("Serai_Hypervisor_Serai_Hypervisor_Parser__Parse<Serai_Hypervisor_Serai_Hypervisor_Sink>", "Serai.Hypervisor.Parser", "Parse<Sink>")]
    [InlineData("S_P_CoreLib_System_SpanHelpers__Memmove", "System.SpanHelpers", "Memmove")]
    [InlineData("S_P_CoreLib_System_ReadOnlySpan_1<UInt8>__Slice_0", "System.ReadOnlySpan<UInt8>", "Slice")]
    [InlineData("S_P_CoreLib_System_Span_1<S_P_CoreLib_System_Nullable_1<UInt8>>___ctor", "System.Span<Nullable<UInt8>>", "Span<Nullable<UInt8>>")]
    [InlineData("entry_syscall", "", "entry_syscall")]
    [InlineData("entry__syscall", "", "entry__syscall")]
    [InlineData("__security_cookie", "", "__security_cookie")]
    [InlineData("memmove", "", "memmove")]
    public void ASymbolBecomesTheNameAReaderKnows(string symbol, string type, string method) =>
        Assert.Equal(new MethodName(type, method), MethodName.Of(symbol));
}
