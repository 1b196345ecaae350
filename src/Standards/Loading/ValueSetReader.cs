namespace Yunnao.Standards.Loading;

/// <summary>Reads <c>valuesets.csv</c> and the files of <c>codes/</c>.</summary>
internal sealed class ValueSetReader(RegistryFiles files, ProblemList problems)
{
    private static readonly TableColumns SetColumns = TableColumns.Of(RegistryColumns.ValueSets);

    public Versions<ValueSet> Read()
    {
        var sets = new Versions<ValueSet>("value set", problems);
        var codes = ReadCodes();
        if (files["valuesets.csv"] is { } file)
        {
            using var row = CsvTable.Open(file, SetColumns, problems);
            sets.Unreadable = row is null;
            while (row?.Next() == true) ReadRow(row, codes, sets);
        }

        foreach (var orphan in files.In("codes").Where(f => !sets.Knows(f.Subject)))
        {
            problems.AddUnknown("standards.unknown-value-set", orphan.Line(1), "value set", orphan.Subject, sets.Ids);
        }

        return sets;
    }

    private static void ReadRow(CsvTable row, Dictionary<string, IReadOnlyDictionary<string, Code>> codes, Versions<ValueSet> sets)
    {
        var id = row["id"];
        if (Identifiers.IdFault(id) is { } fault) row.Report("standards.name", $"value set id '{id}' {fault}");
        var oid = row["oid"];
        if (oid.Length > 0 && !IsOid(oid)) row.Report("standards.bad-value", $"oid '{oid}' is not digits with points between them");
        var version = row.Version();
        var status = row.Status();
        if (!codes.TryGetValue(id, out var list))
        {
            row.Report("standards.no-codes", $"value set '{id}' has no file codes/{id}.csv");
            list = new Dictionary<string, Code>();
        }

        var set = new ValueSet(id, oid.OrNull(), version, status, row.Provisional(), row.Names("name", required: true), row["source"], list, row.At);
        sets.Add(id, version, status, set, row.At);
    }

    private Dictionary<string, IReadOnlyDictionary<string, Code>> ReadCodes()
    {
        var found = files.In("codes").ToArray();
        var lists = new IReadOnlyDictionary<string, Code>[found.Length];
        Parallel.For(0, found.Length, i => lists[i] = new CodesReader(found[i], problems).Read());
        return found.Zip(lists).ToDictionary(p => p.First.Subject, p => p.Second, StringComparer.Ordinal);
    }

    private static bool IsOid(string text) => text.Split('.') is { Length: > 1 } parts && parts.All(p => p.Length > 0 && p.All(char.IsAsciiDigit));
}
