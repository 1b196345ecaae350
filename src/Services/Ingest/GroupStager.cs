using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Lake.Objects;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>
/// Small files of FHIR, HL7 v2 or CDA, each a batch of one group: decoded several at a time unless they were before, and put one after the other into staging tables that they share.
/// Every file becomes a batch, also one of whose records none can be read.
/// </summary>
internal sealed class GroupStager(
    IReadOnlyList<GroupFile> files, Decodings decodings, DuckDbBatch group, Func<SourceFile, StoredObject, BatchHeader> header, CodeMapSql codes, CodeSets sets, string? organisation) : Stager
{
    public override async Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation)
    {
        if (!decodings.Of(files[0].File.Mapping).Try(out var decoding, out var problem)) return problem;
        if (!LandedFile.EncodingOf(files[0].File).Try(out var encoding, out problem)) return problem;
        using var tables = new StagingTables(decoding.Plans.Count, plan => decoding.Table(group, plan));
        foreach (var file in files) file.Batch = group.Add(header(file.File, file.Landed!.Object));
        var (numbers, gate, done) = (new List<long>[decoding.Plans.Count], new Lock(), 0);
        foreach (var file in files)
            if (file.Rows is { } rows) Put(file, rows, tables, numbers, ref done);
        var together = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        if (done < files.Count) await Parallel.ForEachAsync(files.Where(f => f.Rows is null), together, async (file, stop) =>
        {
            var rows = await decoding.ReadAsync(file.Bytes, encoding, stop).ConfigureAwait(false);
            lock (gate)
            {
                Put(file, rows, tables, numbers, ref done);
                progress((double)done / files.Count);
            }

            decoding.Return(rows, file.Bytes);
        }).ConfigureAwait(false);
        tables.Complete();
        var facts = new FileFacts([.. files.Select(f => f.Landed!.Object)], group.Number);
        return tables.Filled().Select(t => decoding.Stage(t.Plan, t.Table, codes, sets, facts, organisation, TextTable.BatchColumn) with { Numbers = numbers[t.Plan] }).ToList();
    }

    /// <summary>The rows of a file lie next to each other; which file comes first does not matter, each row has the number of its batch.</summary>
    private void Put(GroupFile file, FileRows rows, StagingTables tables, List<long>[] numbers, ref int done)
    {
        done++;
        foreach (var (plan, batch) in rows.Batches)
        {
            tables.Of(plan).Append(new StagedBatch(batch), file.Batch);
            var of = numbers[plan] ??= [];
            for (var row = 0; row < batch.Rows; row++) of.Add(batch.Record(row));
        }

        if (rows.Refused.Count > 0) group.Quarantine(file.Batch, rows.Refused);
    }

    /// <summary>None here: they are in the quarantine of their batches already.</summary>
    public override IEnumerable<RefusedRecord> Refused() => [];

    public override IReadOnlyList<PathUse> Report() => [];
}
