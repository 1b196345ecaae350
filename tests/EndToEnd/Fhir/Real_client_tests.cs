using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Imaging;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Clients that others wrote, as they are on npm.</summary>
[Collection(nameof(FhirServer))]
public sealed class Real_client_tests(FhirServer server)
{
    private static readonly string Packages = Repository.File("artifacts/peers");

    [Fact]
    public async Task Fhir_kit_client_and_fhirclient_read_search_and_turn_pages()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Packages, "node_modules", "fhir-kit-client")) && Directory.Exists(Path.Combine(Packages, "node_modules", "fhirclient")) && Peer.Find("node") is not null, "node, fhir-kit-client or fhirclient is not here: run tests/install-peers");
        var patient = Text((await server.GetAsync("Condition?_count=1")).GetProperty("entry")[0].GetProperty("resource"), "subject.reference")!["Patient/".Length..];
        var conditions = (await server.AllAsync($"Condition?patient={patient}")).Select(c => Text(c, "id")!).Order().ToList();
        var script = Path.Combine(Packages, "fhir_clients_check.mjs");
        File.Copy(Repository.File("tests/EndToEnd/Fhir/fhir_clients_check.mjs"), script, overwrite: true);
        using var process = Peer.Start("env", ["-C", Packages, "node", script, $"{server.Url}fhir", await server.TokenAsync("doctor"), patient]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        var found = JsonElement.Parse((await output).Trim());
        Assert.Equal("4.0.1", found.GetProperty("version").GetString());
        Assert.EndsWith("/connect/token", found.GetProperty("smart").GetString(), StringComparison.Ordinal);
        foreach (var name in new[] { "read", "resolved", "everything", "smartPatient" }) Assert.Equal(patient, found.GetProperty(name).GetString());
        foreach (var name in new[] { "searched", "posted", "smartPages" }) Assert.Equal(conditions, found.GetProperty(name).EnumerateArray().Select(i => i.GetString()!).Order());
        Assert.Equal("fhir.unknown", found.GetProperty("missing").GetString());
    }
}
