using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Cards;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Services.Surveillance.Notices;
using Yunnao.Standards.Compile;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Trust.Rights;

namespace Yunnao.Tests.EndToEnd.Surveillance;

/// <summary>From the file of a hospital to the alarm and back, with the shipped rules and real parts.</summary>
public sealed class Early_warning_tests : IDisposable
{
    private const string Source = "template";
    private static readonly DateOnly Start = new(2025, 1, 1);
    private static readonly DateOnly End = Start.AddDays(199);

    private readonly TestPlatform _platform = new(Repository.File("standards"));
    private readonly List<TableShape> _shapes;
    private readonly Scope _scope;
    private int _files;

    public Early_warning_tests()
    {
        _shapes = [.. _platform.Registry.DataSets.Values.Select(d => new TableShape(d))];
        _scope = LocalAdministrator.ScopeOver(_platform.Registry.DataSets.Values, "test");
    }

    public void Dispose() => _platform.Dispose();

    [Fact]
    public async Task Counts_after_any_batches_are_those_of_counting_everything_anew()
    {
        await Load(new CardFile().Add("1", "P1", End).Add("2", "P2", End).Add("3", "P3", End.AddDays(-5), division: "420102"));
        Assert.True(Count().Whole);
        Assert.Equal(["420102|1", "420106|2"], Regions());

        // The same illness again, a card sent again for another place, and another disease.
        await Load(new CardFile().Add("4", "P1", End.AddDays(3)).Add("3", "P3", End.AddDays(-5), division: "420111").Add("5", "P4", End, disease: "C01"));
        var second = Count();
        Assert.Equal((false, 3L), (second.Whole, second.Days));
        Assert.Equal(
            ["card.C01|420106|1", "card.C11|420106|2", "card.C11|420111|1"],
            Rows("SELECT signal, region, sum(cases)::BIGINT FROM surveillance.count GROUP BY ALL ORDER BY ALL"));
        Same();

        Assert.True(_platform.Lake.TakeBack(2, TestContext.Current.CancellationToken).Ok);
        Assert.False(Count().Whole);
        Assert.Equal(["420102|1", "420106|2"], Regions());
        Same();
        Assert.Equal((false, 0L, 0L), Count() is var idle ? (idle.Whole, idle.Days, idle.Cells) : default);
    }

    [Fact]
    public async Task An_outbreak_is_one_alarm_that_is_kept_through_every_later_run()
    {
        await Load(Background());
        var outbreak = new CardFile();
        for (var i = 0; i < 30; i++) outbreak.Add($"O{i}", $"Q{i}", End.AddDays(-(i % 4)));
        await Load(outbreak);
        var report = await Watch();
        var number = Assert.Single(report.Raised);
        var alarm = (await Alarms()).Single();
        Assert.Equal(("card.C11", "420106", AlarmStatus.New), (alarm.Signal, alarm.Region, alarm.Status));
        Assert.True(alarm.Observed >= 20 && alarm.Expected < 8, $"{alarm.Observed} {alarm.Expected}");

        Assert.Empty((await Watch()).Raised);
        Assert.Null(Desk().Move(number, AlarmStatus.Acknowledged, null, null, "duty"));
        Assert.Null(Desk().Move(number, AlarmStatus.Closed, AlarmOutcome.Outbreak, "kindergarten", "duty"));
        Assert.Equal("alarm.decided", Desk().Move(number, AlarmStatus.Investigating, null, null, "duty")?.Code);
        Assert.Empty((await Watch()).Raised);
        var closed = (await Alarms()).Single();
        Assert.Equal((AlarmStatus.Closed, AlarmOutcome.Outbreak), (closed.Status, closed.Outcome));
        var history = (await new AlarmReader(_platform.Lake, _scope).HistoryAsync(number, TestContext.Current.CancellationToken)).Value;
        Assert.Equal(["raised", "acknowledged", "closed"], history.Select(h => h.Action));
    }

    [Fact]
    public async Task An_alarm_that_nobody_has_seen_is_withdrawn_when_its_data_are_taken_back()
    {
        await Load(Background());
        await Watch();
        var outbreak = new CardFile();
        for (var i = 0; i < 30; i++) outbreak.Add($"O{i}", $"Q{i}", End.AddDays(-(i % 4)));
        await Load(outbreak);
        Assert.Single((await Watch()).Raised);
        Assert.True(_platform.Lake.TakeBack(2, TestContext.Current.CancellationToken).Ok);
        await Watch();
        Assert.Equal(AlarmStatus.Withdrawn, (await Alarms()).Single().Status);
    }

    [Fact]
    public async Task One_case_of_cholera_is_an_alarm()
    {
        await Load(Background().Add("X", "PX", End, disease: "A02"));
        Assert.Single((await Watch()).Raised);
        var alarm = (await Alarms())[0];
        Assert.Equal(("card.A02", DetectorNames.Fixed), (alarm.Signal, Assert.Single(alarm.Detectors)));
    }

    [Fact]
    public async Task Closing_needs_an_outcome_and_a_reason_and_an_alarm()
    {
        await Load(Background());
        await Watch();
        Assert.Equal("alarm.no-reason", Desk().Move(1, AlarmStatus.Closed, AlarmOutcome.Not, " ", "duty")?.Code);
        Assert.Equal("alarm.unknown", Desk().Move(99, AlarmStatus.Acknowledged, null, null, "duty")?.Code);
    }

