using System;
using System.Numerics;

using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Console;
using Serai.Hypervisor.Domains;
using Serai.Hypervisor.Frames;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Hypervisor.Scheduling;
using Serai.Machine;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;
using Serai.Machine.Processor;

namespace Serai.Hypervisor.Building;

/// <summary>
/// The domains that the boot loader's modules ask for. The first module is the initial domain's kernel and the second its initrd, unless they begin
/// a domain of their own with `domain=` (ARCHITECTURE.md, Modules). One that cannot be built is named with the reason; the others start.
/// </summary>
public static class ModuleDomains
{
    /// <summary>Builds and starts all.</summary>
    public static void StartAll()
    {
        int module = 0;
        if (BootInformation.TextLost > 0)
            Log.Always().Text("the loader's lines are too long: the last "u8).Number((ulong)BootInformation.TextLost)
                .Text(" bytes are left out"u8).End();
        if (BootInformation.ModuleCount > 0 && !IsDomain(0))
        {
            bool hasRamdisk = BootInformation.ModuleCount > 1 && !IsDomain(1);
            StartInitial(hasRamdisk);
            module = hasRamdisk ? 2 : 1;
        }
        while (module < BootInformation.ModuleCount)
            module = IsDomain(module) ? Start(module) : Stray(module);
        if (BootInformation.ModulesLost > 0)
            Log.Always().Text("too many modules: the last "u8).Number((ulong)BootInformation.ModulesLost).Text(" are left out"u8).End();
    }

    private static bool IsDomain(int module) => ModuleOptionParser.IsDomainModule(LineOf(module));

    private static ReadOnlySpan<byte> LineOf(int module) => BootInformation.Line(BootInformation.Module(module));

    private static int Stray(int module)
    {
        Log.Always().Text("module "u8).Number((ulong)module).Text(" '"u8).Foreign(LineOf(module)).Text("' belongs to no domain: left out"u8).End();
        return module + 1;
    }

    private static void StartInitial(bool hasRamdisk)
    {
        ulong free = FrameAllocator.FreeCount << Mfn.Shift, room = DomainBuilder.RoomToBuild(0, free);
        ulong available = free > room ? free - room : 0, kept = KeepForDevices();
        var specification = new DomainSpecification
        {
            KernelModule = 0,
            RamdiskModule = hasRamdisk ? 1 : -1,
            CommandLineRange = LoaderLine.ArgumentRange(LineOf(0), BootInformation.LoaderName),
            Memory = BootOptions.Chosen.Dom0Memory.Resolve(available, kept),
            Vcpus = Math.Min(BootOptions.Chosen.Dom0MaxVcpus.Resolve((uint)BitOperations.PopCount(Processors.Online)), Domain.MaximumVcpus),
            IsInitial = true,
            Share = ShareParameters.Usual,
        };
        // The initial domain drives the screen itself.
        TextScreen.Close();
        specification.MaximumMemory = BootOptions.Chosen.Dom0Memory.Maximum.Resolve(available, specification.Memory);
        Begin(specification, 0);
    }

    /// <summary>
    /// Keeps 64 MiB below 4 GiB for devices that the initial domain drives, on small machines a block of at most an eighth; tells the bytes. As much
    /// is the stock size of Linux' buffers for devices that do not reach all memory (swiotlb).
    /// </summary>
    private static ulong KeepForDevices()
    {
        const int wanted = 14, least = 6;
        for (int order = wanted; order >= least; order--)
        {
            if (1ul << order <= FrameAllocator.FreeCount / 8 && FrameAllocator.Keep(order))
                return Mfn.Size * (1ul << order);
        }
        return 0;
    }

    /// <summary>Starts the domain of a module, or asks for its copies; returns the number of the module behind it and its initrd.</summary>
    private static int Start(int module)
    {
        int next = Specify(module, out DomainSpecification specification, out uint copies);
        if (copies > 0)
            BuildRequests.Ask(module, 1, copies);
        else if (specification.Vcpus > 0)
            Begin(specification, module);
        return next;
    }

