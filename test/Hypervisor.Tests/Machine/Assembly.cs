using Serai.Equipment;
using Serai.Hypervisor.Tests.Machine;
using Xunit;

[assembly: BeforeEach(typeof(TestMachine), nameof(TestMachine.Begin))]
[assembly: TestCaseOrderer("Serai.Hypervisor.Tests.Machine.ShuffledOrder", "Serai.Hypervisor.Tests")]
[assembly: TestCollectionOrderer("Serai.Hypervisor.Tests.Machine.ShuffledOrder", "Serai.Hypervisor.Tests")]
