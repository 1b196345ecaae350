using System.CommandLine;
using Yunnao.Trust.Anonymity;

namespace Yunnao.Cli.Privacy;

/// <summary><c>yunnao privacy anonymise &lt;file&gt;</c>: makes a table k-anonymous, l-diverse and t-close.</summary>
internal static class AnonymiseCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new TableOptions(terminal);
        var k = new Option<int>("-k") { Description = text["privacy.anonymise.k"], HelpName = "N", DefaultValueFactory = _ => 5 };
        var l = new Option<int>("-l") { Description = text["privacy.anonymise.l"], HelpName = "N", DefaultValueFactory = _ => 1 };
        var t = new Option<double>("-t") { Description = text["privacy.anonymise.t"], HelpName = "0–1", DefaultValueFactory = _ => 1 };
        var suppress = new Option<double>("--suppress") { Description = text["privacy.anonymise.suppress"], HelpName = "0–1" };
        var output = new Option<string>("--out", "-o") { Description = text["privacy.anonymise.out"], HelpName = "FILE", Required = true };
        var command = new Command("anonymise", text["privacy.anonymise"]) { options.File, options.Columns, options.Sensitive, k, l, t, suppress, output };
        command.SetAction(parsed =>
        {
            if (!options.Read(parsed).Try(out var table, out var problem)) return terminal.Fail(problem);
            var goal = new AnonymityGoal { K = parsed.GetValue(k), L = parsed.GetValue(l), T = parsed.GetValue(t), Suppress = parsed.GetValue(suppress) };
            if (!table.Write(goal, parsed.GetValue(output)!).Try(out var report, out problem)) return terminal.Fail(problem);
            options.Print(report);
            return ExitCodes.Ok;
        });
        return command;
    }
}