    /// <summary>Builds and starts some of the copies of a module's domain, from one unpacked kernel; 0 to 0 is the domain that has none.</summary>
    public static void StartCopies(int module, uint first, uint last, uint quickReboots)
    {
        Specify(module, out DomainSpecification specification, out uint copies);
        (specification.Copy, specification.QuickReboots) = (first, quickReboots);
        if (copies == 0)
        {
            Begin(specification, module);
            return;
        }
        BuildError error = UnpackedKernel.Open(specification, out UnpackedKernel kernel);
        if (error != BuildError.None)
        {
            Refuse(specification, module, error.Text());
            return;
        }
        for (; specification.Copy <= last && error is BuildError.None or BuildError.NameTaken; specification.Copy++)
        {
            ulong begun = SystemTime.Now;
            error = DomainBuilder.Build(specification, kernel, out Link<Domain> domain);
            Finish(specification, module, error, domain, begun);
            Rebuilds.Rest();
        }
        kernel.Close();
        if (last > first)
            Log.Always().Text("module "u8).Number((ulong)module).Text(": its copies are done; "u8).Number(FrameAllocator.FreeCount)
                .Text(" frames are free"u8).End();
    }

    /// <summary>Reads a module's command line; a specification without virtual CPUs cannot be built, and that has been said.</summary>
    private static int Specify(int module, out DomainSpecification specification, out uint copies)
    {
        specification = default;
        copies = 0;
        ReadOnlySpan<byte> line = LineOf(module);
        ModuleOptionError error = ModuleOptionParser.Parse(line, out ModuleOptions options);
        int next = module + (options.Ramdisk ? 2 : 1);
        if (error != ModuleOptionError.None)
        {
            Log.Always().Text("module "u8).Number((ulong)module).Text(" '"u8).Foreign(line).Text("' cannot start: "u8)
                .Text(ModuleOptionErrors.Describe(error)).Text(" '"u8).Foreign(options.Fault.Of(line)).Text("'"u8).End();
            return next;
        }
        bool ramdiskMissing = options.Ramdisk && (next > BootInformation.ModuleCount || IsDomain(module + 1));
        Fill(ref specification, options, module, options.Ramdisk && !ramdiskMissing ? module + 1 : -1);
        if (ramdiskMissing || (options.Ramdisk && specification.Ramdisk.Length == 0))
        {
            Refuse(specification, module, "its ramdisk is missing or empty"u8);
            specification.Vcpus = 0;
        }
        else
            copies = options.Copies;
        return ramdiskMissing ? module + 1 : next;
    }

    private static void Fill(ref DomainSpecification specification, in ModuleOptions options, int module, int ramdisk)
    {
        specification.KernelModule = module;
        specification.RamdiskModule = ramdisk;
        specification.NameRange = options.Name;
        specification.CommandLineRange = options.CommandLine;
        specification.Memory = options.Memory;
        specification.MaximumMemory = options.MaximumMemory;
        specification.Vcpus = options.Vcpus;
        specification.Share.Weight = options.Weight;
        specification.Share.Warp = options.Warp * 1000ul;
        specification.Share.WarpLimit = options.WarpLimit * 1000ul;
        specification.Share.UnwarpTime = options.UnwarpTime * 1000ul;
    }

    private static void Begin(in DomainSpecification specification, int module)
    {
        ulong begun = SystemTime.Now;
        BuildError error = DomainBuilder.Build(specification, out Link<Domain> domain);
        Finish(specification, module, error, domain, begun);
    }

    private static void Finish(in DomainSpecification specification, int module, BuildError error, Link<Domain> domain, ulong begun)
    {
        if (error != BuildError.None)
        {
            Refuse(specification, module, error.Text());
            return;
        }
        Log.Always().Text("domain "u8).Name(domain.Value).Text(" starts: id "u8).Number(domain.Value.Id).Text(", "u8)
            .Number(specification.Memory >> 20).Text(" MiB, "u8).Number(specification.Vcpus).Text(" vCPU, "u8)
            .Number(FrameAllocator.FreeCount).Text(" frames free"u8).End();
        Log.Info().Text("domain "u8).Name(domain.Value).Text(": its building began at "u8).Number(begun).Text(" ns and took "u8)
            .Number(SystemTime.Since(begun)).Text(" ns"u8).End();
        Rebuilds.Settle(ref domain.Value);
        DomainLife.Start(ref domain.Value);
        KeyboardFocus.Offer(ref domain.Value);
    }

    private static void Refuse(in DomainSpecification specification, int module, ReadOnlySpan<byte> reason)
    {
        Span<byte> name = Scratch.Zeroed(stackalloc byte[DomainSpecification.NameRoom]);
        Log.Always().Text("domain "u8).Text(name[..specification.WriteName(name)]).Text(" (module "u8).Number((ulong)module).Text(" '"u8)
            .Foreign(LineOf(module)).Text("') cannot start: "u8).Text(reason).End();
    }
}
