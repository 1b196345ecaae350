using System.CommandLine;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary>Which series a command works on: one of the lake (<c>--signal</c>) or those of a CSV file (<c>--csv</c>).</summary>
internal sealed class SeriesOptions
{
    private readonly Option<string> _signal;
    private readonly Option<string> _region;
    private readonly Option<int?> _age;
    private readonly Option<string> _institution;
    private readonly DayOption _from;
    private readonly DayOption _to;
    private readonly Option<bool> _weekly;
    private readonly Option<string> _csv;
    private readonly Option<string> _date;
    private readonly Option<string> _count;
    private readonly Option<string> _group;
    private readonly Terminal _terminal;

    public SeriesOptions(Terminal terminal, Command command)
    {
        var text = terminal.Text;
        _terminal = terminal;
        _signal = new("--signal") { Description = text["epidemic.signal"], HelpName = "ID" };
        _region = new("--region") { Description = text["epidemic.region"], HelpName = "CODE", DefaultValueFactory = _ => "" };
        _age = new("--age") { Description = text["epidemic.age"], HelpName = "YEARS" };
        _institution = new("--institution") { Description = text["epidemic.institution"], HelpName = "CODE" };
        _from = new(terminal, "--from", "epidemic.from");
        _to = new(terminal, "--to", "epidemic.to");
        _weekly = new("--weekly") { Description = text["epidemic.weekly"] };
        _csv = new("--csv") { Description = text["epidemic.csv"], HelpName = "FILE" };
        _date = new("--date") { Description = text["epidemic.date"], HelpName = "COLUMN", DefaultValueFactory = _ => "date" };
        _count = new("--count") { Description = text["epidemic.count"], HelpName = "COLUMN" };
        _group = new("--group") { Description = text["epidemic.group"], HelpName = "COLUMN" };
        foreach (var option in new Option[] { _signal, _region, _age, _institution, _from.Option, _to.Option, _weekly, _csv, _date, _count, _group }) command.Add(option);
    }

    /// <summary>True when the command line names a series.</summary>
    public bool Names(ParseResult parsed) => parsed.GetValue(_signal) is not null || parsed.GetValue(_csv) is not null;

    /// <summary>The first day asked for, or null. Wrong dates are reported by <see cref="UseAsync"/>.</summary>
    public DayOption From => _from;

    public DayOption To => _to;

    /// <summary>The file of <c>--csv</c>, or null.</summary>
    public SeriesFile? Csv(ParseResult parsed) =>
        parsed.GetValue(_csv) is { } path ? new(path, parsed.GetValue(_date)!, parsed.GetValue(_count), parsed.GetValue(_group)) : null;

    /// <summary>The query that the options are; null without <c>--signal</c>.</summary>
    public Result<SeriesQuery?> Query(ParseResult parsed)
    {
        if (!_from.Of(parsed).Try(out var from, out var problem) || !_to.Of(parsed).Try(out var to, out problem)) return problem;
        return parsed.GetValue(_signal) is { } signal
            ? new SeriesQuery(signal, parsed.GetValue(_region)!, parsed.GetValue(_age), parsed.GetValue(_institution), from.Day, to.Day)
            : (SeriesQuery?)null;
    }

    /// <summary>Loads the series and lets the command work on them; reports what stood in the way.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> UseAsync(ParseResult parsed, SeriesGroup group, Func<IReadOnlyList<CountSeries>, int> work, CancellationToken cancellation) =>
        LoadAsync(parsed, group, Title, work, cancellation);

    /// <summary>The same, with the code of the group as the name of a series.</summary>
    public Task<int> UseRawAsync(ParseResult parsed, SeriesGroup group, Func<IReadOnlyList<CountSeries>, int> work, CancellationToken cancellation) =>
        LoadAsync(parsed, group, (_, _, _, key) => key, work, cancellation);

    private async Task<int> LoadAsync(
        ParseResult parsed, SeriesGroup group, Func<SignalNames, SeriesQuery, SeriesGroup, string, string> title,
        Func<IReadOnlyList<CountSeries>, int> work, CancellationToken cancellation)
    {
        if (!Query(parsed).Try(out var query, out var problem)) return _terminal.Fail(problem);
        if (Csv(parsed) is { } csv)
        {
            if (!CsvSeries.Read(csv).Try(out var read, out problem)) return _terminal.Fail(problem);
            return Work(parsed, [.. read.Select(s => Cut(s, parsed))], work);
        }

        if (query is null) return _terminal.Fail(new(ProblemKind.Incorrect, "epidemic.no-series", _terminal.Text["epidemic.no-series"]));
        return await LakeRoom.UseAsync(parsed, _terminal, write: false, async room =>
        {
            var names = new SignalNames(room.Registry);
            if (!names.Knows(query.Signal)) return _terminal.Fail(new(ProblemKind.NotFound, "epidemic.unknown-signal", _terminal.Text.Format("epidemic.unknown-signal", query.Signal)));
            var found = await new SeriesReader(room.Lake, room.Scope).SeriesAsync(query, group, cancellation).ConfigureAwait(false);
            if (!found.Try(out var series, out var failed)) return _terminal.Fail(failed);
            return Work(parsed, [.. series.Select(s => s with { Name = title(names, query, group, s.Name) })], work);
        }).ConfigureAwait(false);
    }

    private int Work(ParseResult parsed, IReadOnlyList<CountSeries> series, Func<IReadOnlyList<CountSeries>, int> work)
    {
        if (parsed.GetValue(_weekly)) series = [.. series.Select(s => s.Weeks())];
        series = [.. series.Where(s => s.Counts.Length > 0)];
        return series.Count == 0 ? _terminal.Fail(new(ProblemKind.NotFound, "epidemic.no-cases", _terminal.Text["epidemic.no-cases"])) : work(series);
    }

    private string Title(SignalNames names, SeriesQuery query, SeriesGroup group, string key)
    {
        var language = _terminal.Text.Language;
        var signal = names.Signal(group == SeriesGroup.Code ? key : query.Signal).In(language);
        return group switch
        {
            SeriesGroup.Region => names.Region(key).In(language),
            SeriesGroup.Age => key.Length == 0 ? "?" : $"{key}+",
            SeriesGroup.Institution => key,
            SeriesGroup.Code => signal,
            _ => query.Region.Length == 0 ? signal : $"{signal} · {names.Region(query.Region).In(language)}",
        };
    }

    private CountSeries Cut(CountSeries series, ParseResult parsed)
    {
        var from = Math.Clamp(_from.Of(parsed).Value.Day is { } first ? series.IndexOf(first) : 0, 0, series.Counts.Length);
        var to = Math.Clamp(_to.Of(parsed).Value.Day is { } last ? series.IndexOf(last) + 1 : series.Counts.Length, from, series.Counts.Length);
        return series with { Start = series.DateOf(from), Counts = series.Counts[from..to] };
    }
}
