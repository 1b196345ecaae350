using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Yunnao.Services.Fhir;

/// <summary>Writes a Bundle of type searchset: the entries first, because only they tell the links.</summary>
internal sealed class BundleWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _entries = new(1 << 14);
    private readonly Utf8JsonWriter _writer;
    private readonly string _base;

    public BundleWriter(string address)
    {
        _base = address;
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
        EndEntry(mode);
    }

    /// <summary>Adds an outcome that goes with the answer.</summary>
    public void Add(JsonObject outcome)
    {
        _writer.WriteStartObject();
        _writer.WritePropertyName("resource");
        outcome.WriteTo(_writer, FhirText.Options);
        EndEntry("outcome");
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
        writer.WriteString("type", "searchset");
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
