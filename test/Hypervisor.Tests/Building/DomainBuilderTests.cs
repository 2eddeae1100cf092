using System;
using System.Linq;
using System.Text;

using Serai.Abi;
using Serai.Hypervisor.Building;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Tests.Histories;
using Serai.Hypervisor.Tests.Images;
using Serai.Hypervisor.Tests.Machine;
using Serai.Machine;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Simulation;

using Xunit;

namespace Serai.Hypervisor.Tests.Building;

/// <summary>Domains from boot modules: what is where when a kernel begins (docs, ABI 01), and what is said when it cannot.</summary>
public sealed class DomainBuilderTests
{
    private const ulong ListAddress = 0xffff_8800_0000_0000;
    private const int Mebibytes = 64;

    private static Link<Domain> Find(string name)
    {
        Assert.True(DomainTable.TryFind(TestKernel.Ascii(name), out Link<Domain> domain), Serial.Output);
        return domain;
    }

    private static ref Domain Build(byte[] kernel, byte[]? ramdisk = null, string line = "kernel domain=a memory=12M vcpus=1")
    {
        if (ramdisk is null)
            TestKernel.Boot(Mebibytes, "", (kernel, line + " -- console=hvc0"));
        else
            TestKernel.Boot(Mebibytes, "", (kernel, line + " ramdisk -- console=hvc0"), (ramdisk, "initrd"));
        ModuleDomains.StartAll();
        Link<Domain> domain = Find("a");
        Serai.Hypervisor.Scheduling.ContextSwitch.To(ref TestMachine.Processor, ref domain.Value.Vcpu(0));
        return ref domain.Value;
    }

    private static StartInfo InfoOf(ref Domain domain) => TinyGuest.Load<StartInfo>(domain.Vcpu(0).Registers.Rsi);

    [Fact]
    public void TheKernelBeginsAsTheContractSays()
    {
        byte[] kernel = TestKernel.Make();
        ref Domain domain = ref Build(kernel);
        Registers registers = domain.Vcpu(0).Registers;
        Assert.Equal((TestKernel.Entry, FlatSelectors.KernelCode, FlatSelectors.KernelStack), (registers.Rip, registers.Cs, registers.Ss));
        Assert.Equal(0ul, registers.Rsp % Mfn.Size);
        TinyGuest.Store(registers.Rsp - 8, 1ul);
        byte[] loaded = [.. Enumerable.Range(0, 64).Select(index => TinyGuest.Load<byte>(TestKernel.Entry + (ulong)index))];
        Assert.Equal(kernel[^Elfs.LoadSize..][..64], loaded);
        Assert.Equal(1, domain.Vcpu(0).Info.Value.EventUpcallMask);
        Assert.Empty(FrameOracle.Look(null));
    }

    [Fact]
    public void StartInfoTellsWhatWasGiven()
    {
        ref Domain domain = ref Build(TestKernel.Make(list: ListAddress));
        StartInfo info = InfoOf(ref domain);
        Assert.Equal("xen-3.0-x86_64", Encoding.ASCII.GetString(info.Magic.AsReadOnlySpan()).TrimEnd('\0'));
        Assert.Equal((12ul << 8, StartInfoFlags.None), (info.PageCount, info.Flags));
        Assert.Equal(domain.SharedInfoFrame.Address, info.SharedInfo);
        Assert.Equal((domain.Console.Frame.Value, domain.Console.Port), (info.Console.GuestFrame, info.Console.GuestEventPort));
        Assert.Equal((domain.Store.Frame.Value, domain.Store.Port), (info.StoreFrame, info.StoreEventPort));
        Assert.NotEqual(0u, domain.Store.Port);
        Assert.Equal("console=hvc0", Encoding.ASCII.GetString(info.CommandLine.AsReadOnlySpan()).TrimEnd('\0'));
        Assert.Equal(ListAddress, info.P2mList);
        Assert.Equal(domain.Vcpu(0).KernelRoot, FrameAt(info.PageTableBase).Address);
    }

