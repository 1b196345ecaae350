using System.Buffers;
using System.Text;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Queries;

/// <summary>
/// The rows of an answer as they come, in the form that Accept asks for: JSON (<c>{"columns": […], "rows": […]}</c>), JSON lines, CSV or an
/// Arrow stream, sent batch by batch. An answer that fails after its first rows ends the connection without its last chunk, so that nobody
/// takes it for whole.
/// </summary>
public sealed class AnswerResult(RowStream rows) : IResult
{
    public const string Json = "application/json", Lines = "application/x-ndjson", Csv = "text/csv", Arrow = "application/vnd.apache.arrow.stream";

    private const int FlushAt = 1 << 16;

    /// <summary>Writes the answer.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var (response, cancellation) = (httpContext.Response, httpContext.RequestAborted);
        var form = FormOf(httpContext.Request);
        await using (rows.ConfigureAwait(false))
        {
            response.ContentType = form is Csv or Lines ? $"{form}; charset=utf-8" : form;
            httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            try
            {
                if (form == Arrow) await WriteArrowAsync(response.Body, cancellation).ConfigureAwait(false);
                else if (form == Csv) await WriteCsvAsync(response.Body, cancellation).ConfigureAwait(false);
                else await WriteJsonAsync(response.Body, form == Lines, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is QueryFailedException or OperationCanceledException)
            {
                httpContext.Abort();
            }
        }
    }

    private static string FormOf(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1).Select(a => a.MediaType.Value).FirstOrDefault(m => m is Json or Lines or Csv or Arrow) ?? Json;

    private async Task WriteArrowAsync(Stream body, CancellationToken cancellation)
    {
        using var writer = new ArrowStreamWriter(body, rows.Schema, leaveOpen: true);
        await writer.WriteStartAsync(cancellation).ConfigureAwait(false);
        await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            using (batch) await writer.WriteRecordBatchAsync(batch, cancellation).ConfigureAwait(false);
        await writer.WriteEndAsync(cancellation).ConfigureAwait(false);
    }

    private async Task WriteCsvAsync(Stream body, CancellationToken cancellation)
    {
        var writer = new StreamWriter(body, new UTF8Encoding(false), FlushAt, leaveOpen: true);
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

    private async Task WriteJsonAsync(Stream body, bool lines, CancellationToken cancellation)
    {
        var names = rows.Schema.FieldsList.Select(f => JsonEncodedText.Encode(f.Name, JsonText.Encoder)).ToArray();
        var buffer = new ArrayBufferWriter<byte>(2 * FlushAt);
        var writer = new Utf8JsonWriter(buffer, new() { Encoder = JsonText.Encoder, SkipValidation = true });
        await using (writer.ConfigureAwait(false))
        {
            if (!lines) WriteHead(writer);
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

    private void WriteHead(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
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
