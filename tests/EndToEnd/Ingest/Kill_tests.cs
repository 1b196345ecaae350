using System.Text.Json;
using DuckDB.NET.Data;
using Xunit;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Identity;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>The program is killed fifty times while it loads. What it has acknowledged is there whole, what it has not is not there or there whole.</summary>
public sealed class Kill_tests : IDisposable
{
    private const int Rounds = 50;
    private const int FilesWaiting = 10;
    private static readonly string[] DataSets = ["person.basic", "lab.result"];
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-kill-").FullName;
    private readonly Dictionary<string, (int Batch, long Received)> _acknowledged = new(StringComparer.Ordinal);

    private string Data => Path.Combine(_folder, "data");

    private string[] Arguments => ["ingest", Path.Combine(_folder, "in"), "--json", "--data", Data, "--standards", Path.Combine(_folder, "standards")];

    [Fact]
    public async Task Killed_fifty_times_no_acknowledged_batch_is_lost_and_none_is_half()
    {
        var seed = Environment.GetEnvironmentVariable("YUNNAO_TEST_SEED") is { Length: > 0 } given ? int.Parse(given) : Random.Shared.Next();
        try
        {
            await KillAndCheck(new Random(seed));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"With YUNNAO_TEST_SEED={seed}: {e.Message}", e);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task KillAndCheck(Random random)
    {
        SmallRegistry.Write(Path.Combine(_folder, "standards"));
        var city = new KillCity(Path.Combine(_folder, "in"));
        city.WriteSources();
        for (var round = 0; round < Rounds; round++)
        {
            while (city.Records.Count < _acknowledged.Count + FilesWaiting) city.WriteNext();

            // Two of three are killed while they load: a busy machine takes long to start a program, and a kill before the work proves little.
            var loading = round % 3 != 0;
            var delay = TimeSpan.FromMilliseconds(loading ? random.Next(0, 250) : random.Next(50, 1500));
            Acknowledge(await YunnaoProcess.Kill(Arguments, delay, loading), city);
        }

        city.WriteEveryone();
        var (exitCode, lines, error) = await YunnaoProcess.Run(Arguments);
        Assert.True(exitCode == 0, error);
        Acknowledge(lines, city);
        Assert.Equal(city.Records.Keys.Order(), _acknowledged.Keys.Order());

        (exitCode, lines, _) = await YunnaoProcess.Run(Arguments);
        Assert.Equal(0, exitCode);
        Assert.Equal(city.Records.Count, lines.Count);
        Assert.All(lines, l => Assert.Equal(_acknowledged[File(l)].Batch, l.GetProperty("already_loaded").GetInt32()));

        using var connection = new DuckDBConnection($"DataSource={Path.Combine(Data, "lake.duckdb")}");
        connection.Open();
        BatchesAreWhole(connection, city);
        NothingIsOutsideOfABatch(connection);
        EverySubjectIsKnown(connection);
        Assert.Empty(Directory.GetFiles(Path.Combine(Data, "tmp")));
        Assert.Empty(Directory.GetFiles(Path.Combine(Data, "objects", "tmp")));
    }

    private void Acknowledge(List<JsonElement> lines, KillCity city)
    {
        foreach (var line in lines)
        {
            Assert.Equal(JsonValueKind.Null, line.GetProperty("problem").ValueKind);
            var file = File(line);
            if (line.GetProperty("already_loaded").ValueKind == JsonValueKind.Number)
            {
                // The kill may have come between the commit and the line that says so.
                var batch = line.GetProperty("already_loaded").GetInt32();
                if (_acknowledged.TryAdd(file, (batch, city.Records[file]))) continue;
                Assert.Equal(_acknowledged[file].Batch, batch);
            }
            else
            {
                var received = line.GetProperty("received").GetInt64();
                Assert.True(_acknowledged.TryAdd(file, (line.GetProperty("batch").GetInt32(), received)), $"{file} was acknowledged before and has been loaded again.");
                Assert.Equal(received, line.GetProperty("accepted").GetInt64() + line.GetProperty("quarantined").GetInt64());
            }
        }
    }

    private void BatchesAreWhole(DuckDBConnection connection, KillCity city)
    {
        var ledger = connection.Rows(
            r => (Number: r.GetInt32(0), File: r.GetString(1), Received: r.GetInt64(2), Accepted: r.GetInt64(3), Quarantined: r.GetInt64(4)),
            "SELECT number, file_name, received, accepted, quarantined FROM ops.batch WHERE status = 'committed'").ToDictionary(b => b.Number);
        Assert.Equal(_acknowledged.Count, ledger.Count);
        var rows = Counts(connection, string.Join(" UNION ALL ", DataSets.Select(d => $"SELECT _batch FROM {d} WHERE _rejected IS NULL")
            .Concat(Histories(connection).Select(h => $"SELECT _batch FROM {h}"))));
        var quarantine = Counts(connection, "SELECT batch FROM ops.quarantine");
        foreach (var (file, (number, received)) in _acknowledged)
        {
            var batch = ledger[number];
            Assert.Equal(Path.GetFileName(file), batch.File);
            Assert.Equal((city.Records[file], city.Records[file]), (received, batch.Received));
            Assert.Equal(batch.Received, batch.Accepted + batch.Quarantined);
            Assert.Equal((number, batch.Accepted), (number, rows.GetValueOrDefault(number)));
            Assert.Equal((number, batch.Quarantined), (number, quarantine.GetValueOrDefault(number)));
        }
    }

    private static void NothingIsOutsideOfABatch(DuckDBConnection connection)
    {
        string[] sources = [.. DataSets.Concat(Histories(connection)).Select(t => $"SELECT _batch AS batch FROM {t}"), "SELECT batch FROM ops.quarantine", "SELECT batch FROM ops.batch_count", "SELECT batch FROM ops.batch_org"];
        foreach (var source in sources)
            Assert.Equal((source, 0), (source, connection.Scalar<long>($"SELECT count(*) FROM ({source}) WHERE batch NOT IN (SELECT number FROM ops.batch)")));
    }

    /// <summary>Everybody has one ID number, so however the loading was torn, in the end there is one subject for each.</summary>
    private void EverySubjectIsKnown(DuckDBConnection connection)
    {
        var subjects = connection.Rows(
            r => (ulong)r.GetValue(0), $"SELECT DISTINCT _subject FROM ({string.Join(" UNION ALL ", DataSets.Select(d => $"SELECT _subject FROM {d} WHERE _rejected IS NULL"))})");
        using var keys = KeyRing.Open(Data).Value;
        using var vault = Vault.Open(Data, keys).Value;
        Assert.All(subjects, s => Assert.NotEmpty(vault.Reveal(s)));
        Assert.Equal(KillCity.People, subjects.Count);
        Assert.Equal(KillCity.People, vault.Count().Subjects);
    }

    private static Dictionary<int, long> Counts(DuckDBConnection connection, string batches) =>
        connection.Rows(r => (r.GetInt32(0), r.GetInt64(1)), $"SELECT b.*, count(*) FROM ({batches}) b GROUP BY 1").ToDictionary(c => c.Item1, c => c.Item2);

    private static List<string> Histories(DuckDBConnection connection) =>
        connection.Rows(r => $"history.\"{r.GetString(0)}\"", "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'history'");

    private static string File(JsonElement line) => line.GetProperty("file").GetString()!;
}
