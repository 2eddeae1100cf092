using System.Runtime.Versioning;
using Serai.Equipment;
using Serai.Package.Tests;
using Xunit;

[assembly: SupportedOSPlatform("linux")]
[assembly: TestFramework("Serai.Equipment.EquippedFramework", "Serai.Equipment")]

[assembly: Needs("/usr/share/grub/grub-mkconfig_lib", "Debian's package grub-common", Only = [typeof(MenuTests), typeof(EntryTests)])]
[assembly: Needs("/etc/grub.d/10_linux", "Debian's package grub-common", Only = [typeof(EntryTests)])]
[assembly: Needs("grub-script-check", "Debian's package grub-common", Only = [typeof(MenuTests), typeof(EntryTests)])]
[assembly: Needs("git", "Debian's package git", Only = [typeof(BuildTests)])]
