using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Remote;
using Yunnao.Kernel;
using Yunnao.Services.DataServices.Subscriptions;

namespace Yunnao.Cli.Data;

/// <summary><c>yunnao data subscriptions list | deliveries | replay | end</c>: what applications are told of, through the server that tells them.</summary>
internal static class SubscriptionsCommand
{
    public static Command Create(Terminal terminal) => new("subscriptions", terminal.Text["subscriptions"]) { List(terminal), Deliveries(terminal), Replay(terminal), End(terminal) };

    private static Command List(Terminal terminal)
    {
        var text = terminal.Text;
        var command = new Command("list", text["subscriptions.list"]);
        command.SetAction((parsed, cancellation) => AskAsync(parsed, terminal, async server =>
        {
            if (!(await server.AskAsync<SubscriptionView[]>(HttpMethod.Get, "subscriptions", cancellation).ConfigureAwait(false)).Try(out var all, out var problem)) return terminal.Fail(problem);
            var listing = new Listing(text["subscriptions.col.id"], text["subscriptions.col.who"], text["subscriptions.col.set"], text["subscriptions.col.purpose"], text["subscriptions.col.host"], text["subscriptions.col.state"], text["subscriptions.col.waiting"], text["subscriptions.col.dead"]);
            foreach (var s in all) listing.Add(s.Id, s.Who, s.DataSet, s.Purpose, new Uri(s.Url).Authority, s.Reason is null ? s.State.ToString().ToLowerInvariant() : s.Reason, $"{s.Waiting}", $"{s.Dead}");
            terminal.Print(listing);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Command Deliveries(Terminal terminal)
    {
        var (text, id) = (terminal.Text, Id(terminal));
        var command = new Command("deliveries", text["subscriptions.deliveries"]) { id };
        command.SetAction((parsed, cancellation) => AskAsync(parsed, terminal, async server =>
            Print(terminal, await server.AskAsync<DeliveryView[]>(HttpMethod.Get, $"subscriptions/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/deliveries", cancellation).ConfigureAwait(false))));
        return command;
    }

    private static Command Replay(Terminal terminal)
    {
        var (text, id) = (terminal.Text, Id(terminal));
        var delivery = new Option<string>("--delivery") { Description = text["subscriptions.replay.delivery"], HelpName = "ID" };
        var command = new Command("replay", text["subscriptions.replay"]) { id, delivery };
        command.SetAction((parsed, cancellation) => AskAsync(parsed, terminal, async server =>
        {
            var one = parsed.GetValue(delivery) is { } named ? $"/deliveries/{Uri.EscapeDataString(named)}" : "";
            return Print(terminal, await server.AskAsync<DeliveryView[]>(HttpMethod.Post, $"subscriptions/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}{one}/replay", cancellation).ConfigureAwait(false));
        }));
        return command;
    }

    private static Command End(Terminal terminal)
    {
        var (text, id) = (terminal.Text, Id(terminal));
        var command = new Command("end", text["subscriptions.end"]) { id };
        command.SetAction((parsed, cancellation) => AskAsync(parsed, terminal, async server =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"subscriptions/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}");
            if (!(await server.SendAsync(request, cancellation).ConfigureAwait(false)).Try(out var answer, out var problem)) return terminal.Fail(problem);
            answer.Dispose();
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Argument<string> Id(Terminal terminal) => new("id") { Description = terminal.Text["subscriptions.id"] };

    private static int Print(Terminal terminal, Result<DeliveryView[]> answer)
    {
        if (!answer.Try(out var deliveries, out var problem)) return terminal.Fail(problem);
        var text = terminal.Text;
        var listing = new Listing(text["subscriptions.col.id"], text["subscriptions.col.created"], text["subscriptions.col.records"], text["subscriptions.col.state"], text["subscriptions.col.attempts"], text["subscriptions.col.failure"]);
        foreach (var d in deliveries)
            listing.Add(d.Id, d.Created.ToString("u", CultureInfo.InvariantCulture), $"{d.Records}", d.State.ToString().ToLowerInvariant(), $"{d.Attempts}", d.Failure ?? "");
        terminal.Print(listing);
        return ExitCodes.Ok;
    }

    /// <summary>Deliveries and counts are a server's work: without one there is nothing to look at.</summary>
    internal static async Task<int> AskAsync(ParseResult parsed, Terminal terminal, Func<ServerConnection, Task<int>> ask)
    {
        var folder = DataFolder.Of(parsed, terminal);
        if (ServerConnection.To(folder, terminal) is not { } server) return terminal.Fail(new(ProblemKind.Unavailable, "subscription.no-server", terminal.Text["subscriptions.no-server"], new(folder)));
        using (server) return await ask(server).ConfigureAwait(false);
    }
}
