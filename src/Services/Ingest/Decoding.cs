using System.Collections.Concurrent;
using Yunnao.Formats;
using Yunnao.Formats.Cda;
using Yunnao.Formats.Encodings;
using Yunnao.Formats.Fhir;
using Yunnao.Formats.Hl7v2;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>A mapping of FHIR, HL7 v2 or CDA, compiled: its rules, a plan for each, and the decoder that follows the plans. Serves many files at once.</summary>
internal sealed class Decoding
{
    private const int MostKept = 1 << 18;

    private readonly SourceMapping _mapping;
    private readonly ConcurrentBag<FileRows> _idle = [];

    private Decoding(SourceMapping mapping, IReadOnlyList<MappedRule> rules, IReadOnlyList<RowPlan> plans, Decoder decode) =>
        (_mapping, Rules, Plans, Decode) = (mapping, rules, plans, decode);

    /// <summary>Reads a whole input into a sink.</summary>
    public delegate Task<long> Decoder(Stream input, IRowSink sink, PathReport? report, TextEncoding? encoding, CancellationToken cancellation);

    public IReadOnlyList<MappedRule> Rules { get; }

    /// <summary>One a rule.</summary>
    public IReadOnlyList<RowPlan> Plans { get; }

    public Decoder Decode { get; }

    public static Result<Decoding> Compile(SourceMapping mapping, IReadOnlyDictionary<string, TableShape> shapes)
    {
        var rules = mapping.Rules.Select(r => new MappedRule(mapping, r, shapes[r.DataSet])).ToList();
        var plans = rules.Select(r => r.Plan()).ToList();
        switch (mapping.Format)
        {
            case "fhir":
                if (!FhirDecoder.Create(plans).Try(out var fhir, out var problem)) return problem;
                return new Decoding(mapping, rules, plans, fhir.DecodeAsync);
            case "cda":
                if (!CdaDecoder.Create(plans).Try(out var cda, out problem)) return problem;
                return new Decoding(mapping, rules, plans, cda.DecodeAsync);
            default:
                if (!Hl7v2Decoder.Create(plans).Try(out var hl7, out problem)) return problem;
                return new Decoding(mapping, rules, plans, hl7.DecodeAsync);
        }
    }

    /// <summary>The rows of a small file that is in memory, until they are given back.</summary>
    public async Task<FileRows> ReadAsync(byte[] file, TextEncoding? encoding, CancellationToken cancellation)
    {
        if (!_idle.TryTake(out var rows)) rows = new FileRows(Plans);
        using var bytes = new MemoryStream(file, writable: false);
        await Decode(bytes, rows, null, encoding, cancellation).ConfigureAwait(false);
        return rows;
    }

    /// <summary>Keeps the buffers of rows for the next file, unless they are of a large one.</summary>
    public void Return(FileRows rows, byte[] file)
    {
        rows.Clear();
        if (file.Length <= MostKept) _idle.Add(rows);
    }

    /// <summary>An empty table for the rows of a plan of one batch.</summary>
    public TextTable Table(DuckDB.NET.Data.DuckDBConnection connection, int plan) => TextTable.Create(connection, Name(plan), Columns(plan));

    /// <summary>An empty table for the rows of a plan of a group of batches.</summary>
    public TextTable Table(DuckDbBatch group, int plan) => group.Staging(Name(plan), Columns(plan));

    private string Name(int plan) => $"staged {_mapping.Id} {plan}";

    private string[] Columns(int plan) => [.. Plans[plan].Columns.Select(c => c.Name)];

    /// <summary>The rows of a plan's table as the checks take them.</summary>
    /// <param name="organisation">Institution of the records that do not say theirs, or null.</param>
    /// <param name="batch">SQL of the batch number.</param>
    public StagedSet Stage(int plan, TextTable table, CodeMapSql codes, CodeSets sets, FileFacts facts, string? organisation, string batch)
    {
        var rule = Rules[plan];
        var texts = rule.Texts((item, _) => TimeText(item, Sql.Name(item.Name)), codes, facts);

        // One server of FHIR numbers the patients of many institutions; where nothing names the institution, the mapping stands for it.
        var known = organisation ?? _mapping.Id;
        var space = _mapping.Format == "fhir" ? known : null;
        return new(rule.Shape, new(Sql.Name(table.Name), texts, known, space, TextTable.RecordColumn, TextTable.OffsetColumn, false, batch, sets));
    }

    /// <summary>
    /// FHIR, HL7 v2 and CDA times may be partial (a year, a month) and may carry fractions and an offset. The lake keeps the wall clock of the
    /// institution, to the second; a partial date becomes its first day.
    /// </summary>
    private static string TimeText(Item item, string column) => item.Element.Type is ElementType.D or ElementType.DT
        ? $"CASE length({column}) WHEN 4 THEN {column} || '-01-01' WHEN 7 THEN {column} || '-01' ELSE left({column}, 19) END"
        : column;
}
