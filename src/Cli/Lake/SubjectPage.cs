using System.Text;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Cli.Lake;

/// <summary>Everything that the lake holds about one person, in time order.</summary>
internal sealed class SubjectPage(LakeRoom room, Terminal terminal)
{
    /// <param name="most">Records shown, the earliest; all when null.</param>
    public async Task<Problem?> PrintAsync(ulong subject, string? dataSet, bool json, int? most, CancellationToken cancellation)
    {
        var events = new List<Event>();
        foreach (var shape in room.Shapes.Where(s => s.DataSet.Subject is not null && (dataSet is null || s.DataSet.Id == dataSet)))
        {
            if (await ReadAsync(shape, subject, events, cancellation).ConfigureAwait(false) is { } problem) return problem;
        }

        if (events.Count == 0) return new(ProblemKind.NotFound, "show.no-subject", terminal.Text["show.subject.none"]);
        events.Sort((a, b) => (a.Time, a.DataSet, a.Record).CompareTo((b.Time, b.DataSet, b.Record)));
        if (most is { } shown && events.Count > shown) events.RemoveRange(shown, events.Count - shown);
        if (json) foreach (var e in events) terminal.Print(Json(e));
        else Print(events);
        return null;
    }

    private async Task<Problem?> ReadAsync(TableShape shape, ulong subject, List<Event> events, CancellationToken cancellation)
    {
        var items = shape.DataSet.Items.Where(i => !i.InVault && !i.Roles.HasFlag(Roles.Time) && !i.Roles.HasFlag(Roles.Organisation)).ToList();
        var query = new Query(shape.DataSet.Id)
        {
            Outputs = [.. new[] { SystemColumns.Time, SystemColumns.Org, SystemColumns.Record }.Concat(items.Select(i => i.Name)).Select(n => new Output(n))],
            Where = new Filter.Compare(SystemColumns.Subject, Comparison.Equal, Value.Subject(subject)),
        };
        var answer = await room.Lake.RunAsync(room.Scope, query, cancellation).ConfigureAwait(false);
        if (!answer.Try(out var rows, out var problem)) return problem;
        await using (rows.ConfigureAwait(false))
        {
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.Length; row++)
                    {
                        var values = items.Select((i, n) => (i, Text: ArrowCell.Text(batch.Column(n + 3), row))).Where(v => v.Text is not null).Select(v => (v.i, v.Text!));
                        events.Add(new(
                            shape.DataSet.Id, ArrowCell.Text(batch.Column(0), row) ?? "", ArrowCell.Text(batch.Column(1), row) ?? "",
                            ArrowCell.Text(batch.Column(2), row) ?? "", [.. values]));
                    }
                }
            }
        }

        return null;
    }

    private void Print(List<Event> events)
    {
        var text = terminal.Text;
        var listing = new Listing(text["show.time"], text["show.set"], text["show.org"], text["show.what"]);
        foreach (var e in events)
        {
            var what = e.Values.Select(v => $"{ItemText.Title(v.Item, text.Language)} {ItemText.Value(v.Item, v.Value, text.Language)}");
            listing.Add(e.Time, e.DataSet, e.Organisation, string.Join("; ", what));
        }

        terminal.Print(listing);
    }

    private static string Json(Event e)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = JsonText.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("time", e.Time);
            writer.WriteString("data_set", e.DataSet);
            writer.WriteString("organisation", e.Organisation);
            writer.WriteString("record", e.Record);
            foreach (var (item, value) in e.Values) writer.WriteString(item.Name, value);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>One record of the person.</summary>
    private sealed record Event(string DataSet, string Time, string Organisation, string Record, IReadOnlyList<(Item Item, string Value)> Values);
}
