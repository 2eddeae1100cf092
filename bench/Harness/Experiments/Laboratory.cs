using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Serai.Bench.Machines;
using Serai.Emulators;

namespace Serai.Bench.Experiments;

/// <summary>
/// Boots the machines of experiments, of one processor whose clock counts instructions, and gives what they said: the lines of
/// out/bench/domains/NAME.console. To read again what the last boots left boots nothing.
/// </summary>
/// <param name="output">out/ of the repository.</param>
/// <param name="isQuick">Whether few points are enough, without Xen.</param>
/// <param name="replays">Whether nothing is booted.</param>
public sealed partial class Laboratory(string output, bool isQuick, bool replays)
{
    // Of processor time; the largest of them use a third of it.
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    private readonly string place = Directory.CreateDirectory(Path.Combine(output, "bench", "domains")).FullName;

    /// <summary>out/ of the repository.</summary>
    public string Output => output;

    /// <summary>Whether few points are enough, without Xen.</summary>
    public bool IsQuick => isQuick;

    /// <summary>Begins the results of an experiment anew.</summary>
    public PointFile Points(string name, string topic = "domains") => new(Path.Combine(output, "bench", name + ".jsonl"), topic);

    /// <summary>The machine of an experiment.</summary>
    /// <param name="name">The boot's name, which is that of its files.</param>
    /// <param name="memory">Its memory.</param>
    /// <param name="image">What it loads, below out/.</param>
    /// <param name="commandLine">The words for that.</param>
    /// <param name="modules">The modules.</param>
    public MachineDescription Machine(string name, string memory, string image, string commandLine, params IReadOnlyList<string> modules) => new()
    {
        Cpu = GuestMachine.Cpu,
        Memory = memory,
        CountsInstructions = true,
        Directory = output,
        Image = image,
        CommandLine = commandLine,
        Modules = modules,
        ConsoleFile = FileOf(name, "console"),
    };

    /// <summary>A file of a boot's.</summary>
    public string FileOf(string name, string extension) => Path.Combine(place, $"{name}.{extension}");

    /// <summary>The cloud kernel by itself, until it says that it has passed.</summary>
    public string[] OnNative(string name, string memory, string words) => ToItsEnd(name, TargetSystem.Native,
        Machine(name, memory, "guests/vmlinuz-cloud", $"console=ttyS0 quiet panic=1 {words}", "bench/guest.initramfs"));

    /// <summary>Serai with domains from modules, until so many lines of the console fit.</summary>
    public string[] OnSerai(string name, string memory, string options, IReadOnlyList<string> modules, int count, Regex awaited)
    {
        // The blank stays at the end where there are no options: one byte less moves what is counted of stock guests by more than 1 %.
        MachineDescription machine = Machine(name, memory, "serai", $"console=com1 loglvl=info guest_loglvl=none {options}", modules);
        return Console(name, TargetSystem.Serai, () =>
        {
            using var qemu = new QemuMachine(machine, new Transcript(), process => Endurance.OfComputing(process, Limit));
            int seen = 0;
            bool IsLast(Line line) => Complaint().IsMatch(line.Text) || (awaited.IsMatch(line.Text) && ++seen == count);
            Line last = qemu.Expect($"line {count} with {awaited}", IsLast);
            MachineRun.WriteLog(FileOf(name, "qemu"), machine, qemu);
            if (seen < count)
                throw Broken(name, last.Text);
        });
    }

    /// <summary>Serai on Bochs, until a line of the console fits.</summary>
    public string[] OnBochs(string name, MachineDescription machine, Func<Line, bool> isLast) => Console(name, TargetSystem.Serai, () =>
    {
        using var bochs = new BochsMachine(machine, Path.Combine(place, name), new Transcript(FileOf(name, "console")));
        Line last = bochs.Expect("its last line", line => Complaint().IsMatch(line.Text) || isLast(line));
        if (Complaint().IsMatch(last.Text))
            throw Broken(name, last.Text);
    });

