// Each test has the machine for itself: a plant is fifteen processes.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
