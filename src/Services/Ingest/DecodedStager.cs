using Yunnao.Formats;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>FHIR, HL7 v2 and CDA: our decoders read the bytes on one thread and fill staging tables on another.</summary>
internal sealed class DecodedStager(
    SourceFile file, string landedPath, Decodings decodings, WritingTransaction batch, CodeMapSql codes, CodeSets sets, FileFacts facts, string? organisation) : Stager
{
    private readonly PathReport _report = new();
    private readonly List<RefusedRecord> _refused = [];

    public override async Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation)
    {
        if (LandedFile.Empty(file) is { } empty) return empty;
        if (!LandedFile.EncodingOf(file).Try(out var encoding, out var problem)) return problem;
        if (!decodings.Of(file.Mapping).Try(out var decoding, out problem)) return problem;

        var landed = new FileStream(landedPath, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        await using (landed.ConfigureAwait(false))
        {
            using var tables = new StagingTables(decoding.Plans.Count, plan => decoding.Table(batch.Connection, plan));
            _refused.AddRange(await StagingSink.FillAsync(
                tables, decoding.Plans, batch, sink => decoding.Decode(LandedFile.Unpacked(landed), sink, _report, encoding, cancellation),
                () => progress(LandedFile.Fraction(file, landed)), cancellation).ConfigureAwait(false));
            return tables.Filled().Select(t => decoding.Stage(t.Plan, t.Table, codes, sets, facts, organisation, $"{batch.Number}")).ToList();
        }
    }

    public override IEnumerable<RefusedRecord> Refused() => _refused;

    public override IReadOnlyList<PathUse> Report() => [.. _report.Counts().Select(c => new PathUse(file.Mapping.Format, c.Path, c.Count, c.Mapped))];
}
