namespace Yunnao.Standards.Loading;

/// <summary>Reads the files of <c>mappings/codes/</c>.</summary>
internal static class CodeMapReader
{
    private static readonly TableColumns Columns = TableColumns.Of(RegistryColumns.CodeMaps);

    public static Dictionary<string, LocatedCodeMap> Read(RegistryFiles files, ProblemList problems)
    {
        var found = files.In("mappings/codes").ToArray();
        var maps = new LocatedCodeMap[found.Length];
        Parallel.For(0, found.Length, i => maps[i] = ReadFile(found[i], problems));
        return maps.ToDictionary(m => m.Map.Id, StringComparer.Ordinal);
    }

    private static LocatedCodeMap ReadFile(RegistryFile file, ProblemList problems)
    {
        var id = file.Subject;
        if (Identifiers.IdFault(id) is { } fault) problems.Add("standards.name", file.Line(1), $"code map id '{id}' {fault}");
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new Dictionary<string, SourceLine>(StringComparer.Ordinal);
        using var row = CsvTable.Open(file, Columns, problems);
        while (row?.Next() == true)
        {
            var (source, target) = (row["source"], row["target"]);
            if (source.Length == 0 || target.Length == 0 || source.Any(char.IsControl))
            {
                row.Report("standards.bad-value", "source and target must both be given");
            }
            else if (!codes.TryAdd(source, target)) row.Report("standards.duplicate-id", $"source code '{source}' is there twice");
            else lines.TryAdd(target, row.At);
        }

        return new(new(id, codes, file.Line(1)), lines);
    }
}
