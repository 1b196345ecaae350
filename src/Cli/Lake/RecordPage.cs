using System.Globalization;
using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Cli.Lake;

/// <summary>One record: its items with their names and the names of their codes, the checks it failed, and its former versions.</summary>
internal sealed class RecordPage(LakeRoom room, Terminal terminal)
{
    private static readonly (string Column, string Title)[] SystemTitles =
    [
        (SystemColumns.Record, "show.key"), (SystemColumns.Subject, "show.person"), (SystemColumns.Org, "show.org"),
        (SystemColumns.Time, "show.time"), (SystemColumns.Batch, "show.batch"), (SystemColumns.Version, "show.version"),
    ];

    public async Task<int> PrintAsync(UInt128 key, string? dataSet, CancellationToken cancellation)
    {
        var found = false;
        foreach (var shape in room.Shapes.Where(s => dataSet is null || s.DataSet.Id == dataSet))
        {
            var query = new Query(shape.DataSet.Id) { Where = new Filter.Compare(SystemColumns.Record, Comparison.Equal, Value.Record(key)) };
            var current = await room.Lake.RunAsync(room.Scope, query, cancellation).ConfigureAwait(false);
            if (!current.Try(out var rows, out var problem)) return terminal.Fail(problem);
            found |= await PrintAsync(shape, rows, former: false, cancellation).ConfigureAwait(false);

            // The key is a number that was parsed, so it cannot carry SQL.
            var sql = string.Create(CultureInfo.InvariantCulture, $"""SELECT * FROM history."{shape.DataSet.Id}" WHERE _record = {key} ORDER BY _version DESC""");
            var history = await room.Lake.RunSqlAsync(room.Scope, sql, cancellation).ConfigureAwait(false);
            if (history.Try(out rows, out problem)) found |= await PrintAsync(shape, rows, former: true, cancellation).ConfigureAwait(false);
            else if (problem.Kind != ProblemKind.NotFound) return terminal.Fail(problem);
        }

        return found ? ExitCodes.Ok : terminal.Fail(new(ProblemKind.NotFound, "show.no-record", terminal.Text["show.record.none"]));
    }

    private async Task<bool> PrintAsync(TableShape shape, RowStream rows, bool former, CancellationToken cancellation)
    {
        var any = false;
        await using (rows.ConfigureAwait(false))
        {
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.Length; row++, any = true) Print(shape, Cells(batch, row), former);
                }
            }
        }

        return any;
    }

    private static Dictionary<string, string?> Cells(RecordBatch batch, int row) =>
        batch.Schema.FieldsList.Select((f, i) => (f.Name, Text: ArrowCell.Text(batch.Column(i), row))).ToDictionary(c => c.Name, c => c.Text);

    private void Print(TableShape shape, Dictionary<string, string?> cells, bool former)
    {
        var text = terminal.Text;
        terminal.Print($"{shape.DataSet.Id} {shape.DataSet.Name.In(text.Language)}{(former ? $" ({text.Format("show.record.former", cells["_version"]!, cells["_superseded_by"]!)})" : "")}");
        var listing = new Listing(text["show.item"], text["show.title"], text["show.value"]);
        foreach (var (name, title) in SystemTitles)
        {
            if (cells.GetValueOrDefault(name) is { } value) listing.Add(name, text[title], value);
        }

        foreach (var item in shape.DataSet.Items)
        {
            if (cells.GetValueOrDefault(item.Name) is { } value) listing.Add(item.Name, ItemText.Title(item, text.Language), ItemText.Value(item, value, text.Language));
        }

        foreach (var reason in FailedChecks.Of(shape, cells)) listing.Add(SystemColumns.Checks, text["show.checks"], reason);
        terminal.Print(listing);
        terminal.Print();
    }
}
