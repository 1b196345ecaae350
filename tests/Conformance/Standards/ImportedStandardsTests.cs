using Xunit;
using Yunnao.Services.RegistryImport;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.Conformance.Standards;

/// <summary>The public definitions of others beside the repository: all of them go into one registry, which loads without a problem.</summary>
public sealed class ImportedStandardsTests
{
    [Fact]
    public void All_definitions_import_and_load_without_a_problem()
    {
        var root = Root();
        var folder = Directory.CreateTempSubdirectory("yunnao-conformance-").FullName;
        try
        {
            Import("fhir", "fhir-r4-definitions");
            Import("omop", "omop-cdm");
            Import("dqd", "omop-dqd");
            Import("hl7v2", "hl7v2-dictionary");
            Import("icd", "cn-icd-drg/chs_drg_11", "cn-icd-drg/icd10-cn-3char");
            Import("ucum", "ucum");
            Import("codes", new ImportOptions { ListColumn = "standard_reference" }, "cn-valuesets");
            foreach (var list in (string[])["provinces", "cities", "areas", "streets"]) Import("codes", $"cn-divisions/{list}.csv");
            Import("codes", "cn-ws500-index");

            var load = RegistryLoader.Load(folder);
            Assert.Empty(load.Problems);
            var registry = load.Whole.Value;
            Assert.True(registry.DataSets.Values.Sum(d => d.Items.Count) > 10_000);
            Assert.True(registry.ValueSets.Values.Sum(v => v.Codes.Count) > 150_000);
            Assert.Equal(33_304, registry.ValueSets["ICD10"].Codes.Count);
            Assert.Equal(13_686, registry.ValueSets["ICD9CM3"].Codes.Count);
            Assert.Equal(["male", "female", "other", "unknown"], registry.ValueSets["FHIR.administrative-gender"].Codes.Keys);
            Assert.Equal("FHIR.administrative-gender", registry.DataSets["fhir.patient"].Find("gender")!.ValueSet!.Id);
            Assert.Equal(394, registry.ValueSets.Keys.Count(k => k.StartsWith("HL7.", StringComparison.Ordinal)));
            Assert.True(registry.DataSets["omop54.measurement"].Rules.Count > 100);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Import(string kind, params object[] files)
        {
            var options = files.OfType<ImportOptions>().FirstOrDefault() ?? new();
            var result = RegistryImporter.Run(new(kind, [.. files.OfType<string>().Select(f => Path.Combine(root, f))], folder, options));
            Assert.True(result.Ok, result.Problem?.ToString());
        }
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "standards");
            if (Directory.Exists(candidate)) return candidate;
        }

        Assert.Skip("The shared definitions are not beside the repository.");
        return "";
    }
}
