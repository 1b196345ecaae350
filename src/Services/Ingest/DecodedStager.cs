using Yunnao.Formats;
using Yunnao.Formats.Cda;
using Yunnao.Formats.Encodings;
using Yunnao.Formats.Fhir;
using Yunnao.Formats.Hl7v2;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>
/// FHIR, HL7 v2 and CDA: our decoders read the bytes on one thread and fill staging tables on another. Several files of one mapping may be
/// staged together, each as a batch of its own.
/// </summary>
internal sealed class DecodedStager(
    IReadOnlyList<LandedSource> files, IReadOnlyList<MappedRule> rules, DuckDbBatch batch, CodeMapSql codes, CodeSets sets, string? organisation) : Stager
{
    private readonly PathReport _report = new();
    private readonly SourceMapping _mapping = files[0].File.Mapping;
    private readonly bool _together = files.Count > 1;
    private IReadOnlyList<(int File, RefusedRecord Record)> _refused = [];

    /// <summary>True for a mapping whose files this stager reads.</summary>
    public static bool Reads(SourceMapping mapping) => !mapping.HasColumns;

    public override async Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation)
    {
        foreach (var (file, _) in files)
            if (LandedFile.Empty(file) is { } empty) return empty;
        if (!LandedFile.EncodingOf(files[0].File).Try(out var encoding, out var problem)) return problem;
        var plans = rules.Select(r => r.Plan()).ToList();
        if (!Decoder(plans, encoding).Try(out var decode, out problem)) return problem;

        var (done, total) = (0L, Math.Max(1, files.Sum(f => f.File.Bytes)));
        FileStream? single = null;
        var constants = _together ? FileFacts.Columns : [];
        var tables = plans.Select((p, i) => TextTable.Create(batch.Connection, $"staged {i}", [.. p.Columns.Select(c => c.Name), .. constants])).ToList();
        try
        {
            _refused = await StagingSink.FillAsync(
                tables, plans, DecodeAllAsync, () => progress(Math.Min(1, (double)(Interlocked.Read(ref done) + (single?.Position ?? 0)) / total)), cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (single is not null) await single.DisposeAsync().ConfigureAwait(false);
        }

        return rules.Select((r, i) => (Rule: r, Table: tables[i])).Where(s => s.Table.Rows > 0).Select(s => Stage(s.Rule, s.Table)).ToList();

        async Task DecodeAllAsync(StagingSink sink)
        {
            for (var i = 0; i < files.Count; i++)
            {
                var (file, landed) = files[i];
                sink.BeginFile(i, _together ? FileFacts.Cells(landed.Object, batch.Number + i) : []);
                var opened = new FileStream(landed.Path, FileMode.Open, FileAccess.Read, FileShare.Read, (int)Math.Clamp(file.Bytes, 1, 1 << 16), FileOptions.SequentialScan);
                if (!_together)
                {
                    // Its position is asked for by the other thread, so it is closed when both are done.
                    single = opened;
                    await decode(LandedFile.Unpacked(opened), sink, cancellation).ConfigureAwait(false);
                    return;
                }

                await using (opened.ConfigureAwait(false)) await decode(LandedFile.Unpacked(opened), sink, cancellation).ConfigureAwait(false);
                Interlocked.Add(ref done, file.Bytes);
            }
        }
    }

    public override IReadOnlyList<RefusedRecord> Refused(int file) => [.. _refused.Where(r => r.File == file).Select(r => r.Record)];

    public override IReadOnlyList<PathUse> Report() => [.. _report.Counts().Select(c => new PathUse(_mapping.Format, c.Path, c.Count, c.Mapped))];

    private StagedSet Stage(MappedRule rule, TextTable table)
    {
        var texts = rule.Texts((item, from) => FileFacts.IsFact(from) ? Sql.Name(from) : TimeText(item, Sql.Name(item.Name)), codes);
        var from = Sql.Name(table.Name);

        // One server of FHIR numbers the patients of many institutions; where nothing names the institution, the mapping stands for it.
        var known = organisation ?? _mapping.Id;
        var space = _mapping.Format == "fhir" ? known : null;
        var number = _together ? $"{Sql.Name(FileFacts.Batch)}::INTEGER" : $"{batch.Number}";
        return new(rule.Shape, new(from, texts, known, space, TextTable.RecordColumn, TextTable.OffsetColumn, false, number, sets));
    }

    /// <summary>
    /// FHIR, HL7 v2 and CDA times may be partial (a year, a month) and may carry fractions and an offset. The lake keeps the wall clock of the
    /// institution, to the second; a partial date becomes its first day.
    /// </summary>
    private static string TimeText(Item item, string column) => item.Element.Type is ElementType.D or ElementType.DT
        ? $"CASE length({column}) WHEN 4 THEN {column} || '-01-01' WHEN 7 THEN {column} || '-01' ELSE left({column}, 19) END"
        : column;

    private Result<Func<Stream, IRowSink, CancellationToken, Task>> Decoder(IReadOnlyList<RowPlan> plans, TextEncoding? encoding)
    {
        switch (_mapping.Format)
        {
            case "fhir":
                if (!FhirDecoder.Create(plans).Try(out var fhir, out var problem)) return problem;
                return (Func<Stream, IRowSink, CancellationToken, Task>)((s, sink, c) => fhir.DecodeAsync(s, sink, _report, encoding, c));
            case "cda":
                if (!CdaDecoder.Create(plans).Try(out var cda, out problem)) return problem;
                return (Func<Stream, IRowSink, CancellationToken, Task>)((s, sink, c) => cda.DecodeAsync(s, sink, _report, encoding, c));
            default:
                if (!Hl7v2Decoder.Create(plans).Try(out var hl7, out problem)) return problem;
                return (Func<Stream, IRowSink, CancellationToken, Task>)((s, sink, c) => hl7.DecodeAsync(s, sink, _report, encoding, c));
        }
    }
}
