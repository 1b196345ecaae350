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
        SourceFile file, string landedPath, StoredObject landed, string? organisation, IReadOnlyDictionary<string, TableShape> shapes, WritingTransaction batch, CodeMapSql codes,
        CodeSets sets, string temporaryFolder)
    {
        var mapping = file.Mapping;
        var rules = mapping.Rules
            .Where(r => !mapping.HasColumns || SourceFinder.Matches(r, file.Name))
            .Select(r => new MappedRule(mapping, r, shapes[r.DataSet], landed))
            .ToList();
        return mapping.Format switch
        {
            "csv" => new CsvStager(file, landedPath, rules, batch, codes, sets, organisation, temporaryFolder),
            "parquet" => new ParquetStager(file, landedPath, rules, batch, codes, sets, organisation),
            "xlsx" or "fixed" or "dbf" => new TableStager(file, landedPath, rules, batch, codes, sets, organisation),
            _ => new DecodedStager(file, landedPath, rules, batch, codes, sets, organisation),
        };
    }
}
