using Serai.Abi.Tests;
using Serai.Equipment;
using Xunit;

[assembly: TestFramework("Serai.Equipment.EquippedFramework", "Serai.Equipment")]

[assembly: Needs("gcc", "Debian's packages gcc libc6-dev", Only = [typeof(LayoutTests), typeof(ComparisonTests)])]
[assembly: Needs("/usr/include/xen/xen.h", "Debian's package libxen-dev", Only = [typeof(LayoutTests), typeof(ComparisonTests)])]
