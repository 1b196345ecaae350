using System.CommandLine;
using System.Diagnostics;
using Yunnao.Standards;
using Yunnao.Standards.Loading;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards check</c>: every mistake of the registry, one a line as <c>file:line: code: message</c>.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Option<string>("--dir") { Description = terminal.Text["standards.check.dir"], HelpName = "DIR" };
        var command = new Command("check", terminal.Text["standards.check"]) { folder };
        command.SetAction(parsed => Run(parsed.GetValue(folder) ?? RegistryFolder.Of(parsed, terminal), terminal));
        return command;
    }

    private static int Run(string folder, Terminal terminal)
    {
        var clock = Stopwatch.StartNew();
        var load = RegistryLoader.Load(folder);
        var seconds = clock.Elapsed.TotalSeconds;
        foreach (var problem in load.Problems) terminal.Print(problem.ToString());
        if (load.Problems.Count > 0) Explain(load, terminal);
        if (load.Registry is { } registry) Count(registry, seconds, terminal);
        if (load.Problems.Count == 0) terminal.Print(terminal.Text["standards.check.sound"]);
        return load.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Of(load.Problems[0].Kind);
    }

    /// <summary>How often each kind of mistake was found, and what to do about it.</summary>
    private static void Explain(RegistryLoad load, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(text["standards.check.code"], text["standards.check.count"], text["standards.check.advice"]);
        foreach (var group in load.Problems.GroupBy(p => p.Code).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            listing.Add(group.Key, group.Count().ToString(), text.Find($"problem.{group.Key}") ?? "");
        }

        terminal.Print();
        terminal.Print(listing);
        terminal.Print(text.Format("standards.check.problems", load.Problems.Count));
    }

    private static void Count(Registry registry, double seconds, Terminal terminal) => terminal.Print(terminal.Text.Format(
        "standards.check.counts",
        registry.DataSets.Count,
        registry.DataSets.Values.Sum(d => d.Items.Count),
        registry.Elements.Count,
        registry.ValueSets.Count,
        registry.ValueSets.Values.Sum(v => v.Codes.Count),
        registry.DataSets.Values.Sum(d => d.Rules.Count),
        registry.Mappings.Count,
        registry.CodeMaps.Count,
        seconds));
}
