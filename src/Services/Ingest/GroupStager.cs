using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Lake.Objects;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>
/// Small files of FHIR, HL7 v2 or CDA, each a batch of one group: read one after the other into staging tables that they share. Every
/// file becomes a batch, also one of whose records none can be read.
/// </summary>
internal sealed class GroupStager(
    IReadOnlyList<GroupFile> files, Decodings decodings, DuckDbBatch group, Func<SourceFile, StoredObject, BatchHeader> header, CodeMapSql codes, CodeSets sets, string? organisation) : Stager
{
    public override async Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation)
    {
        if (!decodings.Of(files[0].File.Mapping).Try(out var decoding, out var problem)) return problem;
        if (!LandedFile.EncodingOf(files[0].File).Try(out var encoding, out problem)) return problem;
        using var tables = new StagingTables(decoding.Plans.Count, plan => decoding.Table(group, plan));
        var rows = new FileRows(decoding.Plans);
        var (landed, numbers) = (new List<StoredObject>(), new List<long>[decoding.Plans.Count]);
        for (var i = 0; i < files.Count; i++)
        {
            progress((double)i / files.Count);
            var file = files[i];
            rows.Clear();
            using (var bytes = new MemoryStream(file.Bytes, writable: false))
                await decoding.Decode(bytes, rows, null, encoding, cancellation).ConfigureAwait(false);
            file.Batch = group.Add(header(file.File, file.Landed!.Object));
            landed.Add(file.Landed!.Object);
            foreach (var (plan, batch) in rows.Batches)
            {
                tables.Of(plan).Append(new StagedBatch(batch), file.Batch);
                var of = numbers[plan] ??= [];
                for (var row = 0; row < batch.Rows; row++) of.Add(batch.Record(row));
            }

            if (rows.Refused.Count > 0) group.Quarantine(file.Batch, rows.Refused);
        }

        tables.Complete();
        var facts = new FileFacts(landed, group.Number);
        return tables.Filled().Select(t => decoding.Stage(t.Plan, t.Table, codes, sets, facts, organisation, TextTable.BatchColumn) with { Numbers = numbers[t.Plan] }).ToList();
    }

    /// <summary>None here: they are in the quarantine of their batches already.</summary>
    public override IReadOnlyList<RefusedRecord> Refused() => [];

    public override IReadOnlyList<PathUse> Report() => [];
}
