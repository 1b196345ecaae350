using System.Text.RegularExpressions;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Standards;

/// <summary>A registry that changes under a lake with rows, through the commands.</summary>
public sealed class MigrationTests : IDisposable
{
    private const string Items = "item,element,name_zh,name_en,min,max,card,role,level,deid,was\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-migrate-").FullName;

    public MigrationTests()
    {
        foreach (var sub in (string[])["items", "mappings"]) Directory.CreateDirectory(Path.Combine(Standards, sub));
        Write(
            "elements.csv",
            "id,version,status,name_zh,name_en,type,format\nno,1.0.0,standard,编号,Number,S1,AN..36\namount,1.0.0,standard,数量,Amount,N,N..6\n"
            + "long,1.0.0,standard,数量,Amount,N,N..12\nmoment,1.0.0,standard,时间,Time,DT,DT15\n");
        Write("datasets.csv", "id,version,status,name_zh,name_en\nperson.visit,1.0.0,standard,就诊,Visit\n");
        Write("mappings/template.yaml", "id: template\nversion: 1.0.0\nstatus: standard\nname: { zh: 模板, en: Template }\nformat: csv\nfiles:\n  - match: \"visit*.csv\"\n    dataset: person.visit\n");
        WriteItems("cost,amount,费用,Cost,0,1000,0..1,,3,keep,\nnote,no,备注,Note,,,0..1,,3,keep,\n");
    }

    private string Standards => Path.Combine(_folder, "standards");

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_new_and_a_wider_item_follow_at_the_next_opening()
    {
        await Ingest("v1,2026-01-01 10:00:00,5,a\n");
        WriteItems("cost,long,费用,Cost,0,100000,0..1,,3,keep,\nnote,no,备注,Note,,,0..1,,3,keep,\nward,no,病区,Ward,,,0..1,,3,keep,\n", "1.1.0");
        await Ingest("v2,2026-01-02 10:00:00,50000,b\n", "visit2.csv");
        Assert.Equal(["v1\t5\t", "v2\t50000\t"], await Rows("SELECT visit_no, cost, ward FROM person.visit ORDER BY visit_no"));
    }

    [Fact]
    public async Task A_renamed_item_waits_for_apply_and_keeps_its_values()
    {
        await Ingest("v1,2026-01-01 10:00:00,5,a\n");
        WriteItems("price,amount,费用,Cost,0,1000,0..1,,3,keep,cost\nnote,no,备注,Note,,,0..1,,3,keep,\n");
        Assert.Contains("lake.not-applied", (await Run("lake", "optimize")).Error, StringComparison.Ordinal);

        var refused = await Run("standards", "apply");
        Assert.Equal(6, refused.ExitCode);
        Assert.Contains("standards.published-changed: 'person.visit' 1.0.0 is published and cannot change; this change needs 2.0.0", refused.Error, StringComparison.Ordinal);

        WriteItems("price,amount,费用,Cost,0,1000,0..1,,3,keep,cost\nnote,no,备注,Note,,,0..1,,3,keep,\n", "2.0.0");
        var plan = await Run("standards", "plan");
        Assert.Contains("rename\titem\tperson.visit.price\titem\tcost\tprice\ttable person.visit.price", plan.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await Run("standards", "apply")).ExitCode);
        Assert.Equal(["v1\t5"], await Rows("SELECT visit_no, price FROM person.visit"));
        Assert.Contains("no difference", (await Run("standards", "plan")).Out, StringComparison.Ordinal);
        Assert.Contains("in order", (await Run("lake", "verify")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_narrower_type_is_applied_when_every_stored_value_fits_and_refused_when_one_would_be_lost()
    {
        WriteItems("cost,long,费用,Cost,0,100000000000,0..1,,3,keep,\nnote,no,备注,Note,,,0..1,,3,keep,\n");
        await Ingest("v1,2026-01-01 10:00:00,5,a\nv2,2026-01-01 10:00:00,5000000000,b\n");
        const string Narrow = "cost,amount,费用,Cost,0,1000,0..1,,3,keep,\nnote,no,备注,Note,,,0..1,,3,keep,\n";
        WriteItems(Narrow, "2.0.0");
        var refused = await Run("standards", "apply");
        Assert.Contains("lake.would-lose: 1 stored values of person.visit.cost (BIGINT) do not fit into INTEGER", refused.Error, StringComparison.Ordinal);
        Assert.Equal(6, refused.ExitCode);
    }

    [Fact]
    public async Task Another_record_key_is_refused_while_there_are_rows()
    {
        await Ingest("v1,2026-01-01 10:00:00,5,a\n");
        Write(
            "items/person.visit.csv",
            Items + "visit_no,no,就诊号,Visit number,,,1,record,3,keep,\nvisit_time,moment,就诊时间,Time of visit,,,1,record time,3,keep,\ncost,amount,费用,Cost,0,1000,0..1,,3,keep,\nnote,no,备注,Note,,,0..1,,3,keep,\n");
        Write("datasets.csv", "id,version,status,name_zh,name_en\nperson.visit,2.0.0,standard,就诊,Visit\n");
        Assert.Contains("lake.not-applied", (await Run("lake", "optimize")).Error, StringComparison.Ordinal);
        Assert.Contains("lake.key-changed", (await Run("standards", "plan")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stored_rows_are_judged_again_and_those_that_fail_now_go_to_quarantine()
    {
        await Ingest("v1,2026-01-01 10:00:00,5,a\nv2,2026-01-01 10:00:00,900,b\nv3,2026-01-01 10:00:00,,c\n");
        WriteItems("cost,amount,费用,Cost,0,100,0..1,,3,keep,\nnote,no,备注,Note,,,0..1,,3,keep,\n", "2.0.0");
        Write("checks.csv", "id,dataset,version,status,severity,expression,message_zh,message_en,source\nno-cost,person.visit,1.0.0,standard,flag,cost is not null,无费用,No cost,Yunnao\n");
        Assert.Equal(0, (await Run("standards", "apply")).ExitCode);
        Assert.Equal(["v1\t0", "v2\t0", "v3\t0"], await Rows("SELECT visit_no, _checks FROM person.visit ORDER BY visit_no"));

        Assert.Contains("person.visit\t2.0.0\t3\t1\t1\t1\n", (await Run("standards", "rejudge", "person.visit", "--dry-run")).Out, StringComparison.Ordinal);
        Assert.Equal(3, (await Rows("SELECT visit_no FROM person.visit")).Length);

        Assert.Contains("person.visit\t2.0.0\t3\t1\t1\t1\n", (await Run("standards", "rejudge", "person.visit")).Out, StringComparison.Ordinal);
        Assert.Equal(["v1\tfalse", "v3\ttrue"], await Rows("SELECT visit_no, _checks <> 0 FROM person.visit ORDER BY visit_no"));
        Assert.Equal(["[\"range cost\"]"], await Rows("SELECT reasons FROM ops.quarantine"));
        Assert.Equal(["3\t2\t1"], await Rows("SELECT received, accepted, quarantined FROM ops.batch"));
        Assert.Equal(["1\t1"], await Rows("SELECT refused, changed FROM ops.rejudged"));
        Assert.Contains("in order", (await Run("lake", "verify")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dictionary_says_how_far_the_lake_fills_an_item()
    {
        await Ingest("v1,2026-01-01 10:00:00,5,a\nv2,2026-01-01 10:00:00,,b\n");
        var site = Path.Combine(_folder, "site");
        Assert.Equal(0, (await Run("standards", "docs", "--out", site, "--lake")).ExitCode);

        // The search names the kind of everything that it finds.
        var kinds = Regex.Matches(File.ReadAllText(Path.Combine(site, "assets/entries.js")), @"[\[,]\[""(\w)"",").Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.Contains("d", kinds);
        Assert.All(kinds, k => Assert.Matches($@"[{{ ]{k}: \[", File.ReadAllText(Path.Combine(site, "assets/site.js"))));
        var page = File.ReadAllText(Path.Combine(site, "d", "person.visit.html"));
        Assert.Contains("value=\"50\"", page, StringComparison.Ordinal);
        Assert.Contains("<span lang=\"zh\">费用</span><span lang=\"en\">Cost</span>", page, StringComparison.Ordinal);
        foreach (var asset in (string[])["site.css", "site.js", "entries.js", "codes.js"]) Assert.True(File.Exists(Path.Combine(site, "assets", asset)), asset);
        foreach (var link in Regex.Matches(page, "href=\"([^\"#]+)").Select(m => m.Groups[1].Value))
        {
            Assert.True(File.Exists(Path.Combine(site, "d", link)), link);
        }
    }

    private void WriteItems(string rest, string version = "1.0.0")
    {
        Write("items/person.visit.csv", $"{Items}visit_no,no,就诊号,Visit number,,,1,record,3,keep,\nvisit_time,moment,就诊时间,Time of visit,,,1,time,3,keep,\n{rest}");
        Write("datasets.csv", $"id,version,status,name_zh,name_en\nperson.visit,{version},standard,就诊,Visit\n");
    }

    private void Write(string path, string text) => File.WriteAllText(Path.Combine(Standards, path), text);

    private async Task Ingest(string rows, string name = "visit.csv")
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, $"visit_no,visit_time,cost,note\n{rows}");
        var run = await Run("ingest", file, "--source", "template");
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private Task<CliRun> Run(params string[] args) => CliRun.Of("en", [.. args, "--standards", Standards, "--data", Data]);

    private async Task<string[]> Rows(string sql)
    {
        var run = await Run("query", sql);
        Assert.True(run.ExitCode == 0, run.Error);
        return [.. run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
    }
}
