using System;

using Serai.Abi;
using Serai.Hypervisor.CommandLine;
using Serai.Hypervisor.Images;
using Serai.Hypervisor.Output;
using Serai.Hypervisor.Records;
using Serai.Machine.Firmware;
using Serai.Machine.Memory;

namespace Serai.Hypervisor.Building;

/// <summary>start_info, the page from which a guest learns what it has been given (ABI 01 §1.6).</summary>
public static class StartInfoPage
{
    private const uint InfoBytes = 1168, ScreenBytes = 40;

    /// <summary>Fills the page.</summary>
    public static void Fill(
        ref Domain domain, in DomainSpecification specification, in KernelDescription kernel, in BootLayout layout, Table<ulong> machine)
    {
        MachineAddress page = new Mfn(machine[layout.StartInfo]).Address;
        ref StartInfo info = ref DirectMap.At<StartInfo>(page);
        "xen-3.0-x86_64"u8.CopyTo(info.Magic.AsSpan());
        info.PageCount = machine.Length;
        info.SharedInfo = domain.SharedInfoFrame.Address;
        info.PageTableBase = unchecked(layout.VirtualBase + (layout.Tables << Mfn.Shift));
        info.PageTableFrames = layout.TableCount;
        info.P2mList = kernel.Notes.InitialP2m ?? unchecked(layout.VirtualBase + (layout.List << Mfn.Shift));
        if (kernel.Notes.InitialP2m is not null)
        {
            info.FirstP2mFrame = layout.List;
            info.P2mFrames = layout.ListFrames + layout.ListTableCount;
        }
        SetRings(ref info, domain);
        if (domain.Rights.IsInitial)
            SetScreen(ref info, page);
        SetModule(ref info, specification, kernel, layout);
        WriteCommandLine(info.CommandLine.AsSpan()[..^1], domain, specification);
    }

    /// <summary>
    /// The kernel's command line; the initial domain's goes on with what its user gave the hypervisor for it, a copy is told its number by a last
    /// word. One that is too long is cut between two words, and that is said: half a word would mean something else.
    /// </summary>
    private static void WriteCommandLine(Span<byte> text, in Domain domain, in DomainSpecification specification)
    {
        ReadOnlySpan<byte> word = " copy="u8;
        int room = text.Length - (specification.Copy == 0 ? 0 : word.Length + NumberText.DigitsOf(specification.Copy));
        int length = Append(text[..room], 0, specification.CommandLine);
        if (specification.MoreWords.Length != 0)
            length = Append(text[..room], Append(text[..room], length, " "u8), specification.MoreWords);
        int wanted = specification.CommandLine.Length + (specification.MoreWords.Length == 0 ? 0 : 1 + specification.MoreWords.Length);
        if (wanted > room)
            length = CutToWords(text[..room], domain, wanted);
        if (specification.Copy == 0)
            return;
        word.CopyTo(text[length..]);
        NumberText.WriteNumber(text[(length + word.Length)..], specification.Copy);
    }

    /// <summary>Takes the last word, which may be half a one, out of a full text and says so; returns how long the text is then.</summary>
    private static int CutToWords(Span<byte> text, in Domain domain, int wanted)
    {
        const int most = 40;
        int end = text.Length;
        while (end > 0 && text[end - 1] != (byte)' ')
            end--;
        Log.Always().Text("domain "u8).Name(domain).Text(": its kernel's command line is too long, "u8).Number((ulong)wanted).Text(" of at most "u8)
            .Number((ulong)text.Length).Text(" bytes; it ends before '"u8)
            .Foreign(text.Length - end < most ? text[end..] : text.Slice(end, most)).Text("'"u8).End();
        int length = end > 0 ? end - 1 : 0;
        text[length..].Clear();
        return length;
    }

    /// <summary>Writes as much as there is room for; returns how long the text is then.</summary>
    private static int Append(Span<byte> text, int length, ReadOnlySpan<byte> more)
    {
        if (more.Length > text.Length - length)
            more = more[..(text.Length - length)];
        more.CopyTo(text[length..]);
        return length + more.Length;
    }

    /// <summary>The xenstore ring is there, since guests map it unasked, and a port with an answer: there is no xenstore (AbsentXenstore).</summary>
    private static void SetRings(ref StartInfo info, in Domain domain)
    {
        if (domain.Rights.IsInitial)
        {
            info.Flags |= StartInfoFlags.Privileged | StartInfoFlags.InitialDomain;
            return;
        }
        info.StoreFrame = domain.Store.Frame.Value;
        info.StoreEventPort = domain.Store.Port;
        info.Console.GuestFrame = domain.Console.Frame.Value;
        info.Console.GuestEventPort = domain.Console.Port;
    }

    /// <summary>
    /// The initial domain drives the screen, and learns how the loader left it behind start_info; without a description it looks for none.
    /// </summary>
    private static void SetScreen(ref StartInfo info, MachineAddress page)
    {
        info.Console.Dom0InfoOffset = InfoBytes;
        bool isWritten = (BootOptions.Chosen.Console & ConsoleDevices.Vga) != 0;
        if (BootScreen.TryDescribe(isWritten, ref DirectMap.At<VgaConsoleInfo>(page + InfoBytes)))
            info.Console.Dom0InfoSize = ScreenBytes;
    }

    private static void SetModule(ref StartInfo info, in DomainSpecification specification, in KernelDescription kernel, in BootLayout layout)
    {
        if (specification.Ramdisk.Length == 0)
            return;
        info.ModuleLength = (ulong)specification.Ramdisk.Length;
        info.ModuleStart = layout.Module;
        if (kernel.Notes.ModuleStartIsPfn)
            info.Flags |= StartInfoFlags.ModuleStartIsFrame;
        else
            info.ModuleStart = unchecked(layout.VirtualBase + (layout.Module << Mfn.Shift));
    }
}
