using System.Buffers;
using System.Text.Json;
using Yunnao.Lake;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Fhir;

/// <summary>Reading ahead: who reads a resource mostly reads what came with it too, and planning a statement costs more than its rows.</summary>
public sealed partial class FhirService
{
    /// <summary>Rows of a batch that is read ahead, at most: those of a Bundle, not of a file.</summary>
    private const int MostAhead = 500;

    /// <summary>
    /// The resource of an id, after all of its source that came with the same batch were fetched by one statement and kept. Null when there is nothing to gain, or the
    /// resource is not among them: then it is asked for by itself. Nothing is given by this, so the audit is told by the caller.
    /// </summary>
    private async Task<GivenResources.Given?> AheadAsync(FhirReading reading, ResourceSource source, ScopedTable table, string id, LakeStand stand, CancellationToken cancellation)
    {
        if (source.OnePerSubject || stand is not { Commits: not null, Changes: not null } || places.Batch(source, id, table) is not { } batch || !GivenResources.Keeps(source, reading.Scope)) return null;
        if (arrivals.RowsOf(batch) is null) await arrivals.KnowAsync([batch], cancellation).ConfigureAwait(false);
        if (arrivals.RowsOf(batch) is not <= MostAhead) return null;
        using var scan = new ResourceScan(source, table, reading, new Filter.Compare(Query.ArrivalColumn, Comparison.Equal, Value.Of((long)batch))) { Ahead = true };
        var (buffer, wanted) = (new ArrayBufferWriter<byte>(2048), (GivenResources.Given?)null);
        using var writer = new Utf8JsonWriter(buffer, FhirText.Writing);
        while ((await scan.NextAsync(MostAhead, cancellation).ConfigureAwait(false)).Try(out var there, out _) && there)
        {
            buffer.ResetWrittenCount();
            writer.Reset();
            scan.Writer.Write(writer, scan.Batch, scan.Row);
            await writer.FlushAsync(cancellation).ConfigureAwait(false);
            var page = new FhirPage(buffer.WrittenSpan.ToArray(), 1, scan.Writer.Version(scan.Batch, scan.Row), scan.Writer.Updated(scan.Batch, scan.Row));
            places.Note(source, scan.Id, batch);
            given.Note(source, reading.Scope, scan.Id, stand, page, scan.Asked!);
            if (scan.Id == id) wanted = new(page, scan.Asked!, stand);
            scan.Take();
        }

        return wanted;
    }
}
