using System.CommandLine;

namespace Yunnao.Cli.Lake;

/// <summary><c>yunnao query "&lt;SQL&gt;"</c>: reads data sets with SQL, inside the Scope of the local administrator. Nothing can be written.</summary>
internal static class QueryCommand
{
    private const int DefaultLimit = 1000;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var sql = new Argument<string>("sql") { Description = text["query.sql"] };
        var limit = new Option<int>("--limit") { Description = text["query.limit"], DefaultValueFactory = _ => DefaultLimit };
        var command = new Command("query", text["query"]) { sql, limit };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, terminal, parsed.GetValue(sql)!, parsed.GetValue(limit), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, string sql, int limit, CancellationToken cancellation)
    {
        if (!Lakes.Open(parsed, terminal).Try(out var lakes, out var problem)) return terminal.Fail(problem);
        using (lakes)
        {
            if (!(await lakes.ListAsync(sql, "query", limit, cancellation).ConfigureAwait(false)).Try(out var listing, out problem)) return terminal.Fail(problem);
            terminal.Print(listing);
            if (listing.Rows.Count == limit) terminal.Error.WriteLine(terminal.Text.Format("query.cut", limit));
            return ExitCodes.Ok;
        }
    }
}
