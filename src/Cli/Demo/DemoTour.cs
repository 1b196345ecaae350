using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Services.Ingest;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Cli.Demo;

/// <summary>What the demo shows of a loaded city: summary, quarantine, the truth, one person's life.</summary>
internal sealed class DemoTour(LakeRoom room, Terminal terminal, CancellationToken cancellation)
{
    private const int LifeRows = 30;

    /// <summary>The person whose life was shown.</summary>
    public string Subject { get; private set; } = "";

    public async Task<Problem?> RunAsync(IReadOnlyList<FileOutcome> outcomes, string city)
    {
        var text = terminal.Text;
        DemoCommand.Step(terminal, text["demo.step.summary"]);
        if (await ShowAsync(Summary(), 60, text["demo.domain"], text["demo.organisation"], text["demo.records"]).ConfigureAwait(false) is { } problem) return problem;
        DemoCommand.Step(terminal, text["demo.step.quarantine"]);
        const string Reasons = "SELECT split_part(reason, ' ', 1) AS kind, count(*) AS n FROM (SELECT unnest(reasons) AS reason FROM ops.quarantine) GROUP BY 1 ORDER BY 2 DESC, 1";
        if (await ShowAsync(Reasons, 60, text["demo.reason"], text["demo.records"]).ConfigureAwait(false) is { } unread) return unread;
        DemoCommand.Step(terminal, text["demo.step.truth"]);
        if (await TruthAsync(outcomes, city).ConfigureAwait(false) is { } untrue) return untrue;
        return await LifeAsync().ConfigureAwait(false);
    }

    private string Summary() =>
        "SELECT dom, org, sum(n) AS n FROM (" + string.Join(
            " UNION ALL ", room.Registry.DataSets.Values.Select(d => $"SELECT {Sql.Text(d.Domain)} AS dom, _org AS org, count(*) AS n FROM {d.Id} GROUP BY ALL")) + ") t GROUP BY 1, 2 ORDER BY 1, 2";

    private async Task<Problem?> ShowAsync(string sql, int limit, params string[] headers)
    {
        if (!(await room.ListAsync(sql, limit, cancellation).ConfigureAwait(false)).Try(out var listing, out var problem)) return problem;
        var named = new Listing(headers);
        foreach (var row in listing.Rows) named.Add(row);
        terminal.Print(named);
        return null;
    }

    /// <summary>Each injected error that refuses a row must be in the quarantine at its file and record, and nothing else may be there.</summary>
    private async Task<Problem?> TruthAsync(IReadOnlyList<FileOutcome> outcomes, string city)
    {
        var files = outcomes.Where(o => o.Batch is not null).ToDictionary(o => o.Batch!.Number.ToString(), o => Path.GetRelativePath(city, o.File).Replace('\\', '/'));
        if (!(await room.ListAsync("SELECT batch, record_number FROM ops.quarantine", int.MaxValue, cancellation).ConfigureAwait(false)).Try(out var listing, out var problem)) return problem;
        var refused = listing.Rows.Select(r => (File: files[r[0]], Record: r[1])).ToHashSet();
        var injected = File.ReadLines(Path.Combine(city, "truth", "errors.csv")).Skip(1).Select(l => l.Split(','))
            .Where(c => c[^1] == "reject" && c[^2] != "duplicate").Select(c => (File: c[0].Replace('\\', '/'), Record: c[1])).ToHashSet();
        var caught = injected.Count(refused.Contains);
        terminal.Print(terminal.Text.Format("demo.truth", injected.Count, caught, injected.Count - caught, refused.Count(r => !injected.Contains(r))));
        var persons = File.ReadLines(Path.Combine(city, "truth", "identities.csv")).Skip(1).Select(l => l.Split(',')).ToList();
        var subjects = string.Join(" UNION ", Personal().Select(d => $"SELECT _subject FROM {d.Id}"));
        if (!(await room.ListAsync($"SELECT count(*) FROM ({subjects}) t WHERE _subject IS NOT NULL", 1, cancellation).ConfigureAwait(false)).Try(out var count, out problem)) return problem;
        terminal.Print(terminal.Text.Format("demo.truth.identity", persons.Count, persons.Select(p => p[2]).Distinct().Count(), count.Rows[0][0]));
        return null;
    }

    /// <summary>Somebody who was at several institutions and whose records are of many kinds.</summary>
    private async Task<Problem?> LifeAsync()
    {
        var all = string.Join(" UNION ALL ", Personal().Select(d => $"SELECT _subject, _org, {Sql.Text(d.Id)} AS d FROM {d.Id}"));
        var chosen = $"SELECT _subject, count(DISTINCT _org) AS orgs FROM ({all}) t WHERE _subject IS NOT NULL GROUP BY 1 HAVING count(*) BETWEEN 40 AND 400 ORDER BY count(DISTINCT d) * 10 + count(DISTINCT _org) DESC, 1 LIMIT 1";
        if (!(await room.ListAsync(chosen, 1, cancellation).ConfigureAwait(false)).Try(out var who, out var problem)) return problem;
        if (who.Rows.Count == 0) return null;
        Subject = who.Rows[0][0];
        DemoCommand.Step(terminal, terminal.Text.Format("demo.step.life", Subject, who.Rows[0][1]));
        var subject = ulong.Parse(Subject, CultureInfo.InvariantCulture);
        return await new SubjectPage(room, terminal).PrintAsync(subject, dataSet: null, json: false, LifeRows, cancellation).ConfigureAwait(false);
    }

    private IEnumerable<DataSet> Personal() => room.Registry.DataSets.Values.Where(d => d.Subject is not null);
}
