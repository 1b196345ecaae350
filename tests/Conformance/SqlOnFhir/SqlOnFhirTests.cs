using Xunit;
using Yunnao.Services.Views;
using Yunnao.Services.Views.Run;

namespace Yunnao.Tests.Conformance.SqlOnFhir;

/// <summary>The public suite of SQL on FHIR v2, unchanged: all cases pass but those excluded, and none of those passes.</summary>
public sealed class SqlOnFhirTests(ITestOutputHelper output)
{
    [Fact]
    public async Task All_cases_of_the_public_suite_pass()
    {
        var excluded = SharedConformance.Exclusions("sql-on-fhir");
        using var engine = ViewEngine.Open();
        var cases = new List<ViewCase>();
        foreach (var file in Directory.GetFiles(SharedConformance.Folder("sql-on-fhir-v2"), "*.json").Where(f => !f.EndsWith(".schema.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var result = await ViewSuite.RunAsync(file, engine, TestContext.Current.CancellationToken);
            Assert.True(result.Ok, $"{result.Problem}");
            cases.AddRange(result.Value);
        }

        output.WriteLine($"{cases.Count(c => c.Passed)} of {cases.Count} passed");
        Assert.True(cases.Count >= 134, "The suite has shrunk.");
        Assert.Empty(cases.Where(c => c.Passed == excluded.ContainsKey(Name(c))).Select(c => $"{Name(c)}: {c.Error ?? "passes, though excluded"}"));

        static string Name(ViewCase c) => $"{c.Suite}/{c.Title}";
    }
}
