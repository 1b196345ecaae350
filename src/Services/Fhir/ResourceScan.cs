using System.Text.Json;
using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.DataServices;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>
/// The matches of one source in their order, fetched a chunk at a time from a place on. Where several rows tell of one person, the newest that
/// matches is the resource and the others are passed over.
/// </summary>
internal sealed class ResourceScan(ResourceSource source, ScopedTable table, FhirReading reading, Filter? where, IReadOnlyList<SearchSort>? sort = null) : IDisposable
{
    private const string AtEnd = "";

    private readonly List<RecordBatch> _batches = [];
    private readonly Ordering?[] _sort = [.. (sort ?? []).Select(s => s.In(source))];
    private IReadOnlyList<Ordering>? _ordered;
    private ResourceWriter? _writer;
    private IReadOnlyList<string?>? _place;
    private string? _last;
    private int _batch, _row, _fetched, _limit;
    private bool _ended, _begun;

    public ResourceSource Source => source;

    public ScopedTable Table => table;

    /// <summary>Which rows match; null for all.</summary>
    public Filter? Where => where;

    /// <summary>Names of the elements that are wanted; null for all.</summary>
    public IReadOnlySet<string>? Elements { get; init; }

    /// <summary>True for every version of the records.</summary>
    public bool Versions { get; init; }

    /// <summary>True when nothing of what is fetched is given with this answer, so that it is not told of; else the reading has to tell before it is.</summary>
    public bool Ahead { get; init; }

    /// <summary>The writer of the rows; there when <see cref="NextAsync"/> was called.</summary>
    public ResourceWriter Writer => _writer!;

    /// <summary>What was asked of the lake last; null before the first fetch.</summary>
    public Query? Asked { get; private set; }

    public RecordBatch Batch => _batches[_batch];

    public int Row => _row;

    public string Id => _writer!.Id(Batch, _row);

    private bool PassesOver => source.OnePerSubject && !Versions && _sort.Length == 0;

    private IReadOnlyList<Ordering> Order => _ordered ??= PassesOver ? [new(SystemColumns.Subject), new(SystemColumns.Time, Descending: true)]
        : _sort.Length > 0 || Versions ? [.. _sort.OfType<Ordering>()]
        : reading.Lake.OrderOf(table, _place);

    /// <summary>A value by which sources are merged; missing where the source has none.</summary>
    public (string? Text, ValueKind Kind) SortValue(int place)
    {
        if (_sort[place] is not { } by) return (null, ValueKind.Text);
        var ordinal = Batch.ColumnCount - Order.Count - 1 + _sort.Take(place).Count(s => s is not null);
        return (ArrowCell.Text(Batch.Column(ordinal), _row), table.Find(by.Name)!.Kind);
    }

    /// <summary>Where the rows that were taken end: null before the first, empty after the last.</summary>
    public string? Place
    {
        get => _ended ? AtEnd : _place is null ? null : JsonSerializer.Serialize(_place);
        set => (_ended, _place) = (value == AtEnd, value is null or AtEnd ? null : JsonSerializer.Deserialize<string?[]>(value));
    }

    /// <summary>Stands on the next row that was not taken; false at the end.</summary>
    public async Task<Result<bool>> NextAsync(int limit, CancellationToken cancellation)
    {
        if (!_begun && !_ended && !reading.Holds(source)) _ended = true;
        while (true)
        {
            if (_ended) return false;
            if (_batch < _batches.Count && _row < Batch.Length)
            {
                if (!PassesOver || Id != (_last ??= _place?[0])) return true;
                Step();
                continue;
            }

            if (_batch < _batches.Count)
            {
                (_batch, _row) = (_batch + 1, 0);
                continue;
            }

            if (_begun && _fetched < _limit)
            {
                _ended = true;
                return false;
            }

            if (await FetchAsync(limit, cancellation).ConfigureAwait(false) is { } problem) return problem;
        }
    }

    /// <summary>Takes the row.</summary>
    public void Take()
    {
        if (PassesOver) _last = Id;
        Step();
    }

    private void Step()
    {
        var hidden = Order.Count + 1;
        _place = [.. Enumerable.Range(Batch.ColumnCount - hidden, hidden).Select(i => ArrowCell.Text(Batch.Column(i), _row))];
        _row++;
    }

    private async Task<Problem?> FetchAsync(int limit, CancellationToken cancellation)
    {
        var query = Asked = new Query(source.DataSet)
        {
            Outputs = source.Outputs(table), Where = where, Order = Order, Keyed = true, Limit = _limit = limit, After = After(), Versions = Versions,
            NewestOf = source.OnePerSubject && !Versions && !PassesOver ? SystemColumns.Subject : null,
        };
        if (!(await reading.Lake.AheadAsync(reading.Scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out var problem))
        {
            Note(query, problem);
            return problem;
        }

        (_begun, _fetched) = (true, 0);
        Clear();
        try
        {
            await using (rows.ConfigureAwait(false))
            {
                await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
                {
                    _batches.Add(batch);
                    _fetched += batch.Length;
                }
            }
        }
        catch (QueryFailedException e)
        {
            Note(query, e.Problem);
            return e.Problem;
        }

        Note(query, null);
        _writer ??= new(source, table, reading, rows.Schema, Elements);
        await _writer.KnowArrivalsAsync(_batches, cancellation).ConfigureAwait(false);
        return null;
    }

    private void Note(Query query, Problem? problem)
    {
        if (!Ahead) reading.Note(new(query, _fetched, problem));
    }

    private Value?[]? After() => _place is null
        ? null
        : [.. _place.Select((text, i) => text is not null && ValueText.TryRead(text, i < Order.Count ? table.Find(Order[i].Name)!.Kind : ValueKind.Record, out var value) ? value : (Value?)null)];

    private void Clear()
    {
        foreach (var batch in _batches) batch.Dispose();
        _batches.Clear();
        (_batch, _row) = (0, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();
}
