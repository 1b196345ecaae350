using CsvHelper;
using Yunnao.Kernel;
using Yunnao.Standards.Loading;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// A file of the registry that has one row an entry (<c>valuesets.csv</c>, <c>elements.csv</c> …), in memory while entries are added to
/// it. A published row is never changed: an entry with another content needs another version.
/// </summary>
internal sealed class HeadTable
{
    private readonly string _path;
    private readonly string[] _columns;
    private readonly List<Row> _rows = [];
    private readonly Dictionary<string, List<Row>> _byId = new(StringComparer.Ordinal);
    private readonly string _id;
    private bool _changed;

    private HeadTable(string path, string[] columns)
    {
        (_path, _columns, _id) = (path, columns, columns[0]);
        _changed = !File.Exists(path);
    }

    public bool Knows(string id) => _byId.ContainsKey(id);

    /// <summary>Reads the file, or begins an empty one. Problem: <c>standards.bad-csv</c>.</summary>
    public static Result<HeadTable> Open(string folder, string file, string columns)
    {
        var table = new HeadTable(Path.Combine(folder, file), RegistryColumns.Names(columns));
        if (!File.Exists(table._path)) return table;
        using var stream = File.OpenRead(table._path);
        using var reader = CsvReader.Create(stream, new CsvReaderOptions { Separator = ',', TrimWhitespace = true, TrackLineNumbers = true });
        while (reader.Read())
        {
            if (reader.FieldCount != reader.Headers.Count)
            {
                return new Problem(
                    ProblemKind.Incorrect, "standards.bad-csv", "the row has another number of cells than the header", new Place(table._path, (int)reader.LineNumber));
            }

            var row = new Row();
            for (var i = 0; i < reader.FieldCount; i++) row[reader.Headers[i]] = reader.GetString(i);
            table.Append(row);
        }

        return table;
    }

    /// <summary>
    /// Adds an entry, or says that it is there, or why it cannot be taken. <paramref name="sameContent"/> tells whether the entry's own
    /// file (codes, items) is the same too.
    /// </summary>
    public Outcome Put(Row row, bool sameContent = true)
    {
        var versioned = _columns.Contains("version");
        if (!_byId.TryGetValue(row[_id], out var rows))
        {
            Append(row);
            _changed = true;
            return Outcome.Added;
        }

        var twin = versioned ? rows.Find(r => r["version"] == row["version"]) : rows[0];
        if (twin is not null) return PutOver(twin, row, sameContent);
        return rows.Exists(r => Compare(r["version"], row["version"]) > 0) ? Outcome.Older : PutAfter(rows, row);
    }

    /// <summary>Writes the file if something was added.</summary>
    public void Save()
    {
        if (!_changed) return;
        using var writer = new CsvFile(_path);
        writer.Write(_columns);
        foreach (var row in _rows) writer.Write(_columns.Select(c => row[c]));
    }

    private Outcome PutOver(Row twin, Row row, bool sameContent)
    {
        if (sameContent && Array.TrueForAll(_columns, c => twin[c] == row[c])) return Outcome.Same;
        if (twin["status"] != "draft") return Outcome.Published;
        foreach (var column in _columns) twin[column] = row[column];
        _changed = true;
        return Outcome.Added;
    }

    private Outcome PutAfter(List<Row> rows, Row row)
    {
        var status = row["status"];
        foreach (var older in rows.Where(r => r["status"] == status && status != "superseded")) older["status"] = "superseded";
        Append(row);
        _changed = true;
        return Outcome.Added;
    }

    private void Append(Row row)
    {
        _rows.Add(row);
        if (!_byId.TryGetValue(row[_id], out var rows)) _byId.Add(row[_id], rows = []);
        rows.Add(row);
    }

    private static int Compare(string left, string right) =>
        Semver.TryParse(left, out var l) && Semver.TryParse(right, out var r) ? l.CompareTo(r) : string.CompareOrdinal(left, right);
}
