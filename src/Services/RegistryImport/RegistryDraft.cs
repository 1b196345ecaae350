using Yunnao.Kernel;
using Yunnao.Standards.Loading;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// The registry's folder while an import writes into it. Takes entries as rows, keeps to what the loader accepts, and reports what it
/// leaves out and why. One value set or data set is in memory at a time.
/// </summary>
internal sealed class RegistryDraft
{
    private const int MaxCode = 64;

    private readonly string _folder;
    private readonly Dictionary<string, HeadTable> _heads;

    private RegistryDraft(string folder, Dictionary<string, HeadTable> heads) => (_folder, _heads) = (folder, heads);

    public ImportReport Report { get; } = new();

    /// <summary>Opens the folder, making it when it is not there. Problem: <c>standards.bad-csv</c>.</summary>
    public static Result<RegistryDraft> Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var heads = new Dictionary<string, HeadTable>(StringComparer.Ordinal);
        (string File, string Columns)[] files =
        [
            ("elements.csv", RegistryColumns.Elements), ("valuesets.csv", RegistryColumns.ValueSets), ("datasets.csv", RegistryColumns.DataSets),
            ("checks.csv", RegistryColumns.Checks), ("units.csv", RegistryColumns.Units),
        ];
        foreach (var (file, columns) in files)
        {
            if (!HeadTable.Open(folder, file, columns).Try(out var table, out var problem)) return problem;
            heads.Add(file, table);
        }

