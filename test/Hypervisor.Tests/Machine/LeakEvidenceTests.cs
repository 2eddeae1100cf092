using Serai.Machine.Processor;

using Xunit;

namespace Serai.Hypervisor.Tests.Machine;

/// <summary>What processors leak by what they say of themselves.</summary>
public sealed class LeakEvidenceTests
{
    private const uint Clears = 1 << 10, Transactions = 1 << 11;
    private const Leaks Old = Leaks.Mapped | Leaks.Cached;

    [Theory]
    [InlineData(false, 0u, 0u, 0x0ul, Old)]                                     // Haswell with old microcode
    [InlineData(false, Transactions, Clears, 0x0ul, Old | Leaks.Buffered)]      // Skylake
    [InlineData(false, 0u, Clears, 0x1ul, Leaks.Buffered)]                      // RDCL_NO alone: early Cascade Lake
    [InlineData(false, Transactions, Clears, 0x21ul, Leaks.Buffered)]           // and MDS_NO, with transactions: TAA
    [InlineData(false, Transactions, Clears, 0x121ul, Leaks.None)]              // and TAA_NO
    [InlineData(false, 0u, Clears, 0x2_0121ul, Leaks.Buffered)]                 // FB_CLEAR: MMIO stale data
    [InlineData(false, 0u, Clears, 0x2_e121ul, Leaks.None)]                     // and none of its three ways
    [InlineData(false, 0u, Clears, 0x1000_0121ul, Leaks.Buffered)]              // RFDS_CLEAR
    [InlineData(false, 0u, Clears, 0x1800_0121ul, Leaks.None)]                  // and RFDS_NO
    [InlineData(false, 0u, 0u, 0x2_0121ul, Leaks.Buffered)]                     // FB_CLEAR without MD_CLEAR
    [InlineData(false, 0u, 0u, 0x1000_0121ul, Leaks.Buffered)]                  // RFDS_CLEAR without MD_CLEAR
    [InlineData(false, 0u, 0u, 0x21ul, Leaks.None)]
    [InlineData(true, Transactions, Clears, 0x0ul, Leaks.None)]
    public void AProcessorLeaksWhatItDoesNotDeny(bool isAmd, uint structured, uint further, ulong capabilities, Leaks leaks)
        => Assert.Equal(leaks, new LeakEvidence { IsAmd = isAmd, Structured = structured, Further = further, Capabilities = capabilities }.Find());
}
