using Serai.Abi;
using Serai.Hypervisor.Ground;
using Serai.Hypervisor.Scheduling;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Control;

/// <summary>What platform_op tells of the machine's processors (platform.h). Those that did not come up have no number.</summary>
internal static class ProcessorCalls
{
    /// <summary>Bits of a bitmap of processors at most, as in Xen.</summary>
    private const uint MostBits = 4096;

    /// <summary>Tells of one whether it is there, and the numbers that its APIC and its firmware give it. Errors: Fault.</summary>
    internal static Errno Tell(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformCpuInfo info))
            return Errno.Fault;
        info.MaxPresent = (uint)Processors.All.Length - 1;
        info.Flags = PlatformCpuFlags.Invalid;
        if (info.XenCpuId < Processors.All.Length)
        {
            info.Flags = PlatformCpuFlags.Online;
            info.ApicId = Processors.All[info.XenCpuId].Value.ApicIdentifier;
            info.AcpiId = Acpi.ProcessorNumber(info.ApicId);
        }
        return GuestMemory.TryWrite(payload, info) ? Errno.None : Errno.Fault;
    }

    /// <summary>Tells of which make one is; all zeros for one that is not there. Errors: Fault.</summary>
    internal static Errno TellVersion(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformCpuVersion version))
            return Errno.Fault;
        uint number = version.XenCpuId;
        version = default;
        if (number < Processors.All.Length)
        {
            var model = ProcessorModel.Read();
            model.WriteVendor(version.VendorId.AsSpan());
            (version.Family, version.Model, version.Stepping) = (model.Family, model.Model, model.Stepping);
        }
        (version.XenCpuId, version.MaxPresent) = (number, (uint)Processors.All.Length - 1);
        return GuestMemory.TryWrite(payload, version) ? Errno.None : Errno.Fault;
    }

    /// <summary>All that came up are online, and stay so. Errors: Fault, Inval for one that is not there.</summary>
    internal static Errno BringUp(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformCpuOnline request))
            return Errno.Fault;
        return request.CpuId < Processors.All.Length ? Errno.None : Errno.Inval;
    }

    /// <summary>None is taken away, as Xen takes the first away from nobody. Errors: Fault, Inval for one that is not there, OpNotSupp.</summary>
    internal static Errno TakeDown(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformCpuOnline request))
            return Errno.Fault;
        return request.CpuId < Processors.All.Length ? Errno.OpNotSupp : Errno.Inval;
    }

    /// <summary>None is added. Errors: Fault, Exist for one that is there, Inval.</summary>
    internal static Errno Add(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformCpuHotAdd request))
            return Errno.Fault;
        for (uint number = 0; number < Processors.All.Length; number++)
        {
            if (Processors.All[number].Value.ApicIdentifier == request.ApicId)
                return Errno.Exist;
        }
        return Errno.Inval;
    }

    /// <summary>
    /// None is kept idle, and none can be: that is a request of firmware about heat. Errors: Fault, Inval, OpNotSupp where there are others than the
    /// first.
    /// </summary>
    internal static Errno Park(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformCoreParking request))
            return Errno.Fault;
        switch (request.Type)
        {
            case CoreParkingType.Set:
                return request.IdleCount == 0 || !Processors.AreMany ? Errno.None : Errno.OpNotSupp;
            case CoreParkingType.Get:
                request.IdleCount = 0;
                return GuestMemory.TryWrite(payload, request) ? Errno.None : Errno.Fault;
            default:
                return Errno.Inval;
        }
    }

    /// <summary>
    /// Tells how long each of some has idled; bits of those that are not there are cleared. Xen does this only where Domain0 changes frequencies
    /// (cpufreq=dom0-kernel). Errors: Fault, Inval for a bitmap that is too long.
    /// </summary>
    internal static Errno TellIdleTimes(GuestAddress payload)
    {
        if (!GuestMemory.TryRead(payload, out PlatformIdleTime request))
            return Errno.Fault;
        if (request.ProcessorLimit > MostBits)
            return Errno.Inval;
        var bitmap = new GuestAddress(request.Bitmap);
        uint bytes = (request.ProcessorLimit + 7) / 8;
        Preemption.Charge(Cost.SmallRecord, bytes + Processors.Most);
        if (!TryReadBits(bitmap, bytes, out ulong asked))
            return Errno.Fault;
        if (request.ProcessorLimit < Processors.Most)
            asked &= (1ul << (int)request.ProcessorLimit) - 1;
        asked &= Processors.Online;
        request.Now = SystemTime.Now;
        bool done = TryWriteTimes(new GuestAddress(request.IdleTimes), asked, request.Now) && TryWriteBits(bitmap, bytes, asked);
        return done && GuestMemory.TryWrite(payload, request) ? Errno.None : Errno.Fault;
    }

    private static bool TryWriteTimes(GuestAddress times, ulong asked, ulong now)
    {
        for (uint number = 0; number < Processors.All.Length; number++)
        {
            bool isAsked = (asked >> (int)number & 1) != 0;
            if (isAsked && !GuestMemory.TryWrite64(times + number * 8ul, ProcessorSchedule.All[number].IdleUntil(now)))
                return false;
        }
        return true;
    }

    /// <summary>Reads the bits of the processors that there may be.</summary>
    private static bool TryReadBits(GuestAddress bitmap, uint bytes, out ulong bits)
    {
        bits = 0;
        for (uint index = 0; index < bytes && index < sizeof(ulong); index++)
        {
            if (!GuestMemory.TryRead(bitmap + index, out byte part))
                return false;
            bits |= (ulong)part << (int)(8 * index);
        }
        return true;
    }

    private static bool TryWriteBits(GuestAddress bitmap, uint bytes, ulong bits)
    {
        for (uint index = 0; index < bytes; index++)
        {
            byte part = index < sizeof(ulong) ? unchecked((byte)(bits >> (int)(8 * index))) : (byte)0;
            if (!GuestMemory.TryWrite(bitmap + index, part))
                return false;
        }
        return true;
    }
}
