using System.Collections.Frozen;
using System.Globalization;
using System.Security.Claims;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Queries;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.DataServices;

/// <summary>The data sets by interface: a page of rows or of groups, under the caller's Scope and in the audit.</summary>
public sealed class DataService(CallerScopes scopes, Registry registry, IReadOnlyList<TableShape> shapes, CursorSeal seal)
{
    private readonly FrozenDictionary<string, TableShape> _shapes = shapes.ToFrozenDictionary(s => s.DataSet.Id);

    /// <summary>The data set of an id. Problem: <c>query.data-set</c>.</summary>
    public Result<DataSet> Find(string id) => registry.DataSets.TryGetValue(id, out var set) && _shapes.ContainsKey(id)
        ? set
        : new Problem(ProblemKind.NotFound, "query.data-set", "There is no data set of this id; GET /api/v1/data lists those that the caller reaches.", new(Path: "data_set"));

    /// <summary>The data sets that a caller reaches for a purpose, with the Scope that says what of each. Problems: <c>query.purpose</c>, <c>scope.*</c>.</summary>
    public async Task<Result<(Scope Scope, IReadOnlyList<TableShape> Shapes)>> ReachAsync(ClaimsPrincipal caller, string? purpose, CancellationToken cancellation)
    {
        if (purpose is not { Length: > 0 }) return NoPurpose();
        if (!(await scopes.MakeAsync(caller, purpose, null, [], cancellation).ConfigureAwait(false)).Try(out var scope, out var problem)) return problem;
        return (scope, scope.DataSets.Order(StringComparer.Ordinal).Select(id => _shapes[id]).ToArray());
    }

    /// <summary>
    /// One page. Problems: <c>query.*</c>, <c>scope.*</c>, <c>data.value</c>, <c>data.range</c>, <c>data.measure</c>, <c>data.groups</c>,
    /// <c>data.since</c>, <c>data.cursor</c>, <c>data.cursor-of-another</c>.
    /// </summary>
    public async Task<Result<DataPage>> PageAsync(ClaimsPrincipal caller, DataQuestion question, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (!(await MakeQueryAsync(caller, question, cancellation).ConfigureAwait(false)).Try(out var made, out var problem)) return problem;
        var (scope, table, query) = made;
        if (question.Since is { } since) return await ChangesAsync(caller, scope, query, question, since, cancellation).ConfigureAwait(false);
        if (question.Grouped) return await GroupsAsync(scope, query with { Limit = DataQuestion.LongestPage + 1 }, question, cancellation).ConfigureAwait(false);

        var binding = Binding(caller, question, query);
        IReadOnlyList<string?>? place = null;
        if (question.After is { } cursor && !seal.Open(binding, cursor, "after").Try(out place, out problem)) return problem;

        if (query.Order.Count == 0) query = query with { Order = scopes.Lake.OrderOf(table, place) };
        if (place is not null) query = query with { After = After(place, query, table) };
        if (!(await RunAsync(scope, query, query.Order.Count + 1, cancellation).ConfigureAwait(false)).Try(out var page, out problem)) return problem;
        if (page.Rows == question.Limit && page.Place.Count > 0) page.Next = seal.Seal(binding, page.Place);
        return page;
    }

    /// <summary>
    /// A page of the records that changed between two places in the history of the lake and match now; those that are gone have no values to match.
    /// Problems: as of <see cref="PageAsync"/>.
    /// </summary>
    internal async Task<Result<DataPage>> PageBetweenAsync(ClaimsPrincipal caller, DataQuestion question, ChangeRange range, CancellationToken cancellation)
    {
        if (!(await MakeQueryAsync(caller, question, cancellation).ConfigureAwait(false)).Try(out var made, out var problem)) return problem;
        var query = made.Query with { Order = [] };
        var binding = CursorSeal.Binding("between", string.Join(' ', Places(range.After)), string.Join(' ', Places(range.UpTo)), Convert.ToHexString(Binding(caller, question, query)));
        if (question.After is { } cursor)
        {
            if (!seal.Open(binding, cursor, "after").Try(out var place, out problem)) return problem;
            query = query with { After = After(place, query, made.Table) };
        }

        if (!(await RunAsync(made.Scope, query with { Changes = range }, 1, cancellation).ConfigureAwait(false)).Try(out var page, out problem)) return problem;
        if (page.Rows == question.Limit) page.Next = seal.Seal(binding, page.Place);
        return page;
    }

    /// <summary>The Scope of a question, the data set as it shows it, and the query. Problems: <c>query.*</c>, <c>scope.*</c>, <c>data.value</c>, <c>data.range</c>, <c>data.measure</c>.</summary>
    internal async Task<Result<(Scope Scope, ScopedTable Table, Query Query)>> MakeQueryAsync(ClaimsPrincipal caller, DataQuestion question, CancellationToken cancellation)
    {
        if (question.Purpose is not { Length: > 0 } purpose) return NoPurpose();
        if (!(await scopes.MakeAsync(caller, purpose, question.Subject, [question.DataSet], cancellation).ConfigureAwait(false)).Try(out var scope, out var problem)) return problem;
        if (!ScopedTable.Of(_shapes[question.DataSet], scope).Try(out var table, out problem)) return problem;
        if (!QuestionQuery.Of(question, table, own: CallerId.IsLocal(caller)).Try(out var query, out problem)) return problem;
        return (scope, table, query);
    }