    [Fact]
    public async Task Late_cards_are_found_by_the_limit_of_their_class_and_duplicates_by_the_person()
    {
        await Load(new CardFile()
            .Add("1", "P1", End, hours: 3).Add("2", "P2", End, hours: 25).Add("3", "P3", End, disease: "A02", hours: 4).Add("4", "P4", End, disease: "A02", hours: 1)
            .Add("5", "P2", End.AddDays(4), hours: 3));
        Count();
        var review = new CardReview(_platform.Registry, _platform.Lake, _scope);
        var late = (await review.LateAsync(Start, End.AddDays(9), 10, TestContext.Current.CancellationToken)).Value;
        Assert.Equal([("A02", 2, 240L), ("C11", 24, 1500L)], late.Select(l => (l.Code, l.Hours, l.Minutes)));
        var again = Assert.Single((await review.DuplicatesAsync(Start, End.AddDays(9), 10, TestContext.Current.CancellationToken)).Value);
        Assert.Equal(("card.C11", End.AddDays(4), End), (again.Signal, again.Seen, again.OfSeen));
        Assert.Equal((5, 2), (await review.PunctualityAsync(Start, End.AddDays(9), TestContext.Current.CancellationToken)).Value is [var row] ? (row.Reports, row.Late) : default);
    }

    [Fact]
    public async Task A_webhook_that_fails_at_first_gets_the_alarm_once_and_signed()
    {
        await Load(Background().Add("X", "PX", End, disease: "A02"));
        await Watch();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = Serve(listener, TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        var secret = "secret-of-sixteen"u8.ToArray();
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/alarms?token=hidden");
        var channel = new WebhookChannel(http, url, secret, new SignalNames(_platform.Registry), TimeProvider.System);
        Assert.DoesNotContain("hidden", channel.Target, StringComparison.Ordinal);
        var desk = new NoticeDesk(_platform.Lake, TimeProvider.System);
        var first = (await desk.SendAsync(await Alarms(), channel, TestContext.Current.CancellationToken)).Value;
        Assert.Equal((1, 0), (first.Delivered, first.Waiting));
        var (headers, body) = await served;
        var timestamp = headers["x-yunnao-timestamp"];
        Assert.Equal(WebhookChannel.Signature(secret, timestamp, body), headers["x-yunnao-signature"]);
        Assert.Contains("\"signal\":\"card.A02\"", body, StringComparison.Ordinal);
        Assert.Equal(0, (await desk.SendAsync(await Alarms(), channel, TestContext.Current.CancellationToken)).Value.Delivered);
    }

    /// <summary>Answers the first request with an error and the second well; gives the second.</summary>
    private static async Task<(Dictionary<string, string> Headers, string Body)> Serve(TcpListener listener, CancellationToken cancellation)
    {
        for (var request = 1; ; request++)
        {
            using var client = await listener.AcceptTcpClientAsync(cancellation);
            using var stream = client.GetStream();
            var text = "";
            var buffer = new byte[8192];
            int Length() => text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is var end and >= 0 ? end + 4 + int.Parse(Header(text, "content-length"), System.Globalization.CultureInfo.InvariantCulture) : int.MaxValue;
            while (Encoding.UTF8.GetByteCount(text) < Length()) text += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, cancellation));
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {(request == 1 ? "500 Error" : "200 OK")}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), cancellation);
            if (request == 1) continue;
            var head = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
            var headers = head.Split("\r\n").Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0].ToLowerInvariant(), l => l[1]);
            return (headers, text[(head.Length + 4)..]);
        }
    }

    private static string Header(string text, string name) =>
        text.Split("\r\n").Select(l => l.Split(": ", 2)).First(l => l[0].Equals(name, StringComparison.OrdinalIgnoreCase))[1];

    /// <summary>About one card every second day in each of two counties, for 200 days.</summary>
    private static CardFile Background()
    {
        var file = new CardFile();
        for (var day = 0; day < 200; day++)
            if (day % 2 == 0) file.Add($"B{day}", $"B{day}", Start.AddDays(day), division: day % 4 == 0 ? "420106" : "420102");
        return file;
    }

    private async Task Load(CardFile file)
    {
        var outcome = await _platform.Load(_platform.File($"public_health.infectious_card_{++_files}.csv", file.ToString()), Source);
        Assert.Null(outcome.Problem);
        Assert.Equal(0, outcome.Batch!.Quarantined);
    }

    private CountReport Count() => new SignalCounter(_platform.Registry, _shapes, _platform.Lake).Run(TestContext.Current.CancellationToken).Value;

    private async Task<WatchReport> Watch() =>
        (await new EarlyWarning(_platform.Registry, _shapes, _platform.Lake, _scope, TimeProvider.System).RunAsync(null, End, TestContext.Current.CancellationToken)).Value;

    private async Task<List<Alarm>> Alarms() => (await new AlarmReader(_platform.Lake, _scope).AllAsync(TestContext.Current.CancellationToken)).Value;

    private AlarmDesk Desk() => new(_platform.Lake, TimeProvider.System);

    private List<string> Regions() => Rows("SELECT region, sum(cases)::BIGINT FROM surveillance.count GROUP BY region ORDER BY region");

    private List<string> Rows(string sql)
    {
        using var derivation = _platform.Lake.Derive("surveillance").Value;
        return derivation.Connection.Rows(r => string.Join('|', Enumerable.Range(0, r.FieldCount).Select(i => r.IsDBNull(i) ? "" : $"{r.GetValue(i)}")), sql);
    }

    /// <summary>The counts as they are, and after counting everything anew.</summary>
    private void Same()
    {
        const string All = "FROM surveillance.count ORDER BY ALL";
        var before = Rows(All);
        using (var derivation = _platform.Lake.Derive("surveillance").Value)
        {
            derivation.Connection.Execute("UPDATE ops.derived SET fingerprint = 'other' WHERE schema = 'surveillance'");
            derivation.Commit();
        }

        Assert.True(Count().Whole);
        Assert.Equal(before, Rows(All));
    }
}
