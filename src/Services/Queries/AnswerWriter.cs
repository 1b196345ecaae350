using System.Buffers;
using System.Text;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Queries;

/// <summary>Writes the rows of an answer as they come, batch by batch: JSON (<c>{"columns": […], "rows": […]}</c>), JSON lines, CSV or an Arrow stream.</summary>
internal sealed class AnswerWriter(RowStream rows, Stream body)
{
    private const int FlushAt = 1 << 16;

    // Most answers are short, and each array of 85,000 bytes brings the next collection of the whole memory nearer.
    private const int Shortest = 1 << 12;

    /// <param name="form">One of the media types of <see cref="AnswerResult"/>.</param>
    /// <param name="head">Properties of a JSON answer before its columns.</param>
    /// <param name="tail">Properties of a JSON answer after its rows.</param>
    public Task WriteAsync(string form, CancellationToken cancellation, Action<Utf8JsonWriter>? head = null, Action<Utf8JsonWriter>? tail = null) => form switch
    {
        AnswerResult.Arrow => WriteArrowAsync(cancellation),
        AnswerResult.Csv => WriteCsvAsync(cancellation),
        _ => WriteJsonAsync(form == AnswerResult.Lines, head, tail, cancellation),
    };

    private async Task WriteArrowAsync(CancellationToken cancellation)
    {
        using var writer = new ArrowStreamWriter(body, rows.Schema, leaveOpen: true);
        await writer.WriteStartAsync(cancellation).ConfigureAwait(false);
        await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            using (batch) await writer.WriteRecordBatchAsync(batch, cancellation).ConfigureAwait(false);
        await writer.WriteEndAsync(cancellation).ConfigureAwait(false);
    }

    private async Task WriteCsvAsync(CancellationToken cancellation)
    {
        var writer = new StreamWriter(body, new UTF8Encoding(false), Shortest, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            writer.NewLine = "\n";
            await writer.WriteLineAsync(string.Join(',', rows.Schema.FieldsList.Select(f => CsvText.Cell(f.Name)))).ConfigureAwait(false);
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                    for (var row = 0; row < batch.Length; row++)
                        await writer.WriteLineAsync(string.Join(',', batch.Arrays.Select(a => CsvText.Cell(ArrowCell.Text(a, row))))).ConfigureAwait(false);
                await writer.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task WriteJsonAsync(bool lines, Action<Utf8JsonWriter>? head, Action<Utf8JsonWriter>? tail, CancellationToken cancellation)
    {
        var names = rows.Schema.FieldsList.Select(f => JsonEncodedText.Encode(f.Name, JsonText.Encoder)).ToArray();
        var buffer = new ArrayBufferWriter<byte>(Shortest);
        var writer = new Utf8JsonWriter(buffer, new() { Encoder = JsonText.Encoder, SkipValidation = true });
        await using (writer.ConfigureAwait(false))
        {
            if (!lines) WriteHead(writer, head);
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.Length; row++)
                    {
                        WriteRow(writer, names, batch, row);
                        if (lines) EndLine(writer, buffer);
                        if (buffer.WrittenCount + writer.BytesPending > FlushAt) await SendAsync().ConfigureAwait(false);
                    }
                }

                await SendAsync().ConfigureAwait(false);
            }

            if (!lines)
            {
                writer.WriteEndArray();
                tail?.Invoke(writer);
                writer.WriteEndObject();
            }

            await SendAsync().ConfigureAwait(false);
        }

        async Task SendAsync()
        {
            writer.Flush();
            await body.WriteAsync(buffer.WrittenMemory, cancellation).ConfigureAwait(false);
            buffer.ResetWrittenCount();
        }
    }

    private static void EndLine(Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer)
    {
        writer.Flush();
        writer.Reset(buffer);
        buffer.GetSpan(1)[0] = (byte)'\n';
        buffer.Advance(1);
    }

    private void WriteHead(Utf8JsonWriter writer, Action<Utf8JsonWriter>? head)
    {
        writer.WriteStartObject();
        head?.Invoke(writer);
        writer.WriteStartArray("columns");
        foreach (var field in rows.Schema.FieldsList)
        {
            writer.WriteStartObject();
            writer.WriteString("name", field.Name);
            writer.WriteString("type", field.DataType.Name);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("rows");
    }

    private static void WriteRow(Utf8JsonWriter writer, JsonEncodedText[] names, RecordBatch batch, int row)
    {
        writer.WriteStartObject();
        for (var i = 0; i < names.Length; i++)
        {
            writer.WritePropertyName(names[i]);
            ArrowCell.Write(batch.Column(i), row, writer);
        }

        writer.WriteEndObject();
    }
}
