using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Serai.Machine")]
[assembly: InternalsVisibleTo("Serai.GuestKit")]

// Locals are assigned before use by the rules of C#; zeroing them in prologues would bring vector registers into ring 0.
[module: SkipLocalsInit]
