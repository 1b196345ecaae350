using System.CommandLine;
using Yunnao.Cli.Lake;
using Yunnao.Services.Surveillance.Cards;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic cards</c>: statutory time limits and duplicates of report cards.</summary>
internal static class CardsCommand
{
    private const int UsualDays = 28;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var late = new Option<bool>("--late") { Description = text["epidemic.cards.late"] };
        var duplicates = new Option<bool>("--duplicates") { Description = text["epidemic.cards.duplicates"] };
        var most = new Option<int>("--most") { Description = text["epidemic.cards.most"], HelpName = "N", DefaultValueFactory = _ => 50 };
        var (from, to) = (new DayOption(terminal, "--from", "epidemic.from"), new DayOption(terminal, "--to", "epidemic.to"));
        var command = new Command("cards", text["epidemic.cards"]) { late, duplicates, most, from.Option, to.Option };
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: false, async room =>
        {
            if (!from.Of(parsed).Try(out var first, out var problem) || !to.Of(parsed).Try(out var last, out problem)) return terminal.Fail(problem);
            if (!(await new SeriesReader(room.Lake, room.Scope).SpanAsync(cancellation).ConfigureAwait(false)).Try(out var span, out problem)) return terminal.Fail(problem);
            var end = last.Day ?? span.Last;
            var start = first.Day ?? end.AddDays(1 - UsualDays);
            var review = new CardReview(room.Registry, room.Lake, room.Scope);
            if (parsed.GetValue(late)) return Late(await review.LateAsync(start, end, parsed.GetValue(most), cancellation).ConfigureAwait(false), terminal);
            if (parsed.GetValue(duplicates)) return Duplicates(await review.DuplicatesAsync(start, end, parsed.GetValue(most), cancellation).ConfigureAwait(false), terminal);
            return Punctuality(await review.PunctualityAsync(start, end, cancellation).ConfigureAwait(false), terminal);
        }));
        return command;
    }

    private static int Punctuality(Kernel.Result<List<PunctualityRow>> read, Terminal terminal)
    {
        if (!read.Try(out var rows, out var problem)) return terminal.Fail(problem);
        var text = terminal.Text;
        var listing = new Listing(text["epidemic.cards.limit"], text["epidemic.column.institution"], text["epidemic.cards.reports"], text["epidemic.cards.late-count"], "%");
        foreach (var r in rows) listing.Add(r.Limit, r.Organisation, $"{r.Reports}", $"{r.Late}", $"{100.0 * r.Late / Math.Max(1, r.Reports):0.0}");
        terminal.Print(listing);
        return ExitCodes.Ok;
    }

    private static int Late(Kernel.Result<List<LateReport>> read, Terminal terminal)
    {
        if (!read.Try(out var rows, out var problem)) return terminal.Fail(problem);
        var text = terminal.Text;
        var listing = new Listing(
            text["epidemic.cards.limit"], text["epidemic.column.institution"], text["epidemic.cards.code"], text["epidemic.column.day"], text["epidemic.cards.hours"], text["epidemic.cards.took"], text["epidemic.column.record"]);
        foreach (var r in rows) listing.Add(r.Limit, r.Organisation, r.Code, $"{r.Day:yyyy-MM-dd}", $"{r.Hours}", $"{r.Minutes / 60.0:0.0}", r.Record);
        terminal.Print(listing);
        return ExitCodes.Ok;
    }

    private static int Duplicates(Kernel.Result<List<DuplicateReport>> read, Terminal terminal)
    {
        if (!read.Try(out var rows, out var problem)) return terminal.Fail(problem);
        var text = terminal.Text;
        var listing = new Listing(
            text["epidemic.column.signal"], text["epidemic.column.seen"], text["epidemic.column.institution"], text["epidemic.column.record"], text["epidemic.cards.earlier"], text["epidemic.column.institution"], text["epidemic.column.record"]);
        foreach (var r in rows) listing.Add(r.Signal, $"{r.Seen:yyyy-MM-dd}", r.Organisation, r.Record, $"{r.OfSeen:yyyy-MM-dd}", r.OfOrganisation, r.Of);
        terminal.Print(listing);
        return ExitCodes.Ok;
    }
}
