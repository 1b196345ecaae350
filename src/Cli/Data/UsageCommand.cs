using System.CommandLine;
using System.Globalization;
using Yunnao.Services.DataServices;

namespace Yunnao.Cli.Data;

/// <summary><c>yunnao data usage</c>: what callers took of their shares on a day, through the server that counts.</summary>
internal static class UsageCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var day = new Option<DateOnly?>("--day") { Description = text["usage.day"], HelpName = "DATE" };
        var command = new Command("usage", text["usage"]) { day };
        command.SetAction((parsed, cancellation) => SubscriptionsCommand.AskAsync(parsed, terminal, async server =>
        {
            var of = parsed.GetValue(day) is { } said ? $"?day={said.ToString("O", CultureInfo.InvariantCulture)}" : "";
            if (!(await server.AskAsync<UsageView[]>(HttpMethod.Get, $"usage/callers{of}", cancellation).ConfigureAwait(false)).Try(out var all, out var problem)) return terminal.Fail(problem);
            var listing = new Listing(text["usage.col.caller"], text["usage.col.requests"], text["usage.col.most-requests"], text["usage.col.rows"], text["usage.col.most-rows"], text["usage.col.minute"]);
            foreach (var u in all) listing.Add(u.Caller, $"{u.Requests}", $"{u.Limits.RequestsPerDay}", $"{u.Rows}", $"{u.Limits.RowsPerDay}", $"{u.Limits.RequestsPerMinute}");
            terminal.Print(listing);
            return ExitCodes.Ok;
        }));
        return command;
    }
}