    /// <summary>
    /// The changes since a mark, in the order of record keys. What is committed while somebody walks through the pages belongs to the next
    /// walk: the first page says where this one ends, and the cursors keep it.
    /// </summary>
    private async Task<Result<DataPage>> ChangesAsync(ClaimsPrincipal caller, Scope scope, Query query, DataQuestion question, string since, CancellationToken cancellation)
    {
        if (question.Grouped || question.Sort.Count > 0 || question.Conditions.Count > 0 || question.From is not null || question.To is not null)
            return new Problem(ProblemKind.Incorrect, "data.since", "Changes are of a whole data set: beside purpose, subject, organisation, fields and limit nothing narrows or sorts them, because of a record that is gone nothing else is known.", new(Path: "since"));
        var of = CursorSeal.Binding("changes", CallerId.Of(caller), question.DataSet, question.Purpose!, $"{question.Subject}", string.Join(' ', question.Organisations));
        if (!OpenMark(of, since).Try(out var after, out var problem)) return problem;
        var binding = CursorSeal.Binding(Convert.ToHexString(of), since, string.Join(' ', question.Fields));
        var upTo = question.After is null ? await scopes.Lake.MarkAsync(cancellation).ConfigureAwait(false) : null;
        query = query with { Order = [] };
        if (question.After is { } cursor)
        {
            if (!seal.Open(binding, cursor, "after").Try(out var place, out problem)) return problem;
            upTo = MarkOf(place);
            query = query with { After = [ValueText.TryRead(place[2]!, ValueKind.Record, out var key) ? key : null] };
        }

        query = query with { Changes = new(after, upTo!) };
        if (!(await RunAsync(scope, query, 1, cancellation).ConfigureAwait(false)).Try(out var page, out problem)) return problem;
        if (page.Rows == question.Limit) page.Next = seal.Seal(binding, [.. Places(upTo!), page.Place[0]]);
        page.Mark = seal.Seal(of, Places(upTo!));
        return page;
    }

    private Result<LakeMark> OpenMark(byte[] binding, string since) => since == DataQuestion.FromTheBeginning
        ? LakeMark.Start
        : seal.Open(binding, since, "since").Try(out var place, out var problem) ? MarkOf(place) : problem;

    private static LakeMark MarkOf(IReadOnlyList<string?> place) => new(int.Parse(place[0]!, CultureInfo.InvariantCulture), long.Parse(place[1]!, CultureInfo.InvariantCulture));

    private static string?[] Places(LakeMark mark) => [mark.Batch.ToString(CultureInfo.InvariantCulture), mark.Move.ToString(CultureInfo.InvariantCulture)];

    private async Task<Result<DataPage>> GroupsAsync(Scope scope, Query query, DataQuestion question, CancellationToken cancellation)
    {
        var answer = await RunAsync(scope, query, 0, cancellation).ConfigureAwait(false);
        if (!answer.Try(out var page, out _) || page.Rows <= DataQuestion.LongestPage) return answer;
        page.Dispose();
        return new Problem(ProblemKind.Incorrect, "data.groups", $"There are more than {DataQuestion.LongestPage} groups; ask for a shorter time, or group by less.", new(Path: "group"));
    }

    private async Task<Result<DataPage>> RunAsync(Scope scope, Query query, int hidden, CancellationToken cancellation)
    {
        if (!(await scopes.Lake.RunAsync(scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out var problem)) return problem;
        try
        {
            return await DataPage.ReadAsync(query.DataSet, rows, hidden, cancellation).ConfigureAwait(false);
        }
        catch (QueryFailedException e)
        {
            return e.Problem;
        }
    }

    /// <summary>The question as a whole, but for where its page begins and how long it is.</summary>
    private static byte[] Binding(ClaimsPrincipal caller, DataQuestion question, Query query) => CursorSeal.Binding(
        CallerId.Of(caller), question.Purpose!, $"{question.Subject}", QueryJson.Write(query with { Limit = null }).ToJsonString());

    private static Value?[] After(IReadOnlyList<string?> place, Query query, ScopedTable table) =>
    [
        .. place.Select((text, i) =>
        {
            var kind = i < query.Order.Count ? table.Find(query.Order[i].Name)?.Kind ?? ValueKind.Text : ValueKind.Record;
            return text is not null && ValueText.TryRead(text, kind, out var value) ? value : (Value?)null;
        }),
    ];

    private static Problem NoPurpose() =>
        new(ProblemKind.Incorrect, "query.purpose", "Say what for: purpose is an id of standards/policies/purposes.csv.", new(Path: "purpose"));
}
