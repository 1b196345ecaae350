using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using Yunnao.Cli.Remote;
using Yunnao.Kernel;
using Yunnao.Services.Exports;
using Yunnao.Services.Web;

namespace Yunnao.Cli.Exports;

/// <summary><c>yunnao export schedule add | list | pause | resume | remove</c>: exports by a timetable, which the server keeps.</summary>
internal static class ScheduleCommand
{
    private const string Address = "exports/standing";

    public static Command Create(Terminal terminal) => new("schedule", terminal.Text["export.schedule"])
    {
        Add(terminal), List(terminal), Turn(terminal, "pause", HttpMethod.Post), Turn(terminal, "resume", HttpMethod.Post), Remove(terminal),
    };

    private static Command Add(Terminal terminal)
    {
        var text = terminal.Text;
        var wanted = new OrderOptions(terminal);
        var times = new Option<string>("--times") { Description = text["export.schedule.times"], HelpName = "\"M H D M W\"", Required = true };
        var until = new Option<DateTime?>("--until") { Description = text["export.schedule.until"], HelpName = "DATE" };
        var days = new Option<int>("--days") { Description = text["export.schedule.days"], HelpName = "N", DefaultValueFactory = _ => 7 };
        var place = new Option<string>("--place") { Description = text["export.schedule.place"], HelpName = "NAME" };
        var command = new Command("add", text["export.schedule.add"]) { times, until, days, place };
        wanted.AddTo(command);
        command.SetAction((parsed, cancellation) => UseAsync(parsed, terminal, async server =>
        {
            if (!wanted.Of(parsed).Try(out var order, out var problem)) return problem;
            DateTimeOffset? end = parsed.GetValue(until) is { } day ? new DateTimeOffset(day) : null;
            using var body = JsonContent.Create(new StandingEndpoints.Wish(order with { Place = parsed.GetValue(place) }, parsed.GetRequiredValue(times), end, parsed.GetValue(days)), options: ApiJson.Options);
            if (!(await server.AskAsync<StandingOrder>(HttpMethod.Post, Address, cancellation, body).ConfigureAwait(false)).Try(out var made, out problem)) return problem;
            Print(terminal, [made]);
            return null;
        }));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", terminal.Text["export.schedule.list"]);
        command.SetAction((parsed, cancellation) => UseAsync(parsed, terminal, async server =>
        {
            if (!(await server.AskAsync<List<StandingOrder>>(HttpMethod.Get, Address, cancellation).ConfigureAwait(false)).Try(out var all, out var problem)) return problem;
            Print(terminal, all);
            return null;
        }));
        return command;
    }

    private static Command Turn(Terminal terminal, string verb, HttpMethod method)
    {
        var id = Id(terminal);
        var command = new Command(verb, terminal.Text[$"export.schedule.{verb}"]) { id };
        command.SetAction((parsed, cancellation) => UseAsync(parsed, terminal, async server =>
        {
            if (!(await server.AskAsync<StandingOrder>(method, $"{Address}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/{verb}", cancellation).ConfigureAwait(false)).Try(out var turned, out var problem)) return problem;
            Print(terminal, [turned]);
            return null;
        }));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var id = Id(terminal);
        var command = new Command("remove", terminal.Text["export.schedule.remove"]) { id };
        command.SetAction((parsed, cancellation) => UseAsync(parsed, terminal, async server =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"{Address}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}");
            if (!(await server.SendAsync(request, cancellation).ConfigureAwait(false)).Try(out var answer, out var problem)) return problem;
            answer.Dispose();
            return null;
        }));
        return command;
    }

    private static Argument<string> Id(Terminal terminal) => new("id") { Description = terminal.Text["export.schedule.id"] };

    private static async Task<int> UseAsync(ParseResult parsed, Terminal terminal, Func<ServerConnection, Task<Problem?>> work)
    {
        if (ServerConnection.To(DataFolder.Of(parsed, terminal), terminal) is not { } server) return terminal.Fail(new(ProblemKind.Unavailable, "export.no-server", terminal.Text["export.no-server"]));
        using (server) return await work(server).ConfigureAwait(false) is { } problem ? terminal.Fail(problem) : ExitCodes.Ok;
    }

    private static void Print(Terminal terminal, IEnumerable<StandingOrder> orders)
    {
        var text = terminal.Text;
        var listing = new Listing(text["export.col.id"], text["export.col.recipient"], text["export.col.data-set"], text["export.col.times"], text["export.col.state"], text["export.col.next"], text["export.col.until"], text["export.col.last"]);
        foreach (var o in orders)
            listing.Add(o.Id, o.Who, string.Join(' ', o.Order.DataSets), o.Times, text[$"export.state.{o.State}"] + (o.Reason is null ? "" : $" ({o.Reason})"), Time(o.Next), Time(o.Until), o.LastRun ?? "");
        terminal.Print(listing);
    }

    private static string Time(DateTimeOffset? moment) => moment?.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "";
}
