namespace Yunnao.Standards.Loading;

/// <summary>Reads <c>units.csv</c>: the UCUM codes that items may use.</summary>
internal static class UnitReader
{
    private static readonly TableColumns Columns = TableColumns.Of(RegistryColumns.Units);

    public static Dictionary<string, Names> Read(RegistryFiles files, ProblemList problems)
    {
        var units = new Dictionary<string, Names>(StringComparer.Ordinal);
        if (files["units.csv"] is not { } file) return units;
        using var row = CsvTable.Open(file, Columns, problems);
        while (row?.Next() == true)
        {
            var code = row["code"];
            if (code.Length == 0 || code.Any(c => c is <= ' ' or > '~'))
            {
                row.Report("standards.name", $"unit '{code}' is no UCUM code: printable ASCII without blanks");
            }
            else if (!units.TryAdd(code, row.Names("name", required: true))) row.Report("standards.duplicate-id", $"unit '{code}' is there twice");
        }

        return units;
    }
}
