using System.Globalization;
using System.Text;
using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>The mapping assistant through its commands: propose, try, see the missing codes.</summary>
public sealed class Map_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-map-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_proposed_mapping_is_tried_and_its_unmapped_codes_come_most_frequent_first()
    {
        var file = Path.Combine(_folder, "LIS.csv");
        var text = new StringBuilder("机构代码,病人ID,报告单号,序号,项目代码,项目名称,检验结果,单位,标本类别代码,报告时间\n");
        for (var i = 0; i < 60; i++)
            text.Append(string.Create(CultureInfo.InvariantCulture, $"42010001,P{i:000},R{i:000},1,WBC,白细胞计数,{4 + (i % 5)},10*9/L,{(i < 30 ? "01" : i < 50 ? "LOCAL-A" : "LOCAL-B")},2026-01-01 10:20:00\n"));
        var gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!;
        File.WriteAllBytes(file, gb18030.GetBytes(text.ToString()));
        var standards = Repository.File("standards");
        var mappings = Path.Combine(_folder, "mappings");

        var inferred = await CliRun.Of("en", "map", "infer", file, "--id", "hospital-x", "--data-set", "lab.result", "--out", mappings, "--standards", standards);
        Assert.Equal(0, inferred.ExitCode);
        var mapping = Path.Combine(mappings, "hospital-x.yaml");
        var lines = File.ReadAllLines(mapping);
        Assert.Contains("encoding: gb18030", lines);
        Assert.Contains(lines, l => l.StartsWith("      patient_id: 病人ID", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("      report_no: 报告单号", StringComparison.Ordinal));

        var tried = await CliRun.Of("en", "map", "test", file, "--mapping", mapping, "--standards", standards);
        var (first, second) = (tried.Out.IndexOf("LOCAL-A", StringComparison.Ordinal), tried.Out.IndexOf("LOCAL-B", StringComparison.Ordinal));
        Assert.True(first > 0 && second > first, tried.Out + tried.Error);
    }
}
