using System.CommandLine;
using System.Diagnostics;
using Yunnao.Cli.Standards;
using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Standards.Compare;
using Yunnao.Standards.Loading;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench registry</c>: a registry of national size, loaded and checked, then compiled to everything.</summary>
internal static class RegistryBench
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var items = Number("--items", 10_000, text["bench.registry.items"]);
        var dataSets = Number("--data-sets", 300, text["bench.registry.data-sets"]);
        var valueSets = Number("--value-sets", 500, text["bench.registry.value-sets"]);
        var codes = Number("--codes", 100_000, text["bench.registry.codes"]);
        var command = new Command("registry", text["bench.registry"]) { items, dataSets, valueSets, codes };
        command.SetAction(parsed =>
        {
            var size = new RegistrySize(parsed.GetValue(dataSets), parsed.GetValue(items), parsed.GetValue(valueSets), parsed.GetValue(codes));
            return Run(size, terminal);
        });
        return command;
    }

    private static Option<int> Number(string name, int usual, string description) =>
        new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => usual };

    private static int Run(RegistrySize size, Terminal terminal)
    {
        if (size.DataSets < 1 || size.ValueSets < 2 || size.Items < size.DataSets * 4L)
        {
            terminal.Error.WriteLine(terminal.Text["bench.registry.too-small"]);
            return ExitCodes.Usage;
        }

        var folder = Directory.CreateTempSubdirectory("yunnao-bench-registry-");
        try
        {
            terminal.Error.WriteLine(terminal.Text.Format(
                "bench.registry.making", size.DataSets, size.Items, size.ValueSets, size.Codes, folder.FullName));
            new RegistryMaker(folder.FullName, size).Write();
            return Measure(folder.FullName, size, terminal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int Measure(string folder, RegistrySize size, Terminal terminal)
    {
        var (load, loadSeconds, loadProcessor) = Timed(() => RegistryLoader.Load(folder));
        terminal.Error.WriteLine(terminal.Text.Format("bench.registry.loaded", loadSeconds));
        if (!load.Whole.Try(out var registry, out var problem)) return terminal.Fail(problem);

        var (_, againSeconds, _) = Timed(() => RegistryLoader.Load(folder));
        terminal.Error.WriteLine(terminal.Text.Format("bench.registry.loaded-again", againSeconds));

        var (characters, compileSeconds, compileProcessor) = Timed(() => Compile(registry));
        terminal.Error.WriteLine(terminal.Text.Format("bench.registry.compiled", compileSeconds, characters));

        ChangeRange(folder);
        var (touched, changed, changedProcessor) = Timed(() => Follow(folder, load));
        if (!touched.Try(out _, out problem)) return terminal.Fail(problem);
        terminal.Error.WriteLine(terminal.Text.Format("bench.registry.changed", changed));

        terminal.Print(new BenchLine("registry", "s")
        {
            Ours = loadSeconds + compileSeconds,
            RivalName = "none: no open metadata registry that loads and compiles a national standard can be had here",
            Rows = size.Items,
        }
            .With("load_s", loadSeconds).With("load_again_s", againSeconds).With("compile_s", compileSeconds).With("compiled_characters", characters)
            .With("changed_item_s", changed).With("load_processor_s", loadProcessor).With("compile_processor_s", compileProcessor).With("changed_item_processor_s", changedProcessor)
            .With("data_sets", size.DataSets).With("value_sets", size.ValueSets)
            .With("codes", registry.ValueSets.Values.Sum(v => v.Codes.Count)).ToString());
        return ExitCodes.Ok;
    }

    /// <summary>What work gives, with its seconds on the clock and of the processors.</summary>
    private static (T Result, double Seconds, double Processor) Timed<T>(Func<T> work)
    {
        var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var result = work();
        return (result, clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    /// <summary>Changes the range of one item in its file.</summary>
    private static void ChangeRange(string folder)
    {
        var file = Directory.GetFiles(Path.Combine(folder, "items")).Order(StringComparer.Ordinal).First(f => File.ReadAllText(f).Contains(",0,9999,", StringComparison.Ordinal));
        var text = File.ReadAllText(file);
        var at = text.IndexOf(",0,9999,", StringComparison.Ordinal);
        File.WriteAllText(file, $"{text[..at]},0,999,{text[(at + 8)..]}");
    }

    /// <summary>The registry is read and checked again, the change is known with what it touches, and what it touches is compiled to every target.</summary>
    /// <returns>Data sets that were touched.</returns>
    private static Result<int> Follow(string folder, RegistryLoad before)
    {
        if (!RegistryLoader.Load(folder, before).Whole.Try(out var after, out var problem)) return problem;
        var touched = RegistryDiff.Between(before.Registry!, after).Select(c => c.Owner).Distinct().ToList();
        foreach (var id in touched) Compile(after.DataSets[id], after);
        return touched.Count;
    }

    /// <summary>Every data set to every target; how many characters came of it.</summary>
    private static long Compile(Registry registry) => registry.DataSets.Values.Sum(d => Compile(d, registry));

    private static long Compile(DataSet dataSet, Registry registry) =>
        CompileTarget.Names.Sum(t => CompileTarget.Build(t, dataSet, registry, "en").Sum(f => (long)f.Content.Length));
}
