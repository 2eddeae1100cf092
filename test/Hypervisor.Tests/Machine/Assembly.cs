using Xunit;

// The hypervisor's state is static: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: TestCaseOrderer("Serai.Hypervisor.Tests.Machine.ShuffledOrder", "Serai.Hypervisor.Tests")]
[assembly: TestCollectionOrderer("Serai.Hypervisor.Tests.Machine.ShuffledOrder", "Serai.Hypervisor.Tests")]
