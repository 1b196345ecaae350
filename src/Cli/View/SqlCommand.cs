using System.CommandLine;

namespace Yunnao.Cli.View;

/// <summary><c>yunnao view sql &lt;view&gt;</c>: the statement of a view, over a table <c>fhir</c> with a column <c>resource</c>.</summary>
internal static class SqlCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var named = new Argument<string>("view") { Description = text["view.view"] };
        var command = new Command("sql", text["view.sql"]) { named };
        command.SetAction(parsed =>
        {
            if (!ViewFiles.Read(parsed.GetRequiredValue(named), parsed, terminal).Try(out var view, out var problem)) return terminal.Fail(problem);
            terminal.Print(view.Sql);
            return ExitCodes.Ok;
        });
        return command;
    }
}
