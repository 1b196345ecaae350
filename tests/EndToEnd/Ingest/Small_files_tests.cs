using Xunit;
using Yunnao.Services.Ingest;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Small files are committed many at a time. What is in the lake afterwards is what loading them one by one leaves.</summary>
public sealed class Small_files_tests
{
    private const int Files = 60;
    private static readonly string[] Tables =
    [
        "SELECT report_no, result_value, _org, _time::VARCHAR, _batch, _version, _checks::VARCHAR FROM lab.result WHERE _rejected IS NULL ORDER BY ALL",
        "SELECT sex, birth_date::VARCHAR, _org, _batch, _version FROM person.basic WHERE _rejected IS NULL ORDER BY ALL",
        "SELECT report_no, result_value, _batch, _version, _superseded_by FROM history.\"lab.result\" ORDER BY ALL",
        "SELECT sex, _batch, _version, _superseded_by FROM history.\"person.basic\" ORDER BY ALL",
        "SELECT number, object_id, file_name, source, bytes, status, received, accepted, quarantined, superseded FROM ops.batch ORDER BY 1",
        "SELECT * FROM ops.batch_count ORDER BY ALL",
        "SELECT * FROM ops.batch_org ORDER BY ALL",
        "SELECT batch, ordinal, data_set, record_number, byte_offset, line, array_to_string(reasons, ';'), checks::VARCHAR, record::VARCHAR, \"values\" FROM ops.quarantine ORDER BY 1, 2",
        "SELECT * FROM ops.touch",
        "SELECT count(*), count(DISTINCT _subject) FROM lab.result",
    ];

    [Fact]
    public async Task Loaded_together_they_leave_what_they_leave_one_by_one_and_each_can_be_taken_back()
    {
        using var together = new TestPlatform();
        using var alone = new TestPlatform();
        var first = await Load(together, Write(together), oneByOne: false);
        Assert.Equal(first, await Load(alone, Write(alone), oneByOne: true));
        Assert.Equal(Files - 1, first.Count(o => o.Batch is not null));
        Assert.Equal(["f06.ndjson"], first.Where(o => o.Batch is null).Select(o => o.File));
        Same(together, alone);

        // In one transaction: all were committed at one moment.
        Assert.Equal(["1"], together.Rows("SELECT count(DISTINCT committed) FROM ops.batch"));

        foreach (var number in (int[])[3, 40, 17, 4, 18])
        {
            Assert.True(together.Lake.TakeBack(number, TestContext.Current.CancellationToken).Ok);
            Assert.True(alone.Lake.TakeBack(number, TestContext.Current.CancellationToken).Ok);
            Same(together, alone);
        }

        var again = await Load(together, Path.Combine(together.Data, "..", "in"), oneByOne: false);
        Assert.Equal(5, again.Count(o => o.Batch is not null));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_does_not_keep_out_the_others()
    {
        using var platform = new TestPlatform();
        var folder = Write(platform);
        var packed = Fhir_tests.Gzip(Fhir_tests.Patient("p1", null));
        File.WriteAllBytes(Path.Combine(folder, "f10.ndjson.gz"), packed[..^9]);
        File.WriteAllText(Path.Combine(folder, "f11.json"), "");
        var outcomes = await Load(platform, folder, oneByOne: false);
        Assert.Equal(["ingest.gzip", "ingest.empty"], outcomes.Where(o => o.Problem is not null).Select(o => o.Problem));
        Assert.Equal(Files - 1, outcomes.Count(o => o.Batch is not null));
    }

    private static void Same(TestPlatform together, TestPlatform alone)
    {
        foreach (var table in Tables) Assert.Equal((table, string.Join('\n', alone.Rows(table))), (table, string.Join('\n', together.Rows(table))));
    }

    /// <summary>Persons and results, sent again with other values across files; some refused, some no resource at all, one file twice.</summary>
    private static string Write(TestPlatform platform)
    {
        var random = new Random(3);
        var path = "";
        for (var i = 0; i < Files; i++)
        {
            var lines = Enumerable.Range(0, random.Next(1, 6)).Select(k => random.Next(8) switch
            {
                0 => Fhir_tests.Patient($"p{random.Next(4)}", null, i % 2 == 0 ? "male" : "female"),
                1 => "{\"resourceType\":\"Questionnaire\",\"id\":\"q\"}",
                2 => "no resource",
                3 => Fhir_tests.Observation($"o{random.Next(10)}", $"Patient/p{random.Next(4)}", "99999999"),
                _ => Fhir_tests.Observation($"o{random.Next(10)}", $"Patient/p{random.Next(4)}", $"{i}.{k}"),
            });
            var text = string.Join('\n', lines);
            if (i == 5) text = Fhir_tests.Patient("p9", null);
            path = platform.File($"f{i:00}.ndjson", i == 6 ? Fhir_tests.Patient("p9", null) : text);
        }

        return Path.GetDirectoryName(path)!;
    }

    private static async Task<List<(string File, int? Batch, string? Problem)>> Load(TestPlatform platform, string folder, bool oneByOne)
    {
        var outcomes = new List<FileOutcome>();
        var cancellation = TestContext.Current.CancellationToken;
        if (!oneByOne)
        {
            await foreach (var outcome in platform.Ingest.IngestAsync(new([folder], "fhir"), null, cancellation)) outcomes.Add(outcome);
        }
        else
        {
            foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
                await foreach (var outcome in platform.Ingest.IngestAsync(new([file], "fhir"), null, cancellation)) outcomes.Add(outcome);
        }

        return [.. outcomes.Select(o => (Path.GetFileName(o.File), o.Batch?.Number, o.Problem?.Code))];
    }
}
