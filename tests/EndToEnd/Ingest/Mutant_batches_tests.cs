using Xunit;
using Yunnao.Services.Ingest;
using Yunnao.Tests.Formats;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Damaged copies of public files through the whole way of a batch, with the registry's own mappings.</summary>
public sealed class Mutant_batches_tests
{
    [Theory]
    [InlineData("cda", "cda-ws500", "xml")]
    [InlineData("fhir", "fhir-r4", "json")]
    [InlineData("hl7v2", "hl7v2", "hl7")]
    public async Task Accepted_and_quarantined_are_what_was_received(string target, string source, string extension)
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        var folder = "";
        foreach (var (bytes, number) in Mutants.Of(SeedFiles.Of(target).Where(f => f.Length < 60_000).ToList(), 24, seed: 11))
            folder = Path.GetDirectoryName(platform.File($"{target}/m{number:000}.{extension}", bytes))!;
        var outcomes = new List<FileOutcome>();
        await foreach (var outcome in platform.Ingest.IngestAsync(new([folder], source), null, TestContext.Current.CancellationToken)) outcomes.Add(outcome);
        Assert.All(outcomes, o => Assert.True(o.Problem is null or { Code: "ingest.empty" or "ingest.gzip" }, o.Problem?.ToString()));
        Assert.All(outcomes.Where(o => o.Batch is not null), o => Assert.Equal(o.Batch!.Received, o.Batch.Accepted + o.Batch.Quarantined));
        Assert.True(outcomes.Count(o => o.Batch is not null) > 18);

        // A file that was refused as a whole is kept, and belongs to no batch.
        var proof = await platform.Lake.VerifyAsync(platform.Objects, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(proof, p => p.Code != "verify.orphan");
    }
}
