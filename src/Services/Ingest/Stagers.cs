using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.Objects;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>Chooses the stager of a file's format.</summary>
internal static class Stagers
{
    /// <param name="landedPath">Where the bytes are.</param>
    /// <param name="organisation">Institution of the records that do not say theirs, or null.</param>
    public static Stager Of(
        SourceFile file, string landedPath, StoredObject landed, string? organisation, Decodings decodings, WritingTransaction batch, CodeMapSql codes,
        CodeSets sets, string temporaryFolder)
    {
        var mapping = file.Mapping;
        var facts = new FileFacts(landed);
        if (!mapping.HasColumns) return new DecodedStager(file, landedPath, decodings, batch, codes, sets, facts, organisation);
        var rules = mapping.Rules.Where(r => SourceFinder.Matches(r, file.Name)).Select(r => new MappedRule(mapping, r, decodings.Shapes[r.DataSet])).ToList();
        return mapping.Format switch
        {
            "csv" => new CsvStager(file, landedPath, rules, batch, codes, sets, facts, organisation, temporaryFolder),
            "parquet" => new ParquetStager(file, landedPath, rules, batch, codes, sets, facts, organisation),
            _ => new TableStager(file, landedPath, rules, batch, codes, sets, facts, organisation),
        };
    }
}
