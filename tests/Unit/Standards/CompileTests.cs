using System.Text.Json;
using Xunit;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Tests.Unit.Standards;

public sealed class CompileTests : IDisposable
{
    private readonly SmallRegistry _small = new();
    private readonly Registry _registry;
    private readonly DataSet _lab;

    public CompileTests()
    {
        _registry = _small.Load().Whole.Value;
        _lab = _registry.DataSets["lab.result"];
    }

    public void Dispose() => _small.Dispose();

    [Fact]
    public void The_table_has_system_columns_items_and_comments_but_no_vault_items()
    {
        var sql = TableDdl.Build(_lab);
        Assert.Contains("CREATE TABLE IF NOT EXISTS \"lab\".\"result\" (", sql, StringComparison.Ordinal);
        Assert.Contains("\"_time\" TIMESTAMP", sql, StringComparison.Ordinal);
        Assert.Contains("\"value\" DOUBLE", sql, StringComparison.Ordinal);
        Assert.Contains("COMMENT ON COLUMN \"lab\".\"result\".\"value\" IS '结果值 / Value; N N..8,2; mmol/L; level 3';", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("patient_id", sql, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checking_script_names_every_bit_and_renders_the_rules()
    {
        var sql = CheckingScript.Build(_lab, _registry);
        Assert.Contains("rule:lab-1 (flag)", sql, StringComparison.Ordinal);
        Assert.Contains("NOT (v_abnormal = false or v_value > 1 or CASE WHEN t_specimen_code IS NOT NULL THEN NOT (t_specimen_code NOT IN ('01', '0101')) END)", sql, StringComparison.Ordinal);
    }

    [Fact]
    public void The_csv_template_is_a_header_of_all_items_and_a_table_that_explains_them()
    {
        Assert.Equal("report_no,line_no,patient_id,organisation,reported_at,specimen_code,value,abnormal\r\n", CsvTemplate.Header(_lab));
        var lines = CsvTemplate.Columns(_lab).Split("\r\n");
        Assert.Equal("value,结果值,Value,N,\"N..8,2\",,,mmol/L,0,500,,", lines[7]);
        Assert.Equal("specimen_code,标本代码,Specimen,S3,AN..20,,specimen,,,,采样的标本,The specimen taken", lines[6]);
    }

    [Fact]
    public void The_json_schema_says_what_the_items_say()
    {
        using var schema = JsonDocument.Parse(JsonSchema.Build(_lab));
        var root = schema.RootElement;
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", root.GetProperty("$schema").GetString());
        Assert.Equal("urn:yunnao:lab.result:1.0.0", root.GetProperty("$id").GetString());
        Assert.Equal("检验结果", root.GetProperty("x-title-zh").GetString());
        Assert.Equal(
            ["report_no", "line_no", "patient_id", "organisation", "reported_at"], root.GetProperty("required").EnumerateArray().Select(e => e.GetString()));
        var properties = root.GetProperty("properties");
        Assert.Equal(8, properties.EnumerateObject().Count());
        var value = properties.GetProperty("value");
        Assert.Equal(("number", 0, 500), (value.GetProperty("type").GetString(), value.GetProperty("minimum").GetInt32(), value.GetProperty("maximum").GetInt32()));
        Assert.Equal(["01", "0101"], properties.GetProperty("specimen_code").GetProperty("enum").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal("date-time", properties.GetProperty("reported_at").GetProperty("format").GetString());
        Assert.Equal(36, properties.GetProperty("report_no").GetProperty("maxLength").GetInt32());
        Assert.Equal("boolean", properties.GetProperty("abnormal").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("""{"report_no":"R1","line_no":1,"patient_id":"P","organisation":"O","reported_at":"2024-01-01T08:00:00","value":5.5,"specimen_code":"01"}""", true)]
    [InlineData("""{"line_no":1,"patient_id":"P","organisation":"O","reported_at":"2024-01-01T08:00:00"}""", false)]
    [InlineData("""{"report_no":"R1","line_no":1,"patient_id":"P","organisation":"O","reported_at":"x","value":501}""", false)]
    [InlineData("""{"report_no":"R1","line_no":1,"patient_id":"P","organisation":"O","reported_at":"x","specimen_code":"99"}""", false)]
    [InlineData("""{"report_no":"R1","line_no":1,"patient_id":"P","organisation":"O","reported_at":"x","colour":"red"}""", false)]
    [InlineData("""{"report_no":"R1","line_no":"one","patient_id":"P","organisation":"O","reported_at":"x"}""", false)]
    public void The_json_schema_tells_good_records_from_bad_ones(string record, bool good)
    {
        using var schema = JsonDocument.Parse(JsonSchema.Build(_lab));
        using var instance = JsonDocument.Parse(record);
        Assert.Equal(good, SmallJsonSchema.Accepts(schema.RootElement, instance.RootElement));
    }

    [Theory]
    [InlineData("zh-CN", "# 检验结果 `lab.result`", "一项检验的结果", "## 跨项校验")]
    [InlineData("en", "# Laboratory result `lab.result`", "Result of one test", "## Cross-item checks")]
    public void The_dictionary_page_speaks_both_languages(string language, params string[] expected)
    {
        var page = DictionaryPage.Build(_lab, language);
        foreach (var text in expected) Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.Contains("| `reported_at` | ", page, StringComparison.Ordinal);
        var width = page.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal) && !l.Contains("lab-1", StringComparison.Ordinal)).Select(l => l.Count(c => c == '|')).Distinct();
        Assert.Equal([11], width);
    }
}
