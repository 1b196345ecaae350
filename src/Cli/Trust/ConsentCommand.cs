using System.CommandLine;
using System.Globalization;
using Yunnao.Lake.Scopes;
using Yunnao.Trust;
using Yunnao.Trust.Consents;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Trust;

/// <summary><c>yunnao trust consent give | refuse | withdraw | undo | list</c>: what persons decided about the use of their data. It holds at once, also for a running server.</summary>
internal static class ConsentCommand
{
    public static Command Create(Terminal terminal) => new("consent", terminal.Text["trust.consent"])
    {
        Decide("give", ConsentDecision.Given, terminal), Decide("refuse", ConsentDecision.Refused, terminal), Decide("withdraw", ConsentDecision.Withdrawn, terminal),
        Undo(terminal), List(terminal),
    };

    private static Command Decide(string name, ConsentDecision decision, Terminal terminal)
    {
        var text = terminal.Text;
        var (subject, purpose, recipient) = (Subject(text), Purpose(text), Recipient(text));
        var from = new Option<DateTimeOffset?>("--from") { Description = text["trust.consent.from"], HelpName = "TIME" };
        var until = new Option<DateTimeOffset?>("--until") { Description = text["trust.consent.until"], HelpName = "TIME" };
        var command = new Command(name, text[$"trust.consent.{name}"]) { subject, purpose, recipient };
        if (decision != ConsentDecision.Withdrawn)
        {
            command.Add(from);
            command.Add(until);
        }

        command.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var change = new ConsentChange(parsed.GetRequiredValue(subject), parsed.GetRequiredValue(purpose), decision, LocalAdministrator.Name)
                {
                    Recipient = parsed.GetRequiredValue(recipient),
                    From = decision == ConsentDecision.Withdrawn ? null : parsed.GetValue(from),
                    Until = decision == ConsentDecision.Withdrawn ? null : parsed.GetValue(until),
                };
                if (await room.Consents.RecordAsync(change, cancellation).ConfigureAwait(false) is { } problem) return terminal.Fail(problem);
                return await PrintAsync(room, change.Subject, terminal, cancellation).ConfigureAwait(false);
            },
            cancellation));
        return command;
    }

    private static Command Undo(Terminal terminal)
    {
        var text = terminal.Text;
        var (subject, purpose, recipient) = (Subject(text), Purpose(text), Recipient(text));
        var command = new Command("undo", text["trust.consent.undo"]) { subject, purpose, recipient };
        command.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var undone = await room.Consents.UndoAsync(
                    parsed.GetRequiredValue(subject), parsed.GetRequiredValue(purpose), parsed.GetRequiredValue(recipient), LocalAdministrator.Name, cancellation).ConfigureAwait(false);
                return undone.Try(out var change, out var problem) ? await PrintAsync(room, change.Subject, terminal, cancellation).ConfigureAwait(false) : terminal.Fail(problem);
            },
            cancellation));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var subject = Subject(terminal.Text);
        var command = new Command("list", terminal.Text["trust.consent.list"]) { subject };
        command.SetAction((parsed, cancellation) => ControlRoom.UseAsync(parsed, terminal, room => PrintAsync(room, parsed.GetRequiredValue(subject), terminal, cancellation), cancellation));
        return command;
    }

    private static async Task<int> PrintAsync(TrustRoom room, ulong subject, Terminal terminal, CancellationToken cancellation)
    {
        var text = terminal.Text;
        var listing = new Listing(
            text["trust.col.number"], text["audit.col.purpose"], text["trust.consent.col.recipient"], text["trust.consent.col.decision"], text["trust.consent.col.from"],
            text["trust.consent.col.until"], text["trust.col.at"], text["trust.col.who"]);
        foreach (var e in await room.Consents.OfAsync(subject, cancellation).ConfigureAwait(false))
            listing.Add($"{e.Sequence}", e.Purpose, e.Recipient, text[$"trust.consent.{e.Decision}"], Time(e.From), e.Until is { } until ? Time(until) : "", Time(e.Recorded), e.By);
        if (listing.Rows.Count == 0) terminal.Print(text["trust.consent.none"]);
        else terminal.Print(listing);
        return ExitCodes.Ok;
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static Argument<ulong> Subject(Text text) => new("subject") { Description = text["trust.consent.subject"] };

    private static Option<string> Purpose(Text text) => new("--purpose") { Description = text["trust.consent.purpose"], HelpName = "ID", Required = true };

    private static Option<string> Recipient(Text text) =>
        new("--recipient") { Description = text["trust.consent.recipient"], HelpName = "ID", DefaultValueFactory = _ => ConsentState.Everybody };
}