    private static Mfn FrameAt(ulong address)
    {
        Assert.True(PageWalk.TryTranslate(address, write: false, user: true, out ulong place), $"{address:x} is not mapped");
        return Mfn.Of(new(place));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheListsAgree(bool separate)
    {
        ref Domain domain = ref Build(TestKernel.Make(list: separate ? ListAddress : null));
        StartInfo info = InfoOf(ref domain);
        for (ulong pfn = 0; pfn < info.PageCount; pfn++)
        {
            var frame = new Mfn(TinyGuest.Load<ulong>(info.P2mList + pfn * 8));
            Assert.Equal((pfn, domain.Id), (MachineToPhysical.Get(frame), FrameTable.Of(frame).Owner));
        }
        for (ulong pfn = 0; pfn < 64; pfn++)
            Assert.Equal(TinyGuest.Load<ulong>(info.P2mList + pfn * 8), FrameAt(TestKernel.Base + pfn * Mfn.Size).Value);
    }

    [Fact]
    public void TablesAreReadOnlyAndTheRestIsNot()
    {
        ref Domain domain = ref Build(TestKernel.Make());
        StartInfo info = InfoOf(ref domain);
        Assert.InRange(info.PageTableFrames, 4ul, 64ul);
        for (ulong index = 0; index < info.PageTableFrames; index++)
        {
            ulong address = info.PageTableBase + index * Mfn.Size;
            Assert.True(FrameTable.Of(FrameAt(address)).IsProtected || FrameTable.Of(FrameAt(address)).TypeCount == 0);
            Assert.False(TinyGuest.TryStore(address, 1ul));
        }
        Assert.True(TinyGuest.TryStore(TestKernel.Base, 1ul));
        Assert.True(TinyGuest.TryStore(domain.Vcpu(0).Registers.Rsi, 1ul));
        Assert.True(TinyGuest.TryStore(info.PageTableBase + info.PageTableFrames * Mfn.Size, 1ul));
        Assert.True(TinyGuest.TryStore(info.PageTableBase + (info.PageTableFrames + 1) * Mfn.Size + 512 * 1024 - 8, 1ul));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheRamdiskIsWhereItIsTold(bool asFrame)
    {
        byte[] ramdisk = [.. Enumerable.Range(0, 10_000).Select(index => (byte)(index * 7))];
        ref Domain domain = ref Build(TestKernel.Make(moduleAsFrame: asFrame), ramdisk);
        StartInfo info = InfoOf(ref domain);
        Assert.Equal(((ulong)ramdisk.Length, asFrame), (info.ModuleLength, (info.Flags & StartInfoFlags.ModuleStartIsFrame) != 0));
        for (int index = 0; index < ramdisk.Length; index++)
        {
            byte found = asFrame
                ? DirectMap.At<byte>(new Mfn(TinyGuest.Load<ulong>(info.P2mList + (info.ModuleStart + (ulong)index / Mfn.Size) * 8)).Address
                    + (ulong)index % Mfn.Size)
                : TinyGuest.Load<byte>(info.ModuleStart + (ulong)index);
            Assert.Equal(ramdisk[index], found);
        }
    }

    [Fact]
    public void TheHypercallPageCallsByNumber()
    {
        Build(TestKernel.Make());
        for (uint number = 0; number < 64; number++)
        {
            byte[] stub = [.. Enumerable.Range(0, 32).Select(index => TinyGuest.Load<byte>(TestKernel.HypercallPage + number * 32 + (ulong)index))];
            int move = Array.IndexOf(stub, (byte)0xb8);
            Assert.Equal(number, BitConverter.ToUInt32(stub, move + 1));
            Assert.Equal([0x0f, 0x05], stub[(move + 5)..(move + 7)]);
        }
    }

    [Fact]
    public void TheInitialDomainIsPrivilegedAndHasNoRing()
    {
        TestKernel.Boot(
            Mebibytes, "dom0_mem=12M", (TestKernel.Make(more: Elfs.NumberNote((uint)ElfNote.SupportedFeatures, 1 << 11)), "kernel root=x"));
        ModuleDomains.StartAll();
        ref Domain domain = ref Find("Domain-0").Value;
        Serai.Hypervisor.Scheduling.ContextSwitch.To(ref TestMachine.Processor, ref domain.Vcpu(0));
        StartInfo info = InfoOf(ref domain);
        const StartInfoFlags initial = StartInfoFlags.Privileged | StartInfoFlags.InitialDomain;
        Assert.Equal(initial, info.Flags & initial);
        Assert.Equal((true, true, 0ul, (ushort)0), (domain.Rights.IsInitial, domain.Rights.HasHardware, domain.Console.Frame.Value, domain.Id));
        Assert.Equal("root=x", Encoding.ASCII.GetString(info.CommandLine.AsReadOnlySpan()).TrimEnd('\0'));
    }

    /// <summary>As much as there is and less: never what is kept for its devices, and too little for its kernel is said.</summary>
    [Theory]
    [InlineData("serai dom0_mem=12M", 12 << 8)]
    [InlineData("serai dom0_mem=8G", 0)]
    [InlineData("", 0)]
    [InlineData("serai dom0_mem=-4G", -1)]
    [InlineData("serai dom0_mem=1M", -1)]
    public void TheInitialDomainHasMemoryKeptForItsDevices(string option, int pages)
    {
        TestKernel.Boot(Mebibytes, option, (TestKernel.Make(), "kernel"));
        ulong free = FrameAllocator.FreeCount;
        ModuleDomains.StartAll();
        Assert.InRange(FrameAllocator.KeptFree, free / 16, free / 8);
        if (pages < 0)
            Assert.Contains("cannot start: the memory is too small", Serial.Output);
        else if (pages == 0)
            Assert.InRange(Find("Domain-0").Value.Memory.GuestPages, free * 3 / 4, free - FrameAllocator.KeptFree);
        else
            Assert.Equal((ulong)pages, Find("Domain-0").Value.Memory.GuestPages);
    }

    [Fact]
    public void WithoutAnInitialDomainNothingIsKept()
    {
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), "kernel domain=a memory=12M"));
        ModuleDomains.StartAll();
        Assert.Equal((DomainStage.Alive, 0ul), (Find("a").Value.Stage, FrameAllocator.KeptFree));
    }

    [Theory]
    [InlineData("out/serai dom0_mem=12M -- more words", "root=x more words")]
    [InlineData("out/serai dom0_mem=12M --", "root=x")]
    public void WhatFollowsTheDashesIsForTheInitialDomain(string hypervisors, string expected)
    {
        TestKernel.Boot(
            Mebibytes, hypervisors, (TestKernel.Make(more: Elfs.NumberNote((uint)ElfNote.SupportedFeatures, 1 << 11)), "kernel root=x"));
        ModuleDomains.StartAll();
        ref Domain domain = ref Find("Domain-0").Value;
        Serai.Hypervisor.Scheduling.ContextSwitch.To(ref TestMachine.Processor, ref domain.Vcpu(0));
        Assert.Equal(expected, Encoding.ASCII.GetString(InfoOf(ref domain).CommandLine.AsReadOnlySpan()).TrimEnd('\0'));
    }

    public static TheoryData<string, byte[], string> Refusals => new()
    {
        { "the module is empty or missing", [], "kernel domain=a memory=12M" },
        { "there is not that much memory", TestKernel.Make(), "kernel domain=a memory=4G" },
        { "the memory is too small for kernel and ramdisk", TestKernel.Make(), "kernel domain=a memory=1M" },
        { "the kernel asks for addresses that it cannot have", TestKernel.Make(virtualBase: Layout.Start, entry: Layout.Start + Elfs.LoadAddress),
            "kernel domain=a memory=12M" },
        { "the kernel asks for addresses that it cannot have", TestKernel.Make(list: Layout.End - 4096), "kernel domain=a memory=12M" },
        { "the kernel asks for addresses that it cannot have", TestKernel.Make(list: 0x1234), "kernel domain=a memory=12M" },
        { "", Elfs.Minimal(), "kernel domain=a memory=12M" },
        { "", [1, 2, 3, 4], "kernel domain=a memory=12M" },
        { "", TestKernel.Make(entry: 0x1234), "kernel domain=a memory=12M" },
        { "", TestKernel.Make(more: Elfs.StringNote((uint)ElfNote.Features, "!no_such_feature")), "kernel domain=a memory=12M" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void WhatCannotBeBuiltIsNamedAndTheOthersStart(string reason, byte[] kernel, string line)
    {
        TestKernel.Boot(Mebibytes, "", (kernel, line), (TestKernel.Make(), "kernel domain=b memory=12M"));
        ulong free = FrameAllocator.FreeCount;
        ModuleDomains.StartAll();
        Assert.Contains("domain a (module 0", Serial.Output);
        Assert.Contains($"cannot start: {reason}", Serial.Output);
        Assert.False(DomainTable.TryFind("a"u8, out _));
        Link<Domain> other = Find("b");
        Assert.Empty(FrameOracle.Look(null));
        End(ref other.Value);
        Assert.Equal(free, FrameAllocator.FreeCount);
    }

    private static void End(ref Domain domain)
    {
        DomainLife.ShutDown(ref domain, ShutdownReason.PowerOff);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
    }

    [Fact]
    public void ANameIsTakenOnce()
    {
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), "kernel domain=a memory=12M"), (TestKernel.Make(), "kernel domain=a memory=8M"));
        ModuleDomains.StartAll();
        Assert.Contains("there is a domain of that name", Serial.Output);
    }

    [Fact]
    public void AnInitialDomainNeedsAKernelThatCanBeOne()
    {
        TestKernel.Boot(Mebibytes, "dom0_mem=12M", (TestKernel.Make(more: Elfs.NumberNote((uint)ElfNote.SupportedFeatures, 1)), "kernel"));
        ModuleDomains.StartAll();
        Assert.Contains("the kernel cannot be an initial domain", Serial.Output);
    }

    [Fact]
    public void AKernelThatTellsNothingOfItsFeaturesMayBeTheInitialDomains()
    {
        TestKernel.Boot(Mebibytes, "dom0_mem=12M", (TestKernel.Make(), "kernel"));
        ModuleDomains.StartAll();
        Assert.Equal(DomainStage.Alive, Find("Domain-0").Value.Stage);
    }

    [Theory]
    [InlineData("kernel domain=a memory=12M ramdisk", "ramdisk is missing")]
    [InlineData("kernel domain=a memory=12M vcpus=zero", "cannot start")]
    [InlineData("kernel domain=a memory=12M nonsense=1", "cannot start")]
    [InlineData("kernel domain=", "cannot start")]
    public void ABadLineIsNamed(string line, string said)
    {
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), line));
        ModuleDomains.StartAll();
        Assert.Contains(said, Serial.Output);
        Assert.False(DomainTable.TryFindFrom(0, out _));
    }

    [Fact]
    public void ModulesWithoutADomainAreNamed()
    {
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), "kernel domain=a memory=12M"), ([1, 2, 3], "stray file"));
        ModuleDomains.StartAll();
        Assert.Contains("'stray file' belongs to no domain", Serial.Output);
        Find("a");
    }

    [Fact]
    public void ARebootStartsTheDomainAgainAndLosesNothing()
    {
        ref Domain domain = ref Build(TestKernel.Make());
        ulong free = FrameAllocator.FreeCount;
        ushort id = domain.Id;
        DomainLife.ShutDown(ref domain, ShutdownReason.Reboot);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
        Rebuilds.DoAll();
        Assert.NotEqual(id, Find("a").Value.Id);
        Assert.Equal((DomainStage.Alive, free), (Find("a").Value.Stage, FrameAllocator.FreeCount));
    }

    private static string LineOf(Link<Domain> domain)
    {
        Serai.Hypervisor.Scheduling.ContextSwitch.To(ref TestMachine.Processor, ref domain.Value.Vcpu(0));
        return Encoding.ASCII.GetString(InfoOf(ref domain.Value).CommandLine.AsReadOnlySpan()).TrimEnd('\0');
    }

    // start_info has room for 1024 bytes, of which the last is zero (public/xen.h, MAX_GUEST_CMDLINE).
    [Theory]
    [InlineData(1023, 1023)]
    [InlineData(1024, 1009)]
    [InlineData(3000, 1009)]
    public void ACommandLineThatIsTooLongIsNamedAndEndsWithAWholeWord(int length, int kept)
    {
        string words = string.Concat(Enumerable.Range(0, 101).Select(word => $"word={word:d4} "));
        string line = (words + new string('x', 3000))[..length];
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), $"kernel domain=a memory=12M -- {line}"));
        ModuleDomains.StartAll();
        Assert.Equal(line[..kept], LineOf(Find("a")));
        const string told = "domain a: its kernel's command line is too long, ";
        Assert.Equal(length > 1023, Serial.Output.Contains($"{told}{length} of at most 1023 bytes; it ends before 'xxx", StringComparison.Ordinal));
        Assert.Equal(length > 1023, Serial.Output.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public void ACopysNumberIsNotLostBehindALongLine()
    {
        string line = string.Concat(Enumerable.Repeat("ab ", 400));
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), $"kernel domain=a memory=2M copies=2 -- {line}"));
        ModuleDomains.StartAll();
        Rebuilds.DoAll();
        Assert.Equal(string.Concat(Enumerable.Repeat("ab ", 338)) + "copy=2", LineOf(Find("a2")));
        Assert.Contains("domain a2: its kernel's command line is too long, 1199 of at most 1016 bytes", Serial.Output);
    }

    [Fact]
    public void ALineWithoutAWordThatFitsIsLeftOut()
    {
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), $"kernel domain=a memory=12M -- {new string('x', 2000)}"));
        ModuleDomains.StartAll();
        Assert.Equal("", LineOf(Find("a")));
        Assert.Contains("is too long, 2000 of at most 1023 bytes", Serial.Output);
    }

    [Fact]
    public void LinesThatTheLoaderGaveAndThatFoundNoRoomAreNamed()
    {
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), "kernel domain=a memory=12M"));
        BootInformation.TextLost = 77;
        ModuleDomains.StartAll();
        Assert.Contains("the loader's lines are too long: the last 77 bytes are left out", Serial.Output);
    }

    [Fact]
    public void CopiesAreBuiltInTheBackgroundAndKnowTheirNumbers()
    {
        byte[] kernel = TestKernel.Make();
        TestKernel.Boot(Mebibytes, "", (kernel, "kernel domain=a memory=2M copies=12 -- quiet"), (kernel, "k domain=b memory=2M"));
        ModuleDomains.StartAll();
        Assert.False(DomainTable.TryFind("a1"u8, out _));
        Assert.True(BuildRequests.AreWaiting);
        Rebuilds.DoAll();
        Assert.False(BuildRequests.AreWaiting);
        for (uint copy = 1; copy <= 12; copy++)
            Assert.Equal($"quiet copy={copy}", LineOf(Find($"a{copy}")));
        Assert.Equal("", LineOf(Find("b")));
        Assert.Contains("module 0: its copies are done", Serial.Output);
        Assert.Empty(FrameOracle.Look(null));
    }

    [Fact]
    public void ACopyThatRebootsIsTheSameCopyAgain()
    {
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), "kernel domain=a memory=2M copies=3"));
        ModuleDomains.StartAll();
        Rebuilds.DoAll();
        ushort id = Find("a2").Value.Id;
        DomainLife.ShutDown(ref Find("a2").Value, ShutdownReason.Reboot);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
        Assert.False(DomainTable.TryFind("a2"u8, out _));
        Rebuilds.DoAll();
        Assert.NotEqual(id, Find("a2").Value.Id);
        Assert.Equal("copy=2", LineOf(Find("a2")).Trim());
    }

    [Fact]
    public void CopiesThatDoNotFitAreToldOnce()
    {
        TestKernel.Boot(Mebibytes, "", (TestKernel.Make(), "kernel domain=a memory=20M copies=100"));
        ModuleDomains.StartAll();
        Rebuilds.DoAll();
        Assert.Equal(2, Serial.Output.Split("cannot start").Length);
        Assert.Contains("there is not that much memory", Serial.Output);
    }

    [Fact]
    public void ASmallDomainIsMappedToItsEndAndNoFurther()
    {
        ref Domain domain = ref Build(TestKernel.Make(list: ListAddress), line: "kernel domain=a memory=2M");
        StartInfo info = InfoOf(ref domain);
        Assert.Equal(512ul, info.PageCount);
        Assert.True(TinyGuest.TryStore(domain.Vcpu(0).Registers.Rsp + 512 * 1024 - 8, 1ul));
        Assert.True(info.FirstP2mFrame + info.P2mFrames <= 512);
        Assert.Empty(FrameOracle.Look(null));
    }

    [Fact]
    public void DomainsAreFoundByNameHoweverManyThereAre()
    {
        TestMachine.Start(64);
        for (int number = 1; number <= 1500; number++)
            Assert.Equal(Errno.None, DomainFrame.Create(TestKernel.Ascii($"d{number}"), false, out _));
        for (int number = 3; number <= 1500; number += 3)
            DomainFrame.Remove(ref Find($"d{number}").Value);
        for (int number = 1; number <= 1500; number++)
            Assert.Equal(number % 3 != 0, DomainTable.TryFind(TestKernel.Ascii($"d{number}"), out _));
    }

    [Fact]
    public void TheDyingGoInTheirOrderAndNoneIsForgotten()
    {
        TestKernel.Boot(Mebibytes, "loglvl=info", (TestKernel.Make(), "kernel domain=a memory=2M copies=9"));
        ModuleDomains.StartAll();
        ulong free = FrameAllocator.FreeCount;
        Rebuilds.DoAll();
        int[] order = [3, 9, 1, 7, 5, 2, 8, 4, 6];
        foreach (int copy in order)
            DomainLife.ShutDown(ref Find($"a{copy}").Value, ShutdownReason.PowerOff);
        for (int turn = 0; turn < 4000; turn++)
            Teardown.Step(ref TestMachine.Processor);
        Assert.Equal(free, FrameAllocator.FreeCount);
        int[] told = [.. order.Select(copy => Serial.Output.IndexOf($"domain a{copy}: gone", StringComparison.Ordinal))];
        Assert.All(told, place => Assert.True(place >= 0));
        Assert.Equal(told.Order(), told);
    }
}
