using System.Globalization;
using DuckDB.NET.Data;
using Xunit;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>The vault commits just before the lake. A crash between the two is made by putting back the lake as it was before the last batch.</summary>
public sealed class Torn_commit_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-torn-").FullName;

    private string Lake => Path.Combine(_folder, "data", "lake.duckdb");

    [Theory]
    [InlineData("person.csv")]
    [InlineData("lab2.csv")]
    public async Task Rows_follow_their_person_although_the_batch_that_said_so_was_torn(string next)
    {
        SmallRegistry.Write(Path.Combine(_folder, "standards"));
        Write("lab1.csv", "patient_id,report_no,item_no,item_code,report_time\nP1,R1,1,WBC,2026-01-02\n");
        Write("lab2.csv", "patient_id,report_no,item_no,item_code,report_time\nP1,R2,1,WBC,2026-01-02\n");
        Write("person.csv", "patient_id,name,id_number,sex,recorded_time\nP1,Zhang,11010519491231002X,1,2026-01-02\n");
        Write("Patient.ndjson", Fhir_tests.Patient("p1", "11010519491231002X"));
        await Ingest("lab1.csv", "plain");
        await Ingest("Patient.ndjson", "fhir");
        File.Copy(Lake, Lake + ".before");
        await Ingest("person.csv", "plain");
        File.Move(Lake + ".before", Lake, overwrite: true);
        Assert.Equal(2, Subjects());

        await Ingest(next, "plain");
        Assert.Equal(1, Subjects());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text.ReplaceLineEndings("\n"));

    private async Task Ingest(string name, string source)
    {
        var run = await CliRun.Of("en", "ingest", Path.Combine(_folder, name), "--source", source, "--data", Path.Combine(_folder, "data"), "--standards", Path.Combine(_folder, "standards"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.False(File.Exists(Lake + ".wal"));
    }

    private long Subjects()
    {
        using var connection = new DuckDBConnection(string.Create(CultureInfo.InvariantCulture, $"DataSource={Lake};ACCESS_MODE=READ_ONLY"));
        connection.Open();
        return connection.Scalar<long>("SELECT count(DISTINCT s) FROM (SELECT _subject s FROM lab.result UNION ALL SELECT _subject FROM person.basic)");
    }
}
