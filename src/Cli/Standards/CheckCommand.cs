using System.CommandLine;
using System.Diagnostics;
using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Standards.Loading;
using Yunnao.Standards.Review;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards check</c>: every mistake of the registry, one a line as <c>file:line: code: message</c>.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var folder = new Option<string>("--dir") { Description = text["standards.check.dir"], HelpName = "DIR" };
        var advice = new Option<bool>("--advice") { Description = text["standards.check.findings"] };
        var reference = new Option<string>("--against") { Description = text["standards.check.against"], HelpName = "DIR" };
        var command = new Command("check", text["standards.check"]) { folder, advice, reference };
        command.SetAction(parsed =>
        {
            Registry? compared = null;
            if (parsed.GetValue(reference) is { } other && !RegistryLoader.Load(other).Whole.Try(out compared, out var problem)) return terminal.Fail(problem);
            return Run(parsed.GetValue(folder) ?? RegistryFolder.Of(parsed, terminal), parsed.GetValue(advice) || compared is not null, compared, terminal);
        });
        return command;
    }

    private static int Run(string folder, bool advice, Registry? reference, Terminal terminal)
    {
        var clock = Stopwatch.StartNew();
        var load = RegistryLoader.Load(folder);
        var seconds = clock.Elapsed.TotalSeconds;
        foreach (var problem in load.Problems) terminal.Print(problem.In(terminal.Text));
        if (load.Problems.Count > 0) Explain(load.Problems, "standards.check.problems", terminal);
        if (load.Registry is { } registry)
        {
            Advise(registry, reference, folder, advice, terminal);
            Count(registry, seconds, terminal);
        }

        if (load.Problems.Count == 0) terminal.Print(terminal.Text["standards.check.sound"]);
        return load.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Of(load.Problems[0].Kind);
    }

    /// <summary>What a person should look at. It does not make the registry unsound, and does not change the exit code.</summary>
    private static void Advise(Registry registry, Registry? reference, string folder, bool all, Terminal terminal)
    {
        var findings = RegistryReview.Of(registry, reference);
        if (findings.Count == 0) return;
        if (all)
        {
            foreach (var finding in findings) terminal.Print((finding with { Where = new(Path.Combine(folder, finding.Where!.File!), finding.Where.Line) }).In(terminal.Text));
            Explain(findings, "standards.check.found", terminal);
        }
        else terminal.Print(terminal.Text.Format("standards.check.advisable", findings.Count));
    }

    /// <summary>How often each kind of mistake was found, and what to do about it.</summary>
    private static void Explain(IReadOnlyList<Problem> problems, string total, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(text["standards.check.code"], text["standards.check.count"], text["standards.check.advice"]);
        foreach (var group in problems.GroupBy(p => p.Code).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            listing.Add(group.Key, group.Count().ToString(), text.Find($"problem.{group.Key}") ?? "");
        }

        terminal.Print();
        terminal.Print(listing);
        terminal.Print(text.Format(total, problems.Count));
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
