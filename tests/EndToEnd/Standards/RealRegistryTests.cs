using DuckDB.NET.Data;
using Xunit;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.EndToEnd.Standards;

/// <summary>The registry that ships with the program.</summary>
public sealed class RealRegistryTests
{
    /// <summary>Texts that a hospital may send for any item, right or wrong: each becomes a row that has it in every column.</summary>
    private static readonly string?[] Texts =
    [
        null, "x", "1", "0", "-1", "01", "999999999", "-999999999", "999999999999999999", "1e308", "-1e308", "NaN", "infinity", "0.005", "true",
        "2024-02-29", "2024-02-29 23:59:59", "20240229235959", "1800-01-01", "9999-12-31", "290000-01-01", "23:59:59", "24:00:00",
        "11010519491231002X", "'; DROP TABLE x; --",
    ];

    private static readonly RegistryLoad Load = RegistryLoader.Load(Repository.File("standards"));

    [Fact]
    public void It_has_no_problems() => Assert.Empty(Load.Problems);

    [Fact]
    public void It_covers_what_was_promised()
    {
        var registry = Load.Whole.Value;
        Assert.True(registry.DataSets.Count >= 30);
        Assert.True(registry.DataSets.Values.Sum(d => d.Items.Count) >= 600);
        Assert.True(registry.ValueSets.Count >= 50);
    }

    [Fact]
    public void Every_data_set_makes_a_table_and_a_checking_statement_that_takes_any_text()
    {
        var registry = Load.Whole.Value;
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        IngestFunctions.Register(connection, new AnySubject());
        foreach (var dataSet in registry.DataSets.Values)
        {
            Execute(connection, TableDdl.Build(dataSet));
            Execute(connection, $"CREATE OR REPLACE TABLE staging ({string.Join(", ", dataSet.Items.Select(i => $"{i.Name} VARCHAR"))})");
            foreach (var text in Texts.Select(t => t is null ? "NULL" : Sql.Text(t)))
            {
                Execute(connection, $"INSERT INTO staging SELECT {string.Join(", ", Enumerable.Repeat(text, dataSet.Items.Count))}");
            }

            try
            {
                var (types, select) = Checks(dataSet, registry);
                Execute(connection, types);
                Execute(connection, $"INSERT INTO {Table(dataSet)} {select}");
            }
            catch (DuckDBException e)
            {
                Assert.Fail($"{dataSet.Id}: {e.Message}");
            }

            Assert.Equal(Texts.Length, Count(connection, Table(dataSet)));
            Assert.True(Count(connection, $"{Table(dataSet)} WHERE _rejected IS NOT NULL") > 0, dataSet.Id);
        }
    }

    private static (string Types, string Select) Checks(DataSet dataSet, Registry registry)
    {
        var script = CheckingScript.Build(dataSet, registry);
        var at = script.IndexOf("\nSELECT ", StringComparison.Ordinal);
        return (script[..at].Replace("CREATE TEMP TYPE", "CREATE OR REPLACE TEMP TYPE", StringComparison.Ordinal), script[at..].TrimEnd(';', '\n'));
    }

    private static string Table(DataSet dataSet)
    {
        var shape = new TableShape(dataSet);
        return $"{Sql.Name(shape.Schema)}.{Sql.Name(shape.Table)}";
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql + "\n;SELECT 1";
        command.ExecuteNonQuery();
    }

    private static long Count(DuckDBConnection connection, string from)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {from}";
        return (long)command.ExecuteScalar()!;
    }

    private sealed class AnySubject : ISubjectResolver
    {
        public ulong Resolve(ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> local) => 1;
    }
}
