using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Yunnao.Trust.Control;
using Yunnao.Trust.Keys;

namespace Yunnao.Trust.Audit;

/// <summary>Reads the audit: search, verification, export. Reading it is an event too, appended by whoever asks.</summary>
public sealed class AuditReader(ControlDb control, KeyRing keys)
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Events, newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> SearchAsync(AuditFilter filter, CancellationToken cancellation = default)
    {
        var (where, parameters) = Where(filter);
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        var limit = Math.Max(0, filter.Limit).ToString(CultureInfo.InvariantCulture);
        return await connection.RowsAsync(
            AuditStore.Read, $"SELECT {AuditStore.Columns} FROM audit_event{where} ORDER BY seq DESC LIMIT {limit}", cancellation, parameters).ConfigureAwait(false);
    }

    /// <summary>Proves the whole chain.</summary>
    /// <param name="progress">Gets the sequence that is reached, every 10,000 events.</param>
    public async Task<AuditProof> VerifyAsync(IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var snapshot = await ControlDialect.SnapshotAsync(connection, cancellation).ConfigureAwait(false);
        return await new AuditVerifier(connection, keys).RunAsync(progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes events as one JSON object a line, oldest first, with their hashes in hexadecimal digits; returns how many.</summary>
    public async Task<long> ExportAsync(Stream output, AuditFilter filter, CancellationToken cancellation = default)
    {
        var (where, parameters) = Where(filter);
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var command = connection.Command($"SELECT {AuditStore.Columns} FROM audit_event{where} ORDER BY seq", parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var writer = new Utf8JsonWriter(output, s_json);
        var written = 0L;
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            Write(writer, AuditStore.Read(reader));
            await writer.FlushAsync(cancellation).ConfigureAwait(false);
            output.WriteByte((byte)'\n');
            writer.Reset();
            written++;
        }

        return written;
    }

    /// <summary>An event as a JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, AuditEntry e)
    {
        writer.WriteStartObject();
        writer.WriteNumber("seq", e.Sequence);
        writer.WriteString("at", e.At.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("kind", e.Kind);
        writer.WriteString("who", e.Who);
        if (e.Purpose is not null) writer.WriteString("purpose", e.Purpose);
        if (e.What is not null) writer.WriteString("what", e.What);
        if (e.Subject is { } subject) writer.WriteString("subject", subject.ToString(CultureInfo.InvariantCulture));
        if (e.Rows is { } rows) writer.WriteNumber("rows", rows);
        writer.WriteString("outcome", e.Outcome);
        if (e.Details is not null)
        {
            writer.WritePropertyName("details");
            writer.WriteRawValue(e.Details);
        }

        writer.WriteString("hash", Convert.ToHexStringLower(e.Hash));
        writer.WriteEndObject();
    }

    private static (string Where, (string Name, object? Value)[] Parameters) Where(AuditFilter filter)
    {
        var (conditions, parameters) = (new List<string>(), new List<(string Name, object? Value)>());
        Add("at >= @from", "from", filter.From?.Micros());
        Add("at < @until", "until", filter.Until?.Micros());
        Add("who = @who", "who", filter.Who);
        Add("kind = @kind", "kind", filter.Kind is { } kind ? AuditWords.Of(kind) : null);
        Add("purpose = @purpose", "purpose", filter.Purpose);
        Add("what LIKE @what", "what", filter.What is { } what ? $"%{what}%" : null);
        Add("subject = @subject", "subject", filter.Subject is { } subject ? unchecked((long)subject) : null);
        Add("seq < @before", "before", filter.Before);
        if (filter.Failed) conditions.Add($"outcome <> '{AuditEvent.Ok}'");
        return (conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}", [.. parameters]);

        void Add(string condition, string name, object? value)
        {
            if (value is null) return;
            conditions.Add(condition);
            parameters.Add((name, value));
        }
    }
}
