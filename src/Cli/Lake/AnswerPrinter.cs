using System.Text;
using System.Text.Json;
using Apache.Arrow;
using Yunnao.Lake.Queries;

namespace Yunnao.Cli.Lake;

/// <summary>Prints the rows of an answer as they come: a drawn table on a terminal, tab-separated lines, CSV or JSON lines otherwise.</summary>
internal sealed class AnswerPrinter(Terminal terminal, AnswerFormat format, int mostOnTerminal)
{
    public async Task PrintAsync(RowStream rows, CancellationToken cancellation)
    {
        var names = rows.Schema.FieldsList.Select(f => f.Name).ToArray();
        if (format == AnswerFormat.Table && terminal.OutIsTerminal)
        {
            await DrawAsync(rows, cancellation).ConfigureAwait(false);
            return;
        }

        if (format == AnswerFormat.JsonArray)
        {
            await PrintArrayAsync(names, rows, cancellation).ConfigureAwait(false);
            return;
        }

        if (format != AnswerFormat.Json) terminal.Print(Line(names));
        await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                for (var row = 0; row < batch.Length; row++) terminal.Print(format == AnswerFormat.Json ? Json(names, batch, row) : Line(Cells(batch, row)));
            }
        }
    }

    /// <summary>The rows of an answer as a listing, at most so many, and whether there were more.</summary>
    public static async Task<(Listing Listing, bool More)> ListAsync(RowStream rows, int most, CancellationToken cancellation)
    {
        var (listing, more) = (new Listing([.. rows.Schema.FieldsList.Select(f => f.Name)]), false);
        await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                var room = Math.Min(batch.Length, most - listing.Rows.Count);
                for (var row = 0; row < room; row++) listing.Add([.. Cells(batch, row).Select(c => c ?? "")]);
                more = room < batch.Length;
            }

            if (more) break;
        }

        return (listing, more);
    }

    private async Task PrintArrayAsync(string[] names, RowStream rows, CancellationToken cancellation)
    {
        var before = "[";
        await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                for (var row = 0; row < batch.Length; row++)
                {
                    terminal.Print(before + Json(names, batch, row));
                    before = ",";
                }
            }
        }

        terminal.Print(before == "[" ? "[]" : "]");
    }

    private async Task DrawAsync(RowStream rows, CancellationToken cancellation)
    {
        var (listing, more) = await ListAsync(rows, mostOnTerminal, cancellation).ConfigureAwait(false);
        terminal.Print(listing);
        if (more) terminal.Error.WriteLine(terminal.Text.Format("query.more", mostOnTerminal));
    }

    private static IEnumerable<string?> Cells(RecordBatch batch, int row) => batch.Arrays.Select(a => ArrowCell.Text(a, row));

    private string Line(IEnumerable<string?> cells) => format == AnswerFormat.Csv
        ? string.Join(',', cells.Select(CsvText.Cell))
        : string.Join('\t', cells.Select(c => c?.Replace('\t', ' ').ReplaceLineEndings(" ") ?? ""));

    private static string Json(string[] names, RecordBatch batch, int row)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = JsonText.Encoder }))
        {
            writer.WriteStartObject();
            for (var i = 0; i < names.Length; i++)
            {
                writer.WritePropertyName(names[i]);
                ArrowCell.Write(batch.Column(i), row, writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
