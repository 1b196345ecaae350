using System.Globalization;
using System.Text.Json;
using DuckDB.NET.Data;
using Xunit;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>The program is killed while it loads groups of small messages that supersede each other: a group is there whole or not at all.</summary>
public sealed class Group_kill_tests : IDisposable
{
    private const int Rounds = 8;
    private const int FilesARound = 60;
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-group-kill-").FullName;

    private string Data => Path.Combine(_folder, "data");

    private string[] Arguments => ["ingest", Path.Combine(_folder, "in"), "--json", "--source", "hl7v2", "--data", Data, "--standards", Path.Combine(_folder, "standards")];

    [Fact]
    public async Task Killed_in_the_middle_of_a_group_nothing_acknowledged_is_lost_and_nothing_is_there_twice()
    {
        SmallRegistry.Write(Path.Combine(_folder, "standards"));
        Directory.CreateDirectory(Path.Combine(_folder, "in"));
        var acknowledged = new Dictionary<string, int>(StringComparer.Ordinal);
        var random = new Random(7);
        for (var round = 0; round <= Rounds; round++)
        {
            for (var i = round * FilesARound; i < (round + 1) * FilesARound; i++) await File.WriteAllTextAsync(Path.Combine(_folder, "in", $"{i:0000}.hl7"), Message(i), TestContext.Current.CancellationToken);
            if (round < Rounds) Keep(await YunnaoProcess.Kill(Arguments, TimeSpan.FromMilliseconds(random.Next(0, 1000)), Lands));
        }

        var (exitCode, lines, error) = await YunnaoProcess.Run(Arguments);
        Assert.True(exitCode == 0, error);
        Keep(lines);
        const int Files = (Rounds + 1) * FilesARound;
        Assert.Equal(Files, acknowledged.Count);
        Assert.Equal(Files, acknowledged.Values.Distinct().Count());

        using var connection = new DuckDBConnection($"DataSource={Path.Combine(Data, "lake.duckdb")}");
        connection.Open();
        Assert.Equal(Files, connection.Scalar<long>("SELECT count(DISTINCT object_id) FROM ops.batch WHERE status = 'committed'"));
        Assert.Equal(Files, connection.Scalar<long>("SELECT count(*) FROM ops.batch"));
        Assert.Equal(9L, connection.Scalar<long>("SELECT count(*) FROM lab.result WHERE _rejected IS NULL"));
        Assert.Equal(Files - 9L, connection.Scalar<long>("SELECT count(*) FROM history.\"lab.result\""));
        Assert.Equal(0L, connection.Scalar<long>("SELECT count(*) FROM (SELECT _record, _version FROM (SELECT _record, _version FROM lab.result UNION ALL SELECT _record, _version FROM history.\"lab.result\") GROUP BY ALL HAVING count(*) > 1)"));
        Assert.Equal(Files / 9L, connection.Scalar<int>("SELECT max(_version) FROM lab.result"));

        // The bytes of a group arrive before it is read, checked and committed.
        bool Lands() => Directory.Exists(Path.Combine(Data, "objects", "tmp")) && Directory.EnumerateFiles(Path.Combine(Data, "objects", "tmp")).Any();

        void Keep(List<JsonElement> told)
        {
            foreach (var line in told)
            {
                Assert.Equal(JsonValueKind.Null, line.GetProperty("problem").ValueKind);
                var batch = line.GetProperty("batch") is { ValueKind: JsonValueKind.Number } fresh ? fresh.GetInt32() : line.GetProperty("already_loaded").GetInt32();
                var file = Path.GetFileName(line.GetProperty("file").GetString()!);
                Assert.Equal(batch, acknowledged.GetValueOrDefault(file, batch));
                acknowledged[file] = batch;
            }
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Message(int i) => string.Create(
        CultureInfo.InvariantCulture,
        $"MSH|^~\\&|LIS|H1|||20260102{i / 60 % 24:00}{i % 60:00}00||ORU^R01|{i}|P|2.5\rPID|1||P{i % 9}||Name{i}^San||19491231|M\rOBR|1||L{i % 9}\rOBX|1|NM|718-7^Hb||{i}.5|||H|||F|||20260102090000\r");
}