        return new RegistryDraft(folder, heads);
    }

    public bool HasElement(string id) => _heads["elements.csv"].Knows(id);

    public bool HasValueSet(string id) => _heads["valuesets.csv"].Knows(id);

    public bool HasDataSet(string id) => _heads["datasets.csv"].Knows(id);

    public bool HasUnit(string code) => _heads["units.csv"].Knows(code);

    public void Element(Row row) => Put("elements.csv", "elements", row);

    public void Unit(Row row)
    {
        if (row["code"].Length == 0 || row["code"].Any(c => c is <= ' ' or > '~')) Report.Leave("unit-not-ucum", row["code"]);
        else Put("units.csv", "units", row);
    }

    public void Check(Row row) => Put("checks.csv", "checks", row);

    /// <summary>Takes a value set. Codes that cannot stand in the registry are left out one by one.</summary>
    /// <returns>True when the registry now has it.</returns>
    public bool ValueSet(Row head, IEnumerable<Row> codes)
    {
        var kept = Kept(head["id"], codes);
        var used = kept.SelectMany(c => c.Columns.Where(name => c[name].Length > 0)).Distinct(StringComparer.Ordinal).ToArray();
        string[] columns = ["code", "name_zh", "name_en", "parent", .. used.Except(["code", "name_zh", "name_en", "parent"])];
        return PutWithFile("valuesets.csv", "value-sets", head, $"codes/{head["id"]}.csv", columns, kept, "codes");
    }

    /// <summary>Takes a data set with its items.</summary>
    public bool DataSet(Row head, IReadOnlyList<Row> items) => PutWithFile(
        "datasets.csv", "data-sets", head, $"items/{head["id"]}.csv", RegistryColumns.Names(RegistryColumns.Items), items, "items");

    /// <summary>Takes a code map; a source code has one target.</summary>
    public void CodeMap(string id, IEnumerable<Row> rows)
    {
        var kept = new List<Row>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row["source"].Length == 0 || row["target"].Length == 0) Report.Leave("map-without-target", $"{id}: {row["source"]}");
            else if (!seen.Add(row["source"])) Report.Leave("map-second-target", $"{id}: {row["source"]} → {row["target"]}");
            else kept.Add(row);
        }

        var path = $"mappings/codes/{id}.csv";
        var columns = RegistryColumns.Names(RegistryColumns.CodeMaps);
        if (kept.Count == 0) Report.Leave("map-empty", id);
        else if (IsSame(path, columns, kept)) Tell(Outcome.Same, "code-maps", id, "mapped-codes", kept.Count);
        else if (File.Exists(Path.Combine(_folder, path))) Tell(Outcome.Published, "code-maps", id, "mapped-codes", kept.Count);
        else
        {
            Write(path, columns, kept);
            Tell(Outcome.Added, "code-maps", id, "mapped-codes", kept.Count);
        }
    }

    /// <summary>Takes a profile of FHIR as it was published.</summary>
    public void Profile(string id, string json)
    {
        var path = Path.Combine(_folder, "fhir", "profiles", $"{id}.json");
        if (File.Exists(path))
        {
            Tell(File.ReadAllText(path) == json ? Outcome.Same : Outcome.Published, "profiles", id, "", 0);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, json);
        Tell(Outcome.Added, "profiles", id, "", 0);
    }

    /// <summary>Whether a file of <c>quality/</c> says what the dimensions are.</summary>
    /// <param name="id">Of the file that is not asked.</param>
    public bool HasDimensions(string id) => QualityLine(id, "dimensions:") is not null;

    /// <summary>The line of a file of <c>quality/</c> that says where birth and sex of a person are, or null.</summary>
    /// <inheritdoc cref="HasDimensions"/>
    public string? PersonFacts(string id) => QualityLine(id, "person:");

    /// <summary>Takes a file of measures.</summary>
    public void Measures(string id, string yaml)
    {
        var path = Path.Combine(_folder, "quality", $"{id}.yaml");
        var count = yaml.Split("\n  - id: ").Length - 1;
        if (File.Exists(path))
        {
            Tell(File.ReadAllText(path) == yaml ? Outcome.Same : Outcome.Published, "quality-files", id, "measures", count);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, yaml);
        Tell(Outcome.Added, "quality-files", id, "measures", count);
    }

    /// <summary>Writes the files that have one row an entry. Until then the folder does not know what was added.</summary>
    public void Save()
    {
        foreach (var head in _heads.Values) head.Save();
    }

    private string? QualityLine(string id, string begin)
    {
        var folder = Path.Combine(_folder, "quality");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.yaml").Where(f => Path.GetFileNameWithoutExtension(f) != id).SelectMany(File.ReadLines).FirstOrDefault(l => l.StartsWith(begin, StringComparison.Ordinal))
            : null;
    }

    private List<Row> Kept(string set, IEnumerable<Row> codes)
    {
        var kept = new List<Row>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var code in codes)
        {
            if (code["code"].Length == 0) Report.Leave("code-empty", $"{set}: {code["name_zh"]}");
            else if (code["code"].Length > MaxCode) Report.Leave("code-too-long", $"{set}: {code["code"]}");
            else if (!seen.Add(code["code"])) Report.Leave("code-twice", $"{set}: {code["code"]}");
            else
            {
                if (code["name_zh"].Length == 0) code.Name(code["code"], code["name_en"]);
                kept.Add(code);
            }
        }

        foreach (var orphan in kept.Where(c => c["parent"].Length > 0 && (c["parent"] == c["code"] || !seen.Contains(c["parent"])))) orphan["parent"] = "";
        return kept;
    }

    private void Put(string file, string kind, Row row) => Tell(_heads[file].Put(row), kind, row[kind == "units" ? "code" : "id"], "", 0);

    private bool PutWithFile(string headFile, string kind, Row head, string path, string[] columns, IReadOnlyList<Row> rows, string rowKind)
    {
        var outcome = _heads[headFile].Put(head, IsSame(path, columns, rows));
        if (outcome == Outcome.Added) Write(path, columns, rows);
        Tell(outcome, kind, head["id"], rowKind, rows.Count);
        return outcome is Outcome.Added or Outcome.Same;
    }

    private void Tell(Outcome outcome, string kind, string id, string rowKind, int rows)
    {
        if (outcome == Outcome.Published) Report.Leave("published", id);
        else if (outcome == Outcome.Older) Report.Leave("older", id);
        else if (outcome == Outcome.Added) Report.Added(kind);
        else Report.Same(kind);
        if (rowKind.Length == 0 || outcome is Outcome.Published or Outcome.Older) return;
        if (outcome == Outcome.Added) Report.Added(rowKind, rows);
        else Report.Same(rowKind, rows);
    }

    private void Write(string path, string[] columns, IReadOnlyList<Row> rows)
    {
        using var file = new CsvFile(Path.Combine(_folder, path));
        file.Write(columns);
        foreach (var row in rows) file.Write(columns.Select(c => row[c]));
    }

    /// <summary>True when the file holds these rows. A file written by hand may leave out columns in which nothing stands, and have them in another order.</summary>
    private bool IsSame(string path, string[] columns, IReadOnlyList<Row> rows)
    {
        var full = Path.Combine(_folder, path);
        if (!File.Exists(full) || !ForeignTable.Open(full).Try(out var table, out _)) return false;
        string[] all = [.. columns.Union(table.Header, StringComparer.Ordinal)];
        int[] at = [.. all.Select(c => table.Column(c))];
        var number = 0;
        foreach (var cells in table.Rows)
        {
            if (number == rows.Count) return false;
            var row = rows[number++];
            for (var i = 0; i < all.Length; i++)
                if ((at[i] < 0 || at[i] >= cells.Length ? "" : cells[at[i]]) != row[all[i]].Trim()) return false;
        }

        return number == rows.Count;
    }
}
