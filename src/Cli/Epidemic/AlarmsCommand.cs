using System.CommandLine;
using MimeKit;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Services.Surveillance.Notices;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic alarms list | show | acknowledge | investigate | close | send</c>.</summary>
internal static class AlarmsCommand
{
    private const int DaysBefore = 90;
    private const int DaysAfter = 14;

    public static Command Create(Terminal terminal) => new("alarms", terminal.Text["epidemic.alarms"])
    {
        List(terminal),
        Show(terminal),
        Move(terminal, "acknowledge", AlarmStatus.Acknowledged),
        Move(terminal, "investigate", AlarmStatus.Investigating),
        Close(terminal),
        Send(terminal),
    };

    private static Command List(Terminal terminal)
    {
        var all = new Option<bool>("--all") { Description = terminal.Text["epidemic.alarms.all"] };
        var command = new Command("list", terminal.Text["epidemic.alarms.list"]) { all };
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: false, async room =>
        {
            if (!(await Reader(room).AllAsync(cancellation).ConfigureAwait(false)).Try(out var alarms, out var problem)) return terminal.Fail(problem);
            terminal.Print(AlarmPage.Listing(alarms.Where(a => a.Open || parsed.GetValue(all)), new(room.Registry), terminal));
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var number = Number(terminal);
        var most = new Option<int>("--most") { Description = terminal.Text["epidemic.alarms.most"], HelpName = "N", DefaultValueFactory = _ => 50 };
        var command = new Command("show", terminal.Text["epidemic.alarms.show"]) { number, most };
        var plot = new PlotOptions(terminal, command);
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: false, room =>
            ShowAsync(room, parsed, parsed.GetRequiredValue(number), parsed.GetValue(most), plot, terminal, cancellation)));
        return command;
    }

    private static async Task<int> ShowAsync(LakeRoom room, ParseResult parsed, int number, int most, PlotOptions plot, Terminal terminal, CancellationToken cancellation)
    {
        var (text, names, reader) = (terminal.Text, new SignalNames(room.Registry), Reader(room));
        if (!(await reader.OneAsync(number, cancellation).ConfigureAwait(false)).Try(out var alarm, out var problem)) return terminal.Fail(problem);
        if (!(await reader.HistoryAsync(number, cancellation).ConfigureAwait(false)).Try(out var history, out problem)) return terminal.Fail(problem);
        var title = $"{names.Signal(alarm.Signal).In(text.Language)} · {names.Region(alarm.Region).In(text.Language)}";
        terminal.Print(text.Format("epidemic.alarms.title", alarm.Number, title, $"{alarm.Opened:yyyy-MM-dd}", $"{alarm.LastDay:yyyy-MM-dd}", AlarmPage.Status(alarm, terminal)));
        foreach (var sentence in AlarmPage.Explain(alarm, names, terminal)) terminal.Print("  " + sentence);
        foreach (var e in history) terminal.Print($"  {e.At:yyyy-MM-dd HH:mm}Z {e.Who}: {text[$"epidemic.action.{e.Action}"]} {e.Reason}".TrimEnd());
        terminal.Print();

        var curves = new List<Curve>();
        var listing = new Listing(text["epidemic.column.signal"], text["epidemic.column.seen"], text["epidemic.column.onset"], text["epidemic.column.region"], text["epidemic.column.years"], text["epidemic.column.institution"], text["epidemic.column.record"]);
        foreach (var query in AlarmPicture.Queries(alarm))
        {
            var cases = await AlarmPicture.Reader(room).CasesAsync(query with { From = alarm.Opened.AddDays(1 - alarm.WindowDays), To = alarm.LastDay }, most, cancellation).ConfigureAwait(false);
            if (!cases.Try(out var records, out problem)) return terminal.Fail(problem);
            foreach (var c in records) listing.Add(c.Signal, $"{c.Seen:yyyy-MM-dd}", $"{c.Onset:yyyy-MM-dd}", c.Region, $"{c.Age}", c.Organisation ?? "", c.Record);
            var drawn = await AlarmPicture.CurveAsync(room, alarm, query, DaysBefore, DaysAfter, terminal, cancellation).ConfigureAwait(false);
            if (!drawn.Try(out var curve, out problem)) return terminal.Fail(problem);
            curves.Add(curve);
        }

        terminal.Print(listing);
        return plot.Draw(parsed, curves);
    }

    private static Command Move(Terminal terminal, string name, AlarmStatus status)
    {
        var (number, reason, by) = (Number(terminal), Reason(terminal), By(terminal));
        var command = new Command(name, terminal.Text[$"epidemic.alarms.{name}"]) { number, reason, by };
        command.SetAction((parsed, _) => MoveAsync(parsed, terminal, parsed.GetRequiredValue(number), status, null, parsed.GetValue(reason), parsed.GetValue(by)));
        return command;
    }

    private static Command Close(Terminal terminal)
    {
        var (number, reason, by) = (Number(terminal), Reason(terminal), By(terminal));
        var outcome = new Option<AlarmOutcome?>("--as") { Description = terminal.Text["epidemic.alarms.as"], HelpName = "outbreak|not|duplicate" };
        var command = new Command("close", terminal.Text["epidemic.alarms.close"]) { number, outcome, reason, by };
        command.SetAction((parsed, _) => MoveAsync(
            parsed, terminal, parsed.GetRequiredValue(number), AlarmStatus.Closed, parsed.GetValue(outcome), parsed.GetValue(reason), parsed.GetValue(by)));
        return command;
    }

    private static Task<int> MoveAsync(ParseResult parsed, Terminal terminal, int number, AlarmStatus status, AlarmOutcome? outcome, string? reason, string? by) =>
        LakeRoom.UseEmbeddedAsync(parsed, terminal, write: true, room =>
        {
            if (new AlarmDesk(room.Embedded, TimeProvider.System).Move(number, status, outcome, reason, by ?? Environment.UserName) is { } problem)
                return Task.FromResult(terminal.Fail(problem));
            terminal.Print(terminal.Text.Format("epidemic.alarms.moved", number, terminal.Text[$"epidemic.status.{status}"]));
            return Task.FromResult(ExitCodes.Ok);
        });

    private static Command Send(Terminal terminal)
    {
        var text = terminal.Text;
        var webhook = new Option<string>("--webhook") { Description = text["epidemic.send.webhook"], HelpName = "URL" };
        var secret = new Option<string>("--secret-file") { Description = text["epidemic.send.secret"], HelpName = "FILE" };
        var mail = new Option<string>("--mail-to") { Description = text["epidemic.send.mail"], HelpName = "ADDRESS" };
        var from = new Option<string>("--mail-from") { Description = text["epidemic.send.from"], HelpName = "ADDRESS" };
        var command = new Command("send", text["epidemic.alarms.send"]) { webhook, secret, mail, from };
        command.SetAction((parsed, cancellation) => LakeRoom.UseEmbeddedAsync(parsed, terminal, write: true, async room =>
        {
            if (!(await Reader(room).AllAsync(cancellation).ConfigureAwait(false)).Try(out var alarms, out var problem)) return terminal.Fail(problem);
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
            var names = new SignalNames(room.Registry);
            var channels = new List<INoticeChannel>();
            if (parsed.GetValue(webhook) is { } address)
            {
                if (!Webhook(http, address, parsed.GetValue(secret), names, terminal).Try(out var channel, out problem)) return terminal.Fail(problem);
                channels.Add(channel);
            }

            if (parsed.GetValue(mail) is { } to)
            {
                if (!Mail(to, parsed.GetValue(from), names, terminal).Try(out var channel, out problem)) return terminal.Fail(problem);
                channels.Add(channel);
            }

            if (channels.Count == 0) return terminal.Fail(new(ProblemKind.Incorrect, "alarm.no-target", text["epidemic.send.no-target"]));
            return await SendAsync(room, alarms, channels, terminal, cancellation).ConfigureAwait(false);
        }));
        return command;
    }

    private static async Task<int> SendAsync(LakeRoom room, List<Alarm> alarms, List<INoticeChannel> channels, Terminal terminal, CancellationToken cancellation)
    {
        var waiting = 0;
        foreach (var channel in channels)
        {
            var sent = await new NoticeDesk(room.Embedded, TimeProvider.System).SendAsync(alarms, channel, cancellation).ConfigureAwait(false);
            if (!sent.Try(out var report, out var problem)) return terminal.Fail(problem);
            terminal.Print(terminal.Text.Format("epidemic.send.done", channel.Kind, channel.Target, report.Delivered, report.Waiting));
            foreach (var line in report.Problems) terminal.Error.WriteLine(line);
            waiting += report.Waiting;
        }

        return waiting == 0 ? ExitCodes.Ok : ExitCodes.Of(ProblemKind.Unavailable);
    }

    private static Result<WebhookChannel> Webhook(HttpClient http, string address, string? secretFile, SignalNames names, Terminal terminal)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return new Problem(ProblemKind.Incorrect, "alarm.no-target", terminal.Text["epidemic.send.bad-url"]);
        if (secretFile is null || !File.Exists(secretFile) || File.ReadAllText(secretFile).Trim() is not { Length: >= 16 } secret)
            return new Problem(ProblemKind.Incorrect, "alarm.no-secret", terminal.Text["epidemic.send.no-secret"]);
        return new WebhookChannel(http, url, System.Text.Encoding.UTF8.GetBytes(secret), names, TimeProvider.System);
    }

    private static Result<MailChannel> Mail(string to, string? from, SignalNames names, Terminal terminal)
    {
        if (!MailboxAddress.TryParse(to, out var receiver) || !MailboxAddress.TryParse(from ?? to, out var sender)
            || !Uri.TryCreate(terminal.Variable("YUNNAO_SMTP"), UriKind.Absolute, out var server) || server.Scheme is not ("smtp" or "smtps"))
        {
            return new Problem(ProblemKind.Incorrect, "alarm.no-target", terminal.Text["epidemic.send.bad-mail"]);
        }

        return new MailChannel(server, sender, receiver, names);
    }

    private static AlarmReader Reader(LakeRoom room) => new(room.Lake, room.Scope);

    private static Argument<int> Number(Terminal terminal) => new("number") { Description = terminal.Text["epidemic.alarms.number"] };

    private static Option<string> Reason(Terminal terminal) => new("--reason") { Description = terminal.Text["epidemic.alarms.reason"], HelpName = "TEXT" };

    private static Option<string> By(Terminal terminal) => new("--by") { Description = terminal.Text["epidemic.alarms.by"], HelpName = "NAME" };
}
