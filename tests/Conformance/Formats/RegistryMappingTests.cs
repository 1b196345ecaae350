using Xunit;
using Yunnao.Formats;
using Yunnao.Standards;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.Formats;

/// <summary>The registry's own mappings of FHIR and HL7 v2, over all public files.</summary>
public sealed class RegistryMappingTests
{
    private static readonly Registry Registry = RegistryLoader.Load(Folder("standards")).Whole.Value;

    [Fact]
    public void Every_mapping_of_the_registry_compiles()
    {
        foreach (var mapping in Registry.Mappings.Values)
        {
            var problem = mapping.Format switch
            {
                "hl7v2" => Yunnao.Formats.Hl7v2.Hl7v2Decoder.Create(PlansOf(mapping)).Problem,
                "fhir" => Yunnao.Formats.Fhir.FhirDecoder.Create(PlansOf(mapping)).Problem,
                _ => null,
            };
            Assert.Null(problem);
        }
    }

    [Fact]
    public async Task The_general_hl7_v2_mapping_reads_nearly_every_public_message()
    {
        var (mapped, records, codes) = (0, 0L, new List<string>());
        foreach (var file in ClinicalData.Files("hl7v2", "*.hl7"))
        {
            var (sink, read) = await Plans.Hl7(ClinicalData.Read(file), PlansOf(Registry.Mappings["hl7v2"]), report: new PathReport());
            mapped += sink.Rows.Select(r => r.Record).Distinct().Count();
            records += read;
            codes.AddRange(sink.Codes);
        }

        Assert.All(codes, c => Assert.StartsWith("mapping.", c));
        Assert.True(mapped >= records * 0.9, $"{mapped} of {records}: {string.Join(", ", codes.CountBy(c => c))}");
    }

    [Theory]
    [InlineData("fhir-synthea-r4", "*.json*")]
    [InlineData("fhir-bulk-ndjson", "*.ndjson*")]
    public async Task The_general_fhir_mapping_reads_nearly_every_public_resource(string folder, string pattern)
    {
        var (mapped, records, codes) = (0, 0L, new List<string>());
        foreach (var file in ClinicalData.Files(folder, pattern))
        {
            var (sink, read) = await Plans.Fhir(new MemoryStream(ClinicalData.Read(file)), PlansOf(Registry.Mappings["fhir-r4"]), new PathReport());
            mapped += sink.Rows.Select(r => r.Record).Distinct().Count();
            records += read;
            codes.AddRange(sink.Codes);
        }

        Assert.All(codes, c => Assert.StartsWith("mapping.", c));
        Assert.True(mapped >= records * 0.9, $"{mapped} of {records}: {string.Join(", ", codes.CountBy(c => c))}");
    }

    /// <summary>The rules of a mapping as plans: what a rule does not say is the item's own path, from the resource.</summary>
    private static List<RowPlan> PlansOf(SourceMapping mapping)
    {
        var plans = new List<RowPlan>();
        foreach (var rule in mapping.Rules)
        {
            var columns = new List<ColumnPlan>();
            foreach (var item in Registry.DataSets[rule.DataSet].Items)
            {
                var path = rule.Items.TryGetValue(item.Name, out var source) ? source.From : item.Paths.GetValueOrDefault(mapping.Format);
                if (path is null) continue;
                if (source is null && mapping.Format == "fhir" && rule.Row is not null) path = string.Join(" | ", path.Split(" | ").Select(p => ".." + p));
                columns.Add(new(item.Name, path, item.Element.Type is ElementType.D or ElementType.DT));
            }

            plans.Add(new(rule.DataSet, rule.Match, rule.Row, rule.Where, columns));
        }

        return plans;
    }

    /// <summary>A folder of the repository.</summary>
    private static string Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Yunnao.slnx"))) return Path.Combine(folder.FullName, name);
        throw new DirectoryNotFoundException(name);
    }
}
