using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Exports;

/// <summary>What an order asks of one data set: the columns that its recipient sees, and the query for its rows.</summary>
internal sealed record ExportQuery(TableShape Shape, IReadOnlyList<ScopedColumn> Columns, Query Query)
{
    /// <summary>How the policy shows each column: clear, mask, generalise, pseudonym.</summary>
    public IReadOnlyDictionary<string, string> Actions => Columns.ToDictionary(c => c.Name, c => c.Action.ToString().ToLowerInvariant());

    /// <summary>Problems: <c>query.data-set</c>, <c>scope.*</c>, <c>export.no-key</c>.</summary>
    /// <param name="since">Where what the recipient has ends; null for all that is there.</param>
    /// <param name="mark">None of the rows is newer.</param>
    /// <param name="marks">The watermarks of recipients; null where nobody is marked.</param>
    public static Result<ExportQuery> Of(ExportOrder order, string id, IReadOnlyList<TableShape> shapes, Scope scope, LakeMark? since, LakeMark mark, ExportMarks? marks)
    {
        if (shapes.FirstOrDefault(s => s.DataSet.Id == id) is not { } shape) return new Problem(ProblemKind.NotFound, "query.data-set", $"There is no data set {id}.");
        if (!ScopedTable.Of(shape, scope).Try(out var table, out var problem)) return problem;
        var columns = table.Columns.Where(Wanted).ToList();
        var query = new Query(id)
        {
            Outputs = [.. columns.Select(c => new Output(c.Name))],
            Where = order.Organisations.Count > 0 ? new Filter.In(SystemColumns.Org, [.. order.Organisations.Select(Value.Of)]) : null,
            Mark = order.Marked == true ? marks?.Of(scope.Who) : null,
        };
        var period = Period(order, table);
        if (since is null)
        {
            var all = ((Filter?[])[query.Where, period]).OfType<Filter>().ToList();
            return new ExportQuery(shape, columns, query with { Where = all.Count == 0 ? null : new Filter.And(all), UntilBatch = mark.Batch });
        }

        return table.Find(SystemColumns.Record) is null
            ? NoKey(scope, id)
            : new ExportQuery(shape, columns, query with { Changes = new(since, mark) { Within = period } });
    }

    /// <summary>Without its keys nobody can tell which record was changed or is gone.</summary>
    public static Problem NoKey(Scope scope, string id) => new(
        ProblemKind.Forbidden, "export.no-key", $"The purpose {scope.Purpose} shows no keys of the records of {id}, so nobody could tell which one was changed or is gone. Take the whole as files.");

    private static Filter.And? Period(ExportOrder order, ScopedTable table)
    {
        var parts = new List<Filter>();
        var day = table.Find(SystemColumns.Time)?.Kind == ValueKind.Date;
        if (order.From is { } from) parts.Add(new Filter.Compare(SystemColumns.Time, Comparison.GreaterOrEqual, Moment(from)));
        if (order.To is { } to) parts.Add(new Filter.Compare(SystemColumns.Time, Comparison.Less, Moment(to)));
        return parts.Count == 0 ? null : new Filter.And(parts);

        Value Moment(DateTime moment) => day ? Value.Of(DateOnly.FromDateTime(moment)) : Value.Of(moment);
    }

    /// <summary>What the lake needs for itself tells a recipient nothing.</summary>
    private static bool Wanted(ScopedColumn column) =>
        column.Name != SystemColumns.Batch && !column.Name.StartsWith(SystemColumns.Checks, StringComparison.Ordinal) && column.Name != SystemColumns.Rejected;
}
