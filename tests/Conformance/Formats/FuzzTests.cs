using System.Diagnostics;
using System.Globalization;
using Xunit;
using Yunnao.Tests.Fuzz;

namespace Yunnao.Tests.Formats;

/// <summary>
/// The decoders, instrumented by SharpFuzz, under afl-fuzz for about a minute in all: it finds its way by the branches that an input takes.
/// YUNNAO_FUZZ_SECONDS makes it longer for each target. A finding is kept and named; look at it with the program of tests/Fuzz.
/// </summary>
public sealed class FuzzTests
{
    private const int UsualSeconds = 6;
    private const int MostSeeds = 24;
    private const int LargestSeed = 8_000;

    [Fact]
    public async Task Coverage_guided_inputs_find_no_crash_and_no_hang()
    {
        var fuzzer = Find("afl-fuzz") ?? Skip("afl-fuzz");
        var sharpFuzz = Find("sharpfuzz", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools")) ?? Skip("sharpfuzz");
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("YUNNAO_FUZZ_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : UsualSeconds;
        var folder = Directory.CreateTempSubdirectory("yunnao-fuzz-").FullName;
        var program = Instrumented(folder, sharpFuzz);
        var findings = new List<string>();
        var covered = new List<string>();

        // Two at a time: a target is one process and waits much.
        await Parallel.ForEachAsync(Targets.All.Keys, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken }, async (target, cancellation) =>
        {
            var work = Path.Combine(folder, target);
            WriteSeeds(target, Path.Combine(work, "in"));
            var output = await RunAsync(fuzzer, target, program, work, seconds, cancellation);
            var stats = File.Exists(Path.Combine(work, "out", "default", "fuzzer_stats"))
                ? (await File.ReadAllLinesAsync(Path.Combine(work, "out", "default", "fuzzer_stats"), cancellation)).Select(l => l.Split(':', 2)).ToDictionary(l => l[0].Trim(), l => l[1].Trim())
                : throw new InvalidOperationException($"{target}: afl-fuzz did not start: {output}");
            var found = Directory.GetFiles(Path.Combine(work, "out", "default"), "id:*", SearchOption.AllDirectories)
                .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) is "crashes" or "hangs").ToList();
            lock (findings)
            {
                findings.AddRange(found);
                covered.Add($"{target}: {stats["execs_done"]} inputs, {stats["edges_found"]} edges");
            }

            // An instrumentation that does not work would find nothing at all.
            Assert.True(long.Parse(stats["execs_done"], CultureInfo.InvariantCulture) > 0 && long.Parse(stats["edges_found"], CultureInfo.InvariantCulture) > 20, covered[^1]);
        });

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', covered));
        Assert.True(findings.Count == 0, string.Join('\n', findings));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A copy of the fuzzing program with the assemblies that hold the decoders instrumented; gives the path of its assembly.</summary>
    private static string Instrumented(string folder, string sharpFuzz)
    {
        var built = Path.Combine(new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.FullName, "Fuzz", new DirectoryInfo(AppContext.BaseDirectory).Name);
        if (!Directory.Exists(built)) Assert.Skip("tests/Fuzz is not built: build the solution.");
        var copy = Directory.CreateDirectory(Path.Combine(folder, "program")).FullName;
        foreach (var file in Directory.GetFiles(built)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        Run(sharpFuzz, Path.Combine(copy, "Yunnao.Formats.dll"));
        Run(sharpFuzz, Path.Combine(copy, "Yunnao.Services.dll"), "Yunnao.Services.Listen");
        return Path.Combine(copy, "Yunnao.Tests.Fuzz.dll");
    }

    private static void WriteSeeds(string target, string folder)
    {
        Directory.CreateDirectory(folder);
        var seeds = SeedFiles.Of(target).Where(s => s.Length > 0).Select(s => s.Length > LargestSeed && target is not ("xlsx" or "dbf") ? s[..LargestSeed] : s).OrderBy(s => s.Length).ToList();
        for (var i = 0; i < Math.Min(MostSeeds, seeds.Count); i++) File.WriteAllBytes(Path.Combine(folder, $"{i}"), seeds[i * seeds.Count / Math.Min(MostSeeds, seeds.Count)]);
    }

    private static async Task<string> RunAsync(string fuzzer, string target, string program, string work, int seconds, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(
            fuzzer, ["-i", Path.Combine(work, "in"), "-o", Path.Combine(work, "out"), "-t", "10000", "-m", "none", "-V", $"{seconds}", "--", "dotnet", program, target]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in (string[])["AFL_SKIP_BIN_CHECK", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES", "AFL_SKIP_CPUFREQ", "AFL_NO_UI", "AFL_NO_AFFINITY", "AFL_FAST_CAL"]) start.Environment[name] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return output[^Math.Min(2000, output.Length)..] + await error;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{Path.GetFileName(program)}: {output} {error.GetAwaiter().GetResult()}");
    }

    private static string? Find(string name, params string[] folders) =>
        folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);

    private static string Skip(string name)
    {
        Assert.Skip($"{name} is not installed: bash tests/install-peers");
        return name;
    }
}
