using System.Globalization;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;

namespace Yunnao.Lake.DuckDb.Text;

/// <summary>
/// Compares a file whose source is sought with what a recipient would be shown. Rows are found again by their contents, whatever their order, the form of
/// the file and the columns that are left: of the columns that both have, those are compared whose values occur on the other side.
/// </summary>
public sealed class LeakMatch : IDisposable
{
    private const int MostRows = 5_000_000;

    /// <summary>Of a column's values this part at least occurs on the other side; of a column that was replaced (other pseudonyms) none does.</summary>
    private const double Alive = 0.5;

    private readonly DuckDBConnection _connection;

    private LeakMatch(DuckDBConnection connection, IReadOnlyList<string> columns, long rows) => (_connection, Columns, Rows) = (connection, columns, rows);

    /// <summary>Columns of the file.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Rows of the file that are looked at: up to 5,000,000, by chance.</summary>
    public long Rows { get; }

    /// <summary>What was found.</summary>
    /// <param name="Matched">Rows of the file that are one certain row of what is shown.</param>
    /// <param name="Pseudonyms">Values of the file that are pseudonyms in what is shown.</param>
    /// <param name="Compared">The columns by which rows were found again.</param>
    public sealed record Found(long Matched, long Pseudonyms, IReadOnlyList<string> Compared);

    /// <summary>Reads a file: Parquet, CSV, JSON or JSON lines, also as gzip, by its ending. Problem: <c>export.trace-file</c>.</summary>
    /// <param name="temporary">A folder for what does not fit into memory.</param>
    public static Result<LeakMatch> Read(string file, string temporary)
    {
        ArgumentNullException.ThrowIfNull(file);
        var connection = new DuckDBConnection("DataSource=:memory:;threads=2;memory_limit=1GB");
        try
        {
            connection.Open();
            Pseudonym.Register(connection);
            connection.Execute($"SET temp_directory = {SqlNames.Literal(temporary)}");
            connection.Execute($"CREATE TABLE leak AS SELECT COLUMNS(*)::VARCHAR FROM {Source(file)} USING SAMPLE {MostRows} ROWS");
            var columns = new List<string>();
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "SELECT column_name FROM duckdb_columns() WHERE table_name = 'leak' ORDER BY column_index";
                using var reader = command.ExecuteReader();
                while (reader.Read()) columns.Add(reader.GetString(0));
            }

            return new LeakMatch(connection, columns, connection.Scalar<long>("SELECT count(*) FROM leak"));
        }
        catch (DuckDBException)
        {
            // Its message may hold a value of the file.
            connection.Dispose();
            return new Problem(ProblemKind.Incorrect, "export.trace-file", "The file is not read: name a Parquet, CSV or JSON file with a line of column names (.parquet, .csv, .tsv, .ndjson, .json, also .gz).", new(Path.GetFileName(file)));
        }
    }

    /// <summary>True when a column of the file holds a value that could be a pseudonym.</summary>
    public bool MayHoldPseudonyms(string column) => _connection.Scalar<bool>($"SELECT coalesce(bool_or(regexp_full_match({SqlNames.Quote(column)}, '[0-9a-f]{{{Pseudonym.Length}}}')), false) FROM leak");

    /// <summary>Compares with a Parquet file of rows as they are shown to one or several recipients, which has the column of <see cref="RowMark.ShowRecords"/>.</summary>
    /// <param name="pseudonyms">Columns of it that hold pseudonyms.</param>
    public Found With(string parquet, IReadOnlyCollection<string> pseudonyms)
    {
        _connection.Execute($"CREATE OR REPLACE TEMP VIEW shown AS SELECT * FROM read_parquet({SqlNames.Literal(parquet)})");
        var types = Types();
        var common = Columns.Where(types.ContainsKey).ToList();
        var (alive, own) = (new List<string>(), 0L);
        foreach (var column in common)
        {
            var (theirs, ours) = (Cast(column, types[column]), SqlNames.Quote(column));
            var values = _connection.Scalar<long>($"SELECT count(DISTINCT {theirs}) FROM leak");
            var known = _connection.Scalar<long>($"SELECT count(DISTINCT {ours}) FROM shown WHERE {ours} IN (SELECT {theirs} FROM leak)");
            if (known > 0 && known >= Alive * values) alive.Add(column);
            if (pseudonyms.Contains(column)) own += known;
        }

        if (alive.Count == 0) return new(0, own, []);

        // Of a large data set only those rows are grouped that may be in the file.
        var (sought, key) = (Key(alive, c => Cast(c, types[c])), Key(alive, SqlNames.Quote));
        _connection.Execute($"CREATE OR REPLACE TEMP TABLE found AS SELECT any_value({RowMark.Column}) AS record FROM (SELECT {key} AS k, {RowMark.Column} FROM shown) WHERE k IN (SELECT {sought} FROM leak) GROUP BY k HAVING count(*) = 1");
        return new(_connection.Scalar<long>("SELECT count(*) FROM found"), own, alive);
    }

    /// <summary>How many of the rows that were found last a recipient was never given.</summary>
    public long LeftOut(RowMark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        return _connection.Scalar<long>($"SELECT count(*) FROM found WHERE pseudonym('{mark.KeyText}', record) < '{mark.Below}'");
    }

    public void Dispose() => _connection.Dispose();

    private static string Source(string file)
    {
        var (literal, name) = (SqlNames.Literal(file), file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file);
        return Path.GetExtension(name).ToLower(CultureInfo.InvariantCulture) switch
        {
            ".parquet" => $"read_parquet({literal})",
            ".json" or ".ndjson" or ".jsonl" => $"read_json({literal})",
            _ => $"read_csv({literal}, all_varchar = true, header = true, ignore_errors = true)",
        };
    }

    private Dictionary<string, string> Types()
    {
        var types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT column_name, column_type FROM (DESCRIBE shown)";
        using var reader = command.ExecuteReader();
        while (reader.Read()) types[reader.GetString(0)] = reader.GetString(1);
        types.Remove(RowMark.Column);
        return types;
    }

    /// <summary>A text of the file as a value of the column's type, or null. A record key may stand there as a UUID or, as text forms have it, in digits.</summary>
    private static string Cast(string column, string type)
    {
        var text = SqlNames.Quote(column);
        return type == "UUID"
            ? $"coalesce(TRY_CAST({text} AS UUID), TRY_CAST(lpad(hex(TRY_CAST({text} AS UHUGEINT)), 32, '0') AS UUID))"
            : $"TRY_CAST({text} AS {type})";
    }

    private static string Key(IEnumerable<string> columns, Func<string, string> value) => $"md5(concat_ws(chr(1), {string.Join(", ", columns.Select(c => $"coalesce({value(c)}::VARCHAR, chr(2))"))}))";
}
