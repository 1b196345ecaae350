using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Yunnao.Services.Fhir;

/// <summary>Writes a Bundle of type searchset or history: the entries first, because only they tell the links.</summary>
internal sealed class BundleWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _entries = new(1 << 14);
    private readonly Utf8JsonWriter _writer;
    private readonly string _base;
    private readonly bool _history;

    /// <param name="history">True of a history, whose entries say how each version came.</param>
    public BundleWriter(string address, bool history = false)
    {
        (_base, _history) = (address, history);
        _writer = new(_entries, FhirText.Writing);
        _writer.WriteStartArray();
    }

    public int Count { get; private set; }

    /// <summary>Adds the row on which a scan stands.</summary>
    public void Add(ResourceScan scan, string mode)
    {
        _writer.WriteStartObject();
        _writer.WriteString("fullUrl", $"{_base}/{scan.Source.Type}/{scan.Id}");
        _writer.WritePropertyName("resource");
        scan.Writer.Write(_writer, scan.Batch, scan.Row);
        if (_history) EndVersion(scan);
        else EndEntry(mode);
    }

    /// <summary>Adds an outcome that goes with the answer.</summary>
    public void Add(JsonObject outcome)
    {
        _writer.WriteStartObject();
        _writer.WritePropertyName("resource");
        outcome.WriteTo(_writer, FhirText.Options);
        EndEntry("outcome");
    }

    /// <summary>A version came in a batch: the first one made the record, each other one replaced one.</summary>
    private void EndVersion(ResourceScan scan)
    {
        var version = scan.Writer.Version(scan.Batch, scan.Row);
        _writer.WriteStartObject("request");
        _writer.WriteString("method", version == "1" ? "POST" : "PUT");
        _writer.WriteString("url", version == "1" ? scan.Source.Type : $"{scan.Source.Type}/{scan.Id}");
        _writer.WriteEndObject();
        _writer.WriteStartObject("response");
        _writer.WriteString("status", version == "1" ? "201" : "200");
        _writer.WriteString("etag", $"W/\"{version}\"");
        if (scan.Writer.Updated(scan.Batch, scan.Row) is { } updated) _writer.WriteString("lastModified", ArrivalTimes.Text(updated));
        _writer.WriteEndObject();
        _writer.WriteEndObject();
        Count++;
    }

    private void EndEntry(string mode)
    {
        _writer.WriteStartObject("search");
        _writer.WriteString("mode", mode);
        _writer.WriteEndObject();
        _writer.WriteEndObject();
        Count++;
    }

    /// <summary>The whole Bundle as UTF-8.</summary>
    public ReadOnlyMemory<byte> End(long? total, string self, string? next)
    {
        _writer.WriteEndArray();
        _writer.Flush();
        var buffer = new ArrayBufferWriter<byte>(_entries.WrittenCount + 1024);
        using var writer = new Utf8JsonWriter(buffer, FhirText.Writing);
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Bundle");
        writer.WriteString("type", _history ? "history" : "searchset");
        if (total is { } all) writer.WriteNumber("total", all);
        writer.WriteStartArray("link");
        Link("self", self);
        if (next is not null) Link("next", next);
        writer.WriteEndArray();

        // No array of FHIR is empty.
        if (Count > 0)
        {
            writer.WritePropertyName("entry");
            writer.WriteRawValue(_entries.WrittenSpan, skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;

        void Link(string relation, string url)
        {
            writer.WriteStartObject();
            writer.WriteString("relation", relation);
            writer.WriteString("url", url);
            writer.WriteEndObject();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
