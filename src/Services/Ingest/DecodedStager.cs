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

/// <summary>FHIR, HL7 v2 and CDA: our decoders read the bytes on one thread and fill staging tables on another.</summary>
internal sealed class DecodedStager(
    SourceFile file, string landedPath, IReadOnlyList<MappedRule> rules, WritingTransaction batch, CodeMapSql codes, CodeSets sets, string? organisation) : Stager
{
    private readonly PathReport _report = new();
    private readonly List<RefusedRecord> _refused = [];

    public override async Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation)
    {
        if (LandedFile.Empty(file) is { } empty) return empty;
        if (!LandedFile.EncodingOf(file).Try(out var encoding, out var problem)) return problem;
        var plans = rules.Select(r => r.Plan()).ToList();
        if (!Decoder(plans, encoding).Try(out var decode, out problem)) return problem;

        var landed = new FileStream(landedPath, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        await using (landed.ConfigureAwait(false))
        {
            var tables = rules.Select((r, i) => TextTable.Create(batch.Connection, $"staged {i}", [.. plans[i].Columns.Select(c => c.Name)])).ToList();
            _refused.AddRange(await StagingSink.FillAsync(
                tables, plans, batch, sink => decode(LandedFile.Unpacked(landed), sink, cancellation), () => progress(LandedFile.Fraction(file, landed)), cancellation).ConfigureAwait(false));
            return rules.Select((r, i) => (Rule: r, Table: tables[i])).Where(s => s.Table.Rows > 0).Select(s => Stage(s.Rule, s.Table)).ToList();
        }
    }

    public override IReadOnlyList<RefusedRecord> Refused() => _refused;

    public override IReadOnlyList<PathUse> Report() => [.. _report.Counts().Select(c => new PathUse(file.Mapping.Format, c.Path, c.Count, c.Mapped))];

    private StagedSet Stage(MappedRule rule, TextTable table)
    {
        var texts = rule.Texts((item, _) => TimeText(item, Sql.Name(item.Name)), codes);
        var from = Sql.Name(table.Name);

        // One server of FHIR numbers the patients of many institutions; where nothing names the institution, the mapping stands for it.
        var known = organisation ?? file.Mapping.Id;
        var space = file.Mapping.Format == "fhir" ? known : null;
        return new(rule.Shape, new(from, texts, known, space, TextTable.RecordColumn, TextTable.OffsetColumn, false, batch.Number, sets));
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
        switch (file.Mapping.Format)
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
