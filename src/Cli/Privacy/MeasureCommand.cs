using System.CommandLine;

namespace Yunnao.Cli.Privacy;

/// <summary><c>yunnao privacy measure &lt;file&gt;</c>: how far persons in a table can be told apart.</summary>
internal static class MeasureCommand
{
    public static Command Create(Terminal terminal)
    {
        var options = new TableOptions(terminal);
        var command = new Command("measure", terminal.Text["privacy.measure"]) { options.File, options.Columns, options.Sensitive };
        command.SetAction(parsed =>
        {
            if (!options.Read(parsed).Try(out var table, out var problem)) return terminal.Fail(problem);
            options.Print(table.Measure());
            return ExitCodes.Ok;
        });
        return command;
    }
}
