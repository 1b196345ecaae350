using System.Collections.Frozen;
using Apache.Arrow;
using Yunnao.Lake.DuckDb.Consents;
using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>
/// A scoped query over the rows of one person, of some persons, or of a record, whose person is known, computed from a shelf: what <see cref="Queries.SqlWriter"/> and
/// <see cref="Queries.ScopedSelect"/> write for the engine, with the same result, cell by cell. What is not surely the same is left to the engine.
/// </summary>
internal sealed class ShelfQuery
{
    /// <summary>Persons who are looked at first, where a page may be full before the last of them.</summary>
    private const int FirstPersons = 16;

    private readonly ScopedQuery _scoped;
    private readonly FrozenDictionary<ulong, ulong> _survivors;
    private readonly KnownDecisions _decisions;
    private readonly ulong[] _persons;
    private readonly UInt128? _record;

    private ShelfQuery(ScopedQuery scoped, FrozenDictionary<ulong, ulong> survivors, KnownDecisions decisions, ulong[] persons, UInt128? record) =>
        (_scoped, _survivors, _decisions, _persons, _record) = (scoped, survivors, decisions, persons, record);

    /// <summary>
    /// The query, or null when it is not one of plain rows of some persons in an order that leaves nothing open.
    /// </summary>
    /// <param name="survivors">Merged subject → the one under which its rows are found.</param>
    /// <param name="decisions">Of all persons.</param>
    /// <param name="personOf">The person of a record; null when nobody knows.</param>
    public static ShelfQuery? Of(ScopedQuery scoped, FrozenDictionary<ulong, ulong> survivors, KnownDecisions decisions, Func<UInt128, ulong?> personOf)
    {
        var (query, table) = (scoped.Query, scoped.Table);
        if (query is not { Grouped: false, Changes: null, Versions: false, NewestOf: null, Beyond: null, Mark: null, UntilBatch: null, After: null }) return null;

        // Without an order to the end two answers may differ, and a page of the shelf would not fit one of the engine.
        var whole = query.Order is [.., var last] && (last.Name == Query.KeyColumn || table.Find(last.Name)!.Kind == ValueKind.Record);
        if (!whole || !table.RowsShown || SomePersons(scoped, personOf) is not var (asked, record)) return null;
        var from = scoped.PersonsInOrder?.From ?? 0;
        ulong[] persons = asked is [var one] ? [survivors.GetValueOrDefault(one, one)] : PersonParts.InOrder(asked, from, survivors);
        return new(scoped, survivors, decisions, persons, record);
    }

    /// <summary>
    /// The persons whose rows are asked for, in parts of which each has those that come after the ones before, each part in order: when there are as many rows as are wanted, nothing is asked of the rest.
    /// </summary>
    public IEnumerable<ArraySegment<ulong>> Parts() => PersonParts.Of(_persons, _scoped.PersonsInOrder is null ? Math.Max(1, _persons.Length) : FirstPersons);

    /// <summary>Those of some persons of whom the Scope reaches rows; null when only the engine knows what they decided.</summary>
    public List<ulong>? Reached(ArraySegment<ulong> persons)
    {
        var (reached, filter) = (new List<ulong>(persons.Count), _scoped.Table.Rows);
        var only = filter.Subjects?.Select(s => _survivors.GetValueOrDefault(s, s)).ToHashSet();
        foreach (var person in persons)
        {
            if (only?.Contains(person) == false) continue;
            if (filter.Consent is { } consent)
            {
                if (_decisions.Allows(consent, person, _survivors) is not { } isAllowed) return null;
                if (!isAllowed) continue;
            }

            reached.Add(person);
        }

        return reached;
    }

    /// <summary>The rows that are wanted; null when the engine has to give the answer.</summary>
    /// <param name="rows">All rows of persons whom the Scope reaches.</param>
    /// <param name="most">Rows that are still wanted.</param>
    /// <param name="redactor">As the engine has it; null shows nothing of a text that is to be redacted.</param>
    public (Schema Schema, RecordBatch? Rows)? Run(ShelfRows rows, long most, ITextRedactor? redactor)
    {
        var (query, values) = (_scoped.Query, new ShelfValues(rows, _scoped.PseudonymKey, redactor));
        var wanted = query.Where is { } where ? ShelfCondition.Of(where, Column, _survivors) : _ => true;
        if (wanted is null) return null;

        // Another record may have the same half of its key.
        if (_record is { } record && !System.Array.Exists(values.Key.Values, v => v.Key == record)) return null;
        var reached = InReach(values);
        var chosen = Enumerable.Range(0, rows.Count).Where(row => reached(row) && wanted(row) == true).ToList();
        Sort(chosen);
        var from = (int)Math.Min(chosen.Count, query.Offset);
        var page = chosen.GetRange(from, (int)Math.Min(chosen.Count - from, most));

        // What is not given need not be shown.
        var (shown, given) = page.Count < rows.Count ? (new ShelfValues(rows, _scoped.PseudonymKey, redactor, page), [.. Enumerable.Range(0, page.Count)]) : (values, page);
        var (fields, arrays) = (new List<Field>(), new List<IArrowArray>());
        foreach (var output in query.Outputs) Add(output.Title, output.Name!);
        for (var i = 0; query.Keyed && i < query.Order.Count; i++) Add(i == query.Order.Count - 1 ? Query.KeyColumn : Query.SortColumn(i), query.Order[i].Name);
        if (values.LeavesOff || shown.LeavesOff) return null;
        var schema = new Schema(fields, null);
        return (schema, page.Count == 0 ? null : new RecordBatch(schema, arrays, page.Count));

        ShownValues Column(string name) => Of(values, name);

        ShownValues Of(ShelfValues from, string name) => name == Query.KeyColumn ? from.Key : from.Of(_scoped.Table.Find(name)!);

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
            var column = Of(shown, name) is { Type.Type: ShelfType.UnsignedHugeInt } keys ? ShelfValues.Digits(keys) : Of(shown, name);
            fields.Add(new Field(title, ShelfArrow.TypeOf(column.Type), nullable: true));
            arrays.Add(ShelfArrow.Build(column, given));
        }
    }

    /// <summary>The subjects whose rows are asked for, and the record by which the one was found; null when they are not surely those of some.</summary>
    private static (IReadOnlyList<ulong> Subjects, UInt128? Record)? SomePersons(ScopedQuery scoped, Func<UInt128, ulong?> personOf)
    {
        if (scoped.Table.Rows.Subjects is [var only]) return ([only], null);
        if (Named(SystemColumns.Subject) is ulong subject) return ([subject], null);
        if (Named(SystemColumns.Record) is UInt128 record) return personOf(record) is { } person ? ([person], record) : null;
        return scoped.Persons is { } persons ? ([.. persons.Select(p => (ulong)p.Data)], null) : null;

        object? Named(string column) => scoped.Table.Find(column) is { Action: ItemAction.Clear } ? scoped.Only(column)?.Data : null;
    }

    /// <summary>Which rows of persons in reach are in reach; refused rows are in no shelf.</summary>
    private Func<int, bool> InReach(ShelfValues values)
    {
        if (_scoped.Table.Rows.Organisations is not { } organisations) return _ => true;
        var (codes, held) = (organisations.Select(System.Text.Encoding.UTF8.GetBytes).ToArray(), values.Stored(SystemColumns.Org).Values);
        return row => held[row].IsThere && codes.Any(c => held[row].Text.Span.SequenceEqual(c));
    }
}
