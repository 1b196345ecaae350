using System.CommandLine;
using System.Text;
using Yunnao.Kernel;
using Yunnao.Services.Views;
using Yunnao.Services.Views.Run;

namespace Yunnao.Cli.View;

/// <summary><c>yunnao view test &lt;files or folder&gt;</c>: runs test cases of views, and writes the report that implementations of SQL on FHIR publish.</summary>
internal static class TestCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var paths = new Argument<string[]>("suites") { Description = text["view.test.suites"], Arity = ArgumentArity.OneOrMore };
        var report = new Option<string>("--report") { Description = text["view.test.report"], HelpName = "FILE" };
        var command = new Command("test", text["view.test"]) { paths, report };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(paths)!, parsed.GetValue(report), terminal, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] paths, string? report, Terminal terminal, CancellationToken cancellation)
    {
        var cases = new List<ViewCase>();
        using var engine = ViewEngine.Open();
        foreach (var file in paths.SelectMany(Files))
        {
            if (!(await ViewSuite.RunAsync(file, engine, cancellation).ConfigureAwait(false)).Try(out var own, out var problem)) return terminal.Fail(problem);
            cases.AddRange(own);
        }

        foreach (var failed in cases.Where(c => !c.Passed)) terminal.Print($"{failed.Suite}: {failed.Title}: {failed.Error}");
        terminal.Print(terminal.Text.Format("view.test.passed", cases.Count(c => c.Passed), cases.Count));
        if (report is not null) await File.WriteAllTextAsync(report, ViewSuite.Report(cases) + "\n", new UTF8Encoding(false), cancellation).ConfigureAwait(false);
        if (cases.Count == 0) return terminal.Fail(new(ProblemKind.NotFound, "view.no-file", terminal.Text["view.test.none"]));
        return cases.TrueForAll(c => c.Passed) ? ExitCodes.Ok : ExitCodes.Of(ProblemKind.Incorrect);
    }

    private static IEnumerable<string> Files(string path) => Directory.Exists(path)
        ? Directory.GetFiles(path, "*.json").Where(f => !f.EndsWith(".schema.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        : [path];
}
