using System.Text.Json;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Standards;

public sealed class StandardsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-cli-").FullName;

    public StandardsCommandTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "items"));
        Directory.CreateDirectory(Path.Combine(_folder, "codes"));
        Write("valuesets.csv", "id,version,status,name_zh,name_en\nsex,1.0.0,standard,性别,Sex\n");
        Write("codes/sex.csv", "code,name_zh,name_en\n1,男,Male\n2,女,Female\n");
        Write(
            "elements.csv",
            "id,version,status,name_zh,name_en,type,format,value_set\nno,1.0.0,standard,编号,Number,S1,AN..36,\nsex,1.0.0,standard,性别,Sex,S3,N1,sex\nmoment,1.0.0,standard,时间,Time,DT,DT15,\n");
        Write("datasets.csv", "id,version,status,name_zh,name_en\nperson.visit,1.0.0,standard,就诊,Visit\n");
        Write(
            "items/person.visit.csv",
            "item,element,name_zh,name_en,card,role,level,deid\nvisit_no,no,就诊号,Visit number,1,record,3,keep\nvisit_time,moment,就诊时间,Time of visit,1,time,3,keep\nsex,sex,性别,Sex,0..1,,2,keep\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_of_a_sound_registry_says_so_and_returns_0()
    {
        var run = await CliRun.Of("en", "standards", "check", "--dir", _folder);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 data sets, 3 items, 3 data elements, 1 value sets, 2 codes", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("no problems\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_prints_each_mistake_with_file_line_and_code_and_returns_1()
    {
        Write("codes/sex.csv", "code,name_zh,name_en\n1,男,Male\n1,女,Female\n,x,X\n");
        var run = await CliRun.Of("en", "standards", "check", "--standards", _folder);
        Assert.Equal(1, run.ExitCode);
        var path = Path.Combine(_folder, "codes/sex.csv");
        Assert.Contains($"{path}:3: standards.duplicate-id: code '1' is there twice\n", run.Out, StringComparison.Ordinal);
        Assert.Contains($"{path}:4: standards.name: ", run.Out, StringComparison.Ordinal);
        Assert.Contains("2 problems\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_returns_4()
    {
        var run = await CliRun.Of("en", "standards", "check", "--dir", Path.Combine(_folder, "none"));
        Assert.Equal(4, run.ExitCode);
    }

    [Fact]
    public async Task Find_prints_kind_id_name_and_place_in_the_language_of_the_user()
    {
        var english = await CliRun.Of("en", "standards", "find", "性别", "--standards", _folder);
        Assert.Equal("kind\tid\tname\tplace\nitem\tperson.visit.sex\tSex\titems/person.visit.csv:4\nvalue set\tsex\tSex\tvaluesets.csv:2\ndata element\tsex\tSex\telements.csv:3\n", english.Out);
        var chinese = await CliRun.Of("zh", "standards", "find", "性别", "--standards", _folder);
        Assert.StartsWith("种类\t标识\t名称\t位置\n数据项\tperson.visit.sex\t性别\t", chinese.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_without_a_hit_returns_4()
    {
        var run = await CliRun.Of("en", "standards", "find", "zebra", "--standards", _folder);
        Assert.Equal((4, ""), (run.ExitCode, run.Out));
        Assert.Contains("standards.nothing-found", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("person.visit", "visit_time\tTime of visit\tDT DT15\t1\t\t\ttime\t3\tkeep")]
    [InlineData("person.visit.sex", "values: sex (Sex, 2)")]
    [InlineData("moment", "person.visit.visit_time\tTime of visit\titems/person.visit.csv:3")]
    [InlineData("sex", "2\t女\tFemale\t")]
    [InlineData("sex:2", "value set: sex (Sex)")]
    public async Task Show_prints_everything_about_an_entry(string id, string expected)
    {
        var run = await CliRun.Of("en", "standards", "show", id, "--standards", _folder);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Out);
    }

    [Fact]
    public async Task Show_of_an_unknown_id_suggests_the_right_one_and_says_what_to_do()
    {
        var run = await CliRun.Of("zh", "standards", "show", "person.vist", "--standards", _folder);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("是否指“person.visit”", run.Error, StringComparison.Ordinal);
        Assert.Contains("搜索", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ddl", "CREATE TABLE IF NOT EXISTS \"person\".\"visit\"", "person.visit.ddl.sql")]
    [InlineData("sql", "-- _checks bit 0: required visit_no (reject)", "person.visit.checks.sql")]
    [InlineData("csv", "visit_no,visit_time,sex", "person.visit.csv", "person.visit.columns.csv")]
    [InlineData("json-schema", "\"x-value-set\": \"sex\"", "person.visit.schema.json")]
    [InlineData("markdown", "# Visit `person.visit`", "person.visit.md")]
    public async Task Compile_prints_one_data_set_or_writes_the_files_of_all(string target, string expected, params string[] files)
    {
        var one = await CliRun.Of("en", "standards", "compile", "person.visit", "--to", target, "--standards", _folder);
        Assert.Equal((0, ""), (one.ExitCode, one.Error));
        Assert.Contains(expected, one.Out, StringComparison.Ordinal);

        var made = Path.Combine(_folder, "made");
        var all = await CliRun.Of("en", "standards", "compile", "--all", "--to", target, "--out", made, "--standards", _folder);
        Assert.Equal(0, all.ExitCode);
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.EnumerateFiles(made).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Equal(one.Out, await File.ReadAllTextAsync(Path.Combine(made, files[0]), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("standards", "chek")]
    [InlineData("standards", "compile", "--to", "csv")]
    [InlineData("standards", "compile", "person.visit", "--all", "--to", "csv")]
    [InlineData("standards", "compile", "person.visit", "--to", "xml")]
    [InlineData("standards", "find")]
    [InlineData("--nonsense")]
    public async Task A_command_line_that_cannot_be_understood_returns_2(params string[] args) => Assert.Equal(2, (await CliRun.Of("en", args)).ExitCode);

    [Theory]
    [InlineData("en", "Usage:", "yunnao standards compile <dataset>", "Examples:")]
    [InlineData("zh", "用法:", "yunnao standards compile [<dataset>] [options]", "示例:")]
    public async Task Help_teaches_with_examples_in_both_languages(string language, params string[] expected)
    {
        var run = await CliRun.Of(language, "standards", "compile", "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected[0], run.Out, StringComparison.Ordinal);
        Assert.Contains(expected[2], run.Out, StringComparison.Ordinal);
        Assert.Contains("--to ddl|sql|csv|json-schema|markdown", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("standards")]
    [InlineData("bench")]
    public async Task A_group_of_commands_alone_shows_its_help(params string[] args)
    {
        var run = await CliRun.Of("en", args);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Commands:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_registry_prints_one_line_of_json_last()
    {
        var run = await CliRun.Of("en", "bench", "registry", "--items", "60", "--data-sets", "6", "--value-sets", "10", "--codes", "200");
        Assert.Equal(0, run.ExitCode);
        using var line = JsonDocument.Parse(run.Out);
        Assert.Equal("registry", line.RootElement.GetProperty("bench").GetString());
        Assert.Equal(60, line.RootElement.GetProperty("rows").GetInt32());
        Assert.True(line.RootElement.GetProperty("load_s").GetDouble() > 0);
        Assert.Equal(JsonValueKind.Null, line.RootElement.GetProperty("rival").ValueKind);
    }

    private void Write(string path, string text) => File.WriteAllText(Path.Combine(_folder, path), text);
}