    /// <summary>
    /// The image of Serai's that watches its lock, with so many processors and with domains from modules, until `watch` has seen enough.
    /// </summary>
    public string[] OnChecked(string name, int processors, IReadOnlyList<string> modules, Action<QemuMachine> watch)
    {
        MachineDescription machine = Machine(name, "2G", "serai-checked", "console=com1 loglvl=info guest_loglvl=none", modules)
            with { Processors = processors, ConsoleFile = null };
        return Console(name, TargetSystem.Serai, () =>
        {
            using var qemu = new QemuMachine(machine, new Transcript(FileOf(name, "console")), process => Endurance.OfComputing(process, Limit));
            watch(qemu);
            MachineRun.WriteLog(FileOf(name, "qemu"), machine, qemu);
        });
    }

    /// <summary>
    /// Debian's Xen with an initial domain that has `xl`, until that says that all has passed. Of a word that is there twice Xen takes the last, so
    /// the options can have another dom0_mem.
    /// </summary>
    /// <param name="name">The boot's name.</param>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="options">More words for Xen.</param>
    /// <param name="files">Files that the initial domain has in /bench, below out/.</param>
    /// <param name="script">What it runs, with what bench/domains/domains.sh has.</param>
    public string[] OnXen(string name, string memory, string options, IReadOnlyList<string> files, string script)
    {
        string root = FileOf(name, "initramfs");
        MachineDescription machine = Machine(name, memory, GuestMachine.ImageOf(TargetSystem.Xen),
            $"{MachineDescription.SerialConsole} dom0_mem=512M,max:512M {options}",
            "guests/vmlinuz console=hvc0 quiet panic=1 transparent_hugepage=never rdinit=/init", Path.GetRelativePath(output, root));
        if (!replays)
            Pack(root, files, script);
        string[] lines = ToItsEnd(name, TargetSystem.Xen, machine);
        File.Delete(root);
        return lines;
    }

    /// <summary>A machine that ends by itself, and must have passed.</summary>
    public string[] ToItsEnd(string name, TargetSystem system, MachineDescription machine)
    {
        string? trouble = null;
        string[] lines = Console(name, system, () => trouble = MachineRun.ToItsEnd(machine, FileOf(name, "qemu"), Limit));
        if (trouble is not null || !lines.Any(line => line.Contains("PASS bench", StringComparison.Ordinal)))
            throw Broken(name, trouble ?? "PASS bench did not come");
        return lines.FirstOrDefault(line => Complaint().IsMatch(line)) is { } complaint ? throw Broken(name, complaint) : lines;
    }

    /// <summary>What to throw where a console does not tell what it should.</summary>
    public InvalidDataException Broken(string name, string what) => new($"{name}: {what}; see {FileOf(name, "console")}");

    private string[] Console(string name, TargetSystem system, Action boot)
    {
        string console = FileOf(name, "console");
        if (replays && !File.Exists(console))
            throw new InvalidDataException($"{console} is not there, so there is nothing to read again");
        if (!replays)
        {
            System.Console.WriteLine($"==> {name}: {system.Title()}");
            boot();
        }
        return [.. File.ReadLines(console).Select(line => line.Replace("\r", "", StringComparison.Ordinal))];
    }

    // The root that has xl, and in its /bench the files and the script: a kernel unpacks one archive after the other.
    private void Pack(string root, IReadOnlyList<string> files, string script)
    {
        string scriptFile = Path.ChangeExtension(root, "script");
        File.WriteAllText(scriptFile, script);
        string program = Path.GetFullPath("bench/domains/build-experiment");
        using Process process = Process.Start(new ProcessStartInfo(program, [root, scriptFile, .. files]) { WorkingDirectory = output })!;
        process.WaitForExit();
        File.Delete(scriptFile);
        if (process.ExitCode != 0)
            throw new InvalidDataException($"bench/domains/build-experiment failed for {root}");
    }

    [GeneratedRegex(@"(^|\) )FAIL|PANIC")]
    private static partial Regex Complaint();
}
