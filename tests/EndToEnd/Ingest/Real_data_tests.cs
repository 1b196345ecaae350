using System.Text;
using Xunit;
using Yunnao.Services.Ingest;
using Yunnao.Tests.Formats;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Public files of other systems, as they are, with the registry that is shipped.</summary>
public sealed class Real_data_tests
{
    [Fact]
    public async Task Every_Synthea_bundle_goes_in()
    {
        var bundles = ClinicalData.Files("fhir-synthea-r4/bundles");
        string[] packed = [.. ClinicalData.Files("fhir-synthea-r4/bundles-gz").Take(4)];
        using var platform = new TestPlatform(Repository.File("standards"));
        var outcomes = await Load(platform, [.. bundles, .. packed], "fhir-r4");
        Assert.Equal(bundles.Length + packed.Length, outcomes.Count);
        Assert.Equal([$"{outcomes.Count}"], platform.Rows("SELECT count(*) FROM person.basic WHERE _rejected IS NULL"));
        Assert.Equal((outcomes.Count, outcomes.Count), platform.Vault.Count());
        Assert.Equal(["0"], platform.Rows("SELECT count(*) FROM encounter.encounter WHERE _rejected IS NULL AND _subject NOT IN (SELECT _subject FROM person.basic)"));
    }

    [Fact]
    public async Task Every_bulk_file_goes_in()
    {
        var files = ClinicalData.Files("fhir-bulk-ndjson");
        using var platform = new TestPlatform(Repository.File("standards"));
        var outcomes = await Load(platform, files, "fhir-r4");
        Assert.Equal(files.Length, outcomes.Count);
        Assert.Equal(["109"], platform.Rows("SELECT count(*) FROM person.basic WHERE _rejected IS NULL"));
        Assert.Equal(["3697"], platform.Rows("SELECT sum(received) FROM ops.batch WHERE file_name LIKE 'Encounter%'"));
        Assert.Equal(["710"], platform.Rows("SELECT sum(received) FROM ops.batch WHERE file_name LIKE 'Condition%'"));
        Assert.Equal(["mapping.none Questionnaire|1"], platform.Rows("SELECT array_to_string(reasons, ';'), count(*) FROM ops.quarantine WHERE reasons[1] LIKE 'mapping.none%' GROUP BY 1"));
    }

    [Fact]
    public async Task Every_HL7_v2_message_goes_in()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        foreach (var folder in (string[])["hl7v2/fhir-converter", "hl7v2/prime-reportstream", "hl7v2/nhapi/Parser"])
        {
            // One file of many messages: a batch for each small file would take long and show no more.
            using var joined = new MemoryStream();
            foreach (var file in ClinicalData.Files(folder).Where(f => !f.EndsWith(".xml", StringComparison.Ordinal)))
            {
                joined.Write(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
                joined.Write("\r\n"u8);
            }

            var outcome = Assert.Single(await Load(platform, [platform.File($"{folder.Replace('/', '-')}.hl7", joined.ToArray())], "hl7v2"));
            Assert.True(outcome.Batch!.Accepted > 0, folder);
        }
    }

    [Fact]
    public async Task Malformed_HL7_v2_files_give_a_batch_whose_every_record_is_accounted_for()
    {
        // One of them is empty: that is no batch (see Table_tests).
        string[] files = [.. ClinicalData.Files("hl7v2/nhapi/BadInputs").Where(f => File.ReadAllBytes(f).Length > 0)];
        using var platform = new TestPlatform();
        var copies = files.Select((f, i) => platform.File($"bad{i}.hl7", File.ReadAllBytes(f))).ToArray();
        Assert.Equal(files.Length, (await Load(platform, copies, "hl7v2")).Count);
    }

    [Fact]
    public async Task The_examples_of_the_FHIR_specification_go_in()
    {
        var files = ClinicalData.Files("fhir-r4-examples");
        using var platform = new TestPlatform(Repository.File("standards"));
        var text = new StringBuilder();
        foreach (var file in files) text.Append(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Append('\n');
        var outcome = Assert.Single(await Load(platform, [platform.File("examples.json", text.ToString())], "fhir-r4"));
        Assert.True(outcome.Batch!.Received >= files.Length, $"{outcome.Batch.Received} records of {files.Length} resources");
        Assert.Equal(["fhir.no-resource Bundle.entry"], platform.Rows("SELECT DISTINCT reasons[1] FROM ops.quarantine WHERE reasons[1] LIKE 'fhir.%'"));
    }

    /// <summary>Loads the files; every one must become a batch whose records are all accounted for, in the ledger and in the tables.</summary>
    private static async Task<List<FileOutcome>> Load(TestPlatform platform, string[] files, string source)
    {
        var outcomes = new List<FileOutcome>();
        await foreach (var outcome in platform.Ingest.IngestAsync(new(files, source), null, TestContext.Current.CancellationToken))
        {
            Assert.Null(outcome.Problem);
            if (outcome.AlreadyLoaded is not null) continue;
            Assert.True(outcome.Batch!.Received > 0 || outcome.Bytes == 0, outcome.File);
            Assert.Equal(outcome.Batch.Received, outcome.Batch.Accepted + outcome.Batch.Quarantined);
            Assert.Equal([$"{outcome.Batch.Quarantined}"], platform.Rows($"SELECT count(*) FROM ops.quarantine WHERE batch = {outcome.Batch.Number}"));
            outcomes.Add(outcome);
        }

        return outcomes;
    }
}
