using SharpFuzz;
using Yunnao.Tests.Fuzz;

// yunnao-fuzz TARGET: what afl-fuzz runs (tests/Conformance/Formats/FuzzTests.cs). yunnao-fuzz TARGET FILE: one input, to look at a finding,
// with the program as it was built and not instrumented.
if (args.Length == 2)
{
    Targets.All[args[0]](File.ReadAllBytes(args[1]));
    return 0;
}

if (args.Length != 1)
{
    Console.Error.WriteLine($"yunnao-fuzz TARGET [FILE]; a target is one of: {string.Join(", ", Targets.All.Keys)}.");
    return 2;
}

// Instrumented code needs the memory that Run shares with afl-fuzz, so nothing of it is touched before.
Fuzzer.OutOfProcess.Run(stream =>
{
    using var bytes = new MemoryStream();
    stream.CopyTo(bytes);
    Targets.All[args[0]](bytes.ToArray());
});
return 0;
