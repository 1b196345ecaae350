using System.CommandLine;

namespace Yunnao.Cli.Lake;

/// <summary><c>yunnao query "&lt;SELECT&gt;"</c>.</summary>
internal static class QueryCommand
{
    private const int MostOnTerminal = 1000;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var sql = new Argument<string>("sql") { Description = text["query.sql"] };
        var json = new Option<bool>("--json") { Description = text["query.json"] };
        var csv = new Option<bool>("--csv") { Description = text["query.csv"] };
        var command = new Command("query", text["query"]) { sql, json, csv };
        command.SetAction((parsed, cancellation) =>
        {
            var format = parsed.GetValue(json) ? AnswerFormat.Json : parsed.GetValue(csv) ? AnswerFormat.Csv : AnswerFormat.Table;
            return LakeRoom.UseAsync(parsed, terminal, write: false, room => RunAsync(room, parsed.GetRequiredValue(sql), format, terminal, cancellation));
        });
        return command;
    }

    private static async Task<int> RunAsync(LakeRoom room, string sql, AnswerFormat format, Terminal terminal, CancellationToken cancellation)
    {
        var answer = await room.AskAsync(sql, cancellation).ConfigureAwait(false);
        if (!answer.Try(out var rows, out var problem)) return terminal.Fail(problem);
        await using (rows.ConfigureAwait(false))
        {
            await new AnswerPrinter(terminal, format, MostOnTerminal).PrintAsync(rows, cancellation).ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }
}
