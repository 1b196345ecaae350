using System.Collections.Frozen;
using Apache.Arrow;
using Yunnao.Lake.DuckDb.Consents;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>
/// A scoped query over the rows of one person, computed from a shelf: what <see cref="Queries.SqlWriter"/> and <see cref="Queries.ScopedSelect"/> write for the engine, with
/// the same result, cell by cell. What is not surely the same is left to the engine.
/// </summary>
internal sealed class ShelfQuery
{
    private readonly ScopedQuery _scoped;
    private readonly FrozenDictionary<ulong, ulong> _survivors;

    private readonly bool _isAllowed;

    private ShelfQuery(ScopedQuery scoped, FrozenDictionary<ulong, ulong> survivors, ulong subject, bool isAllowed) => (_scoped, _survivors, Subject, _isAllowed) = (scoped, survivors, subject, isAllowed);

    /// <summary>The person whose rows are asked for.</summary>
    public ulong Subject { get; }

    /// <summary>The query, or null when it is not one of plain rows of one person in an order that leaves nothing open, or depends on decisions that only the engine knows.</summary>
    /// <param name="survivors">Merged subject → the one under which its rows are found.</param>
    /// <param name="decisions">Of all persons.</param>
    public static ShelfQuery? Of(ScopedQuery scoped, FrozenDictionary<ulong, ulong> survivors, KnownDecisions decisions)
    {
        var (query, table) = (scoped.Query, scoped.Table);
        if (query is not { Grouped: false, Changes: null, Versions: false, NewestOf: null, Beyond: null, Mark: null, UntilBatch: null, After: null }) return null;
        if (!table.RowsShown || OnePerson(scoped) is not { } asked) return null;

        // Without an order to the end two answers may differ, and a page of the shelf would not fit one of the engine.
        var whole = query.Order is [.., var last] && (last.Name == Query.KeyColumn || table.Find(last.Name)!.Kind == ValueKind.Record);
        if (!whole) return null;
        var subject = survivors.GetValueOrDefault(asked, asked);
        var allowed = table.Rows.Consent is { } consent ? decisions.Allows(consent, subject, survivors) : true;
        return allowed is { } known ? new(scoped, survivors, subject, known) : null;
    }

    /// <summary>The answer; null when the engine has to give it.</summary>
    /// <param name="rows">All rows of the person.</param>
    /// <param name="redactor">As the engine has it; null shows nothing of a text that is to be redacted.</param>
    public (Schema Schema, RecordBatch? Rows)? Run(ShelfRows rows, ITextRedactor? redactor)
    {
        var (query, values) = (_scoped.Query, new ShelfValues(rows, _scoped.PseudonymKey, Subject, redactor));
        var wanted = query.Where is { } where ? ShelfCondition.Of(where, Column, _survivors) : _ => true;
        if (wanted is null) return null;
        var reached = Reached(values);
        var chosen = Enumerable.Range(0, rows.Count).Where(row => reached(row) && wanted(row) == true).ToList();
        Sort(chosen);
        var from = (int)Math.Min(chosen.Count, query.Offset);
        var page = chosen.GetRange(from, (int)Math.Min(chosen.Count - from, query.Limit ?? long.MaxValue));
        var (fields, arrays) = (new List<Field>(), new List<IArrowArray>());
        foreach (var output in query.Outputs) Add(output.Title, output.Name!);
        for (var i = 0; query.Keyed && i < query.Order.Count; i++) Add(i == query.Order.Count - 1 ? Query.KeyColumn : Query.SortColumn(i), query.Order[i].Name);
        if (values.LeavesOff) return null;
        var schema = new Schema(fields, null);
        return (schema, page.Count == 0 ? null : new RecordBatch(schema, arrays, page.Count));

        ShownValues Column(string name) => name == Query.KeyColumn ? values.Key : values.Of(_scoped.Table.Find(name)!);

        void Sort(List<int> unsorted)
        {
            var order = query.Order.Select(o => (By: Column(o.Name), o.Descending)).ToArray();
            unsorted.Sort((left, right) =>
            {
                foreach (var (by, descending) in order)
                    if (by.Order(left, right, descending) is not 0 and var compared) return compared;
                return 0;
            });
        }

        void Add(string title, string name)
        {
            var column = Column(name) is { Type.Type: ShelfType.UnsignedHugeInt } keys ? ShelfValues.Digits(keys) : Column(name);
            fields.Add(new Field(title, ShelfArrow.TypeOf(column.Type), nullable: true));
            arrays.Add(ShelfArrow.Build(column, page));
        }
    }

    /// <summary>The one subject whose rows are asked for; null when they are not surely those of one.</summary>
    private static ulong? OnePerson(ScopedQuery scoped)
    {
        if (scoped.Table.Rows.Subjects is [var only]) return only;
        return scoped.Table.Find(SystemColumns.Subject) is { Action: ItemAction.Clear } ? Named(scoped.Query.Where) : null;

        static ulong? Named(Filter? filter) => filter switch
        {
            Filter.Compare { Name: SystemColumns.Subject, Comparison: Comparison.Equal } compare => (ulong)compare.Value.Data,
            Filter.And and => and.Parts.Select(Named).FirstOrDefault(s => s is not null),
            _ => null,
        };
    }

    /// <summary>Which rows the Scope reaches; refused rows are in no shelf.</summary>
    private Func<int, bool> Reached(ShelfValues values)
    {
        var filter = _scoped.Table.Rows;
        if (!_isAllowed) return _ => false;
        if (filter.Subjects is { } subjects && !subjects.Any(s => _survivors.GetValueOrDefault(s, s) == Subject)) return _ => false;
        if (filter.Organisations is not { } organisations) return _ => true;
        var (codes, held) = (organisations.Select(System.Text.Encoding.UTF8.GetBytes).ToArray(), values.Stored(SystemColumns.Org).Values);
        return row => held[row].IsThere && codes.Any(c => held[row].Text.Span.SequenceEqual(c));
    }
}
