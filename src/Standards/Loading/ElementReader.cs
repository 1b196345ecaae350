using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>Reads <c>elements.csv</c>.</summary>
internal sealed class ElementReader(RegistryFiles files, Versions<ValueSet> valueSets, ProblemList problems)
{
    private static readonly TableColumns Columns = TableColumns.Of(RegistryColumns.Elements);

    public Versions<DataElement> Read(IReadOnlyDictionary<string, ValueSet> current)
    {
        var elements = new Versions<DataElement>("data element", problems);
        using var row = files["elements.csv"] is { } file ? CsvTable.Open(file, Columns, problems) : null;
        elements.Unreadable = row is null;
        while (row?.Next() == true)
        {
            var id = row["id"];
            if (Identifiers.IdFault(id) is { } fault) row.Report("standards.name", $"data element id '{id}' {fault}");
            var version = row.Version();
            var status = row.Status();
            elements.Add(id, version, status, ReadRow(row, id, version, status, current), row.At);
        }

        return elements;
    }

    private DataElement? ReadRow(CsvTable row, string id, string version, Status status, IReadOnlyDictionary<string, ValueSet> current)
    {
        var valueSet = row["value_set"].OrNull();
        if (valueSet is not null && !valueSets.Knows(valueSet))
        {
            row.ReportUnknown("standards.unknown-value-set", "value set", valueSet, valueSets.Ids);
        }

        var names = row.Names("name", required: true);
        var provisional = row.Provisional();
        if (Vocabulary.Type(row["type"]) is not { } type)
        {
            row.Report("standards.bad-type", $"type is '{row["type"]}'; it is S1, S2, S3, N, L, D, DT or T");
            return null;
        }

        if (ElementFormat.Parse(row["format"], type) is not { } format)
        {
            row.Report("standards.bad-format", $"format '{row["format"]}' is no format of type {type}; {Examples(type)}");
            return null;
        }

        // A superseded type need not hold the codes that came after it.
        if (status != Status.Superseded && valueSet is not null && current.TryGetValue(valueSet, out var set)) CheckFit(row, type, format, set);
        return new(id, version, status, provisional, names, row.Names("definition", required: false), type, format, valueSet, row["source"], row.At);
    }

    /// <summary>A value set needs a text type whose format holds every code.</summary>
    public static void CheckFit(CsvTable row, ElementType type, ElementFormat format, ValueSet set)
    {
        if (type is not (ElementType.S1 or ElementType.S2 or ElementType.S3))
        {
            row.Report("standards.bad-type", $"value set '{set.Id}' on type {type}; coded values are of type S2 or S3");
            return;
        }

        var tooLong = set.Codes.Keys.FirstOrDefault(c => c.Length > format.Length);
        if (tooLong is not null) row.Report("standards.bad-format", $"format {format.Text} cannot hold code '{tooLong}' of value set '{set.Id}'");
    }

    private static Sentence Examples(ElementType type) => type switch
    {
        ElementType.N => (Sentence)$"use N..6 or N..6,2 with at most {ElementFormat.MostDigits} digits",
        ElementType.L => "use T/F",
        ElementType.D => "use D8",
        ElementType.DT => "use DT15",
        ElementType.T => "use T6",
        _ => "use AN..50 (at most) or AN10 (exactly)",
    };
}
