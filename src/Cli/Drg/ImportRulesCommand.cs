using System.CommandLine;
using Yunnao.Services.Grouping;

namespace Yunnao.Cli.Drg;

/// <summary><c>yunnao drg import &lt;scheme&gt; --into DIR</c>: a folder of grouping rules from the lists that a user has.</summary>
internal static class ImportRulesCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var scheme = new Argument<string>("scheme") { Description = text["drg.scheme"] };
        var into = new Option<string>("--into") { Description = text["drg.into"], HelpName = "DIR", Required = true };
        var command = new Command("import", text["drg.import"]) { scheme, into };
        command.SetAction(parsed =>
        {
            if (!OpenDrgImporter.Import(parsed.GetValue(scheme)!, parsed.GetValue(into)!).Try(out var counts, out var problem)) return terminal.Fail(problem);
            terminal.Print(text.Format("drg.imported", counts.Groups, counts.Codes, parsed.GetValue(into)!));
            return ExitCodes.Ok;
        });
        return command;
    }
}
