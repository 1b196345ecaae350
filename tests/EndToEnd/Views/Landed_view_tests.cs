using Xunit;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Views;

/// <summary>A view over what was received, as it was received.</summary>
public sealed class Landed_view_tests
{
    private const string Names = """{"resourceType":"ViewDefinition","name":"names","resource":"Patient","status":"active","select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"family","path":"name.first().family"},{"name":"colour","path":"extension('urn:test:colour').value.ofType(string)"}]}]}""";

    [Fact]
    public async Task What_was_landed_is_read_with_a_reason_that_is_in_the_audit_and_leaves_nothing_in_clear()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        string[] files =
        [
            platform.File("one.json", """{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p1","extension":[{"url":"urn:test:colour","valueString":"blue"}],"name":[{"family":"Landed"}],"gender":"female","birthDate":"2000-01-01"}}]}"""),
            platform.File("two.ndjson", """{"resourceType":"Patient","id":"p2","name":[{"family":"Lines"}],"gender":"male","birthDate":"2001-01-01"}""" + "\n"),
        ];
        foreach (var file in files) Assert.Null((await platform.Load(file, "fhir-r4")).Problem);
        platform.Close();
        var view = Path.Combine(platform.Data, "..", "names.json");
        await File.WriteAllTextAsync(view, Names, TestContext.Current.CancellationToken);

        Assert.Contains("object.reason", (await RunAsync(platform, view)).Error, StringComparison.Ordinal);
        var run = await RunAsync(platform, view, "--reason", "a question of the register", "--format", "csv");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["id,family,colour", "p1,Landed,blue", "p2,Lines,"], run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).OrderBy(l => l != "id,family,colour").ThenBy(l => l, StringComparer.Ordinal));
        Assert.Empty(Directory.Exists(Path.Combine(platform.Data, "tmp")) ? Directory.GetFileSystemEntries(Path.Combine(platform.Data, "tmp"), "view-*") : []);
        Assert.Contains("view names over landed files of batches 1 to 2", (await CliRun.Of("en", "audit", "search", "--kind", "export", "--data", platform.Data, "--standards", platform.Standards)).Out, StringComparison.Ordinal);

        var none = await CliRun.Of("en", "view", "run", view, "hl7v2", "--landed", "--reason", "x", "--data", platform.Data, "--standards", platform.Standards);
        Assert.Contains("view.no-file", none.Error, StringComparison.Ordinal);
    }

    private static Task<CliRun> RunAsync(TestPlatform platform, string view, params string[] more) =>
        CliRun.Of("en", ["view", "run", view, "--landed", "--data", platform.Data, "--standards", platform.Standards, .. more]);
}
