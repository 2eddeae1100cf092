using Xunit;

// The hypervisor's state is static: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
