using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Gateway.Fuzz;
using SharpFuzz;

return args switch
{
    ["list"] => List(),
    ["run", var name, .. var files] when files.Length > 0 => Run(FuzzTargets.Get(name), files),
    ["afl", var name] => Afl(FuzzTargets.Get(name)),
    ["mutate", var name, .. var options] => Mutate(FuzzTargets.Get(name), Option(options, "--runs", 1_000_000), Option(options, "--seed", 1)),
    ["seeds", var name, var folder] => Seeds(FuzzTargets.Get(name), folder),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Gateway.Fuzz list                                 names of the targets
        Gateway.Fuzz run TARGET FILE...                   tries each file (*.hex or raw bytes)
        Gateway.Fuzz mutate TARGET [--runs N] [--seed S]  changes the seeds at random and tries the results
        Gateway.Fuzz seeds TARGET FOLDER                  writes seeds and old crashes as raw bytes, for afl-fuzz -i
        Gateway.Fuzz afl TARGET                           for afl-fuzz only; see tests/fuzz
        """);
    return 2;
}

static int List()
{
    foreach (var target in FuzzTargets.All)
        Console.WriteLine(target.Name);
    return 0;
}

static int Run(FuzzTarget target, string[] files)
{
    foreach (var file in files)
    {
        target.Fuzz(SampleFolder.ReadFile(file));
        Console.WriteLine($"{file}: held");
    }
    return 0;
}

static int Afl(FuzzTarget target)
{
    // Longer inputs are cut: no frame is longer, and afl-fuzz would spend its time on length alone.
    var buffer = new byte[Mutator.MaxSampleBytes];
    Fuzzer.OutOfProcess.Run((Stream input) =>
    {
        var length = input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        target.Fuzz(buffer.AsSpan(0, length));
    });
    return 0;
}

static int Seeds(FuzzTarget target, string folder)
{
    Directory.CreateDirectory(folder);
    foreach (var (name, bytes) in SampleFolder.Read(SampleFolder.Seeds(target)).Concat(SampleFolder.Read(SampleFolder.Crashes(target))))
        File.WriteAllBytes(Path.Combine(folder, Path.ChangeExtension(name, ".bin")), bytes);
    return 0;
}

static int Mutate(FuzzTarget target, int runs, int seed)
{
    var samples = SampleFolder.Read(SampleFolder.Seeds(target)).Select(sample => sample.Bytes).ToList();
    var mutator = new Mutator(samples, seed);
    var watch = Stopwatch.StartNew();
    for (var run = 0; run < runs; run++)
    {
        var sample = mutator.Next();
        try
        {
            target.Fuzz(sample);
        }
#pragma warning disable CA1031 // any exception is a finding
        catch (Exception e)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine($"run {run} of seed {seed}: {e}");
            Console.Error.WriteLine($"kept as {Keep(target, sample)}");
            return 1;
        }
    }
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{target.Name}: {runs} runs held, {runs / watch.Elapsed.TotalSeconds:F0} per second"));
    return 0;
}

static string Keep(FuzzTarget target, ReadOnlySpan<byte> sample)
{
    var folder = Directory.CreateDirectory(SampleFolder.Crashes(target)).FullName;
    var file = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(sample))[..12] + ".bin");
    File.WriteAllBytes(file, sample);
    return file;
}

static int Option(string[] options, string name, int fallback)
{
    var at = Array.IndexOf(options, name);
    if (at < 0)
        return fallback;
    return at + 1 < options.Length && int.TryParse(options[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new ArgumentException($"{name} needs a whole number, such as {fallback}");
}
