using System.Text.Unicode;
using CsvHelper;
using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>
/// A registry file in CSV, read row by row with its line numbers. Broken encoding, quoting and columns are reported here;
/// the reader of the file sees clean rows only and reads a cell by the name of its column.
/// </summary>
internal sealed class CsvTable : IDisposable
{
    private readonly RegistryFile _file;
    private readonly ProblemList _problems;
    private readonly CsvReader _reader;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);

    private CsvTable(RegistryFile file, ProblemList problems)
    {
        _file = file;
        _problems = problems;
        _reader = CsvReader.Create(file.Content, new CsvReaderOptions
        {
            Separator = ',',
            DetectSeparatorHint = false,
            TrackLineNumbers = true,
            TrimWhitespace = true,
            OnMalformedRecord = record => Report((int)record.LineNumber, "standards.bad-csv", Explain(record.Reason)),
        });
    }

    /// <summary>Line of the file where the current row begins.</summary>
    public int Line => (int)_reader.LineNumber;

    /// <summary>Where the current row is.</summary>
    public SourceLine At => _file.Line(Line);

    /// <summary>Further columns of an open table, in the order of the file.</summary>
    public IReadOnlyList<string> Extra { get; private set; } = [];

    /// <summary>The cell of a column; empty when the file leaves the column out.</summary>
    public string this[string column] => _columns.TryGetValue(column, out var index) ? _reader.GetString(index) : "";

    /// <summary>Opens a file and checks its header; null (with problems reported) when its rows cannot be read.</summary>
    public static CsvTable? Open(RegistryFile file, TableColumns columns, ProblemList problems)
    {
        if (!IsUtf8(file, problems)) return null;
        var table = new CsvTable(file, problems);
        if (table.CheckHeader(columns)) return table;
        table.Dispose();
        return null;
    }

    /// <summary>Moves to the next row that has as many cells as the header; reports the others.</summary>
    public bool Next()
    {
        while (_reader.Read())
        {
            if (_reader.FieldCount == _reader.Headers.Count)
            {
                if (!IsBlank()) return true;
                continue;
            }

            Report("standards.bad-csv", $"the row has {_reader.FieldCount} cells, the header {_reader.Headers.Count}; quote cells that hold a comma");
        }

        return false;
    }

    /// <summary>Reports a problem of the current row.</summary>
    public void Report(string code, Sentence message) => Report(Line, code, message);

    /// <summary>Reports a name in the current row that stands for nothing, with the name that was probably meant.</summary>
    public void ReportUnknown(string code, Sentence what, string name, IEnumerable<string> known) =>
        _problems.AddUnknown(code, At, what, name, known);

    public void Dispose() => _reader.Dispose();

    private void Report(int line, string code, Sentence message) => _problems.Add(code, _file.Line(line), message);

    private bool CheckHeader(TableColumns columns)
    {
        var extra = new List<string>();
        for (var i = 0; i < _reader.Headers.Count; i++)
        {
            var name = _reader.Headers[i].Trim();
            if (!_columns.TryAdd(name, i)) Report(1, "standards.unknown-column", $"column '{name}' is there twice");
            if (columns.Known.Contains(name)) continue;
            if (!columns.Open) _problems.AddUnknown("standards.unknown-column", _file.Line(1), "column", name, columns.Known);
            else if (Identifiers.NameFault(name) is { } fault) Report(1, "standards.name", $"column '{name}' {fault}");
            else extra.Add(name);
        }

        Extra = extra;
        var missing = columns.Required.Where(c => !_columns.ContainsKey(c)).ToArray();
        if (missing.Length > 0) Report(1, "standards.missing-column", $"the header has no column {string.Join(", ", missing)}");
        return missing.Length == 0;
    }

    private bool IsBlank()
    {
        for (var i = 0; i < _reader.FieldCount; i++)
        {
            if (!_reader.IsEmpty(i)) return false;
        }

        return true;
    }

    private static bool IsUtf8(RegistryFile file, ProblemList problems)
    {
        if (Utf8.IsValid(file.Content)) return true;
        var line = 1;
        foreach (var range in file.Content.AsSpan().Split((byte)'\n'))
        {
            if (!Utf8.IsValid(file.Content.AsSpan(range))) break;
            line++;
        }

        problems.Add("standards.not-utf8", file.Line(line), "not UTF-8; in a spreadsheet, save as 'CSV UTF-8 (comma delimited)'");
        return false;
    }

    private static Sentence Explain(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote => (Sentence)"a cell opens with a quote that is never closed",
        CsvMalformedReason.TextAfterClosingQuote => "text after the closing quote of a cell; write \"\" for a quote inside it",
        _ => "a quote inside a cell that is not quoted; quote the cell and write \"\" for the quote",
    };
}
