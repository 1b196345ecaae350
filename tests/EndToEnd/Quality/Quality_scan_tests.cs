using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Quality;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Expressions;
using Yunnao.Standards.Loading;
using Yunnao.Standards.Quality;

namespace Yunnao.Tests.EndToEnd.Quality;

/// <summary>
/// The one scan counts what a plain query for each measure counts: random conditions over rows with nulls, few values, values that never come
/// again, texts too long to remember, bounds of one item by another, and arithmetic that overflows.
/// </summary>
public sealed class Quality_scan_tests : IDisposable
{
    private const string DataSet = "test.rows";
    private const int Rows = 140_000;
    private const int Measures = 60;
    private static readonly string[] s_few = ["C1", "C2"];
    private static readonly string[] s_many = [.. Enumerable.Range(1, 20).Select(i => $"C{i}")];

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-scan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_scan_counts_what_a_query_for_each_measure_counts(int seed)
    {
        var registry = Registry(new Random(seed));
        using var lake = Lake(registry, out var shape);
        Assert.True(new QualityCounter(registry, [shape], lake).Run(TestContext.Current.CancellationToken).Ok);
        var derivation = lake.Derive("quality").Value;
        using (derivation)
        {
            foreach (var measure in registry.Quality.Measures.Values)
            {
                var plain = Counts($"SELECT _org, {Month}, {Asked(measure)}, count(*) FILTER ({Where(measure)} AND NOT ({Plain(measure.Holds!)})) FROM {SqlNames.Table(shape)} GROUP BY 1, 2 HAVING {Asked(measure)} > 0");
                var ours = Counts($"SELECT org, month, checked, failed FROM quality.count WHERE measure = '{measure.Id}'");
                Assert.True(plain.SetEquals(ours), $"seed {seed}, {measure.Where} → {measure.Holds}");
            }
        }

        HashSet<(string, DateTime, long, long)> Counts(string sql) => [.. derivation.Connection.Rows(r => (r.GetString(0), r.GetDateTime(1), r.GetInt64(2), r.GetInt64(3)), sql)];
    }

    [Fact]
    public void The_opposite_of_a_condition_is_its_NOT()
    {
        var registry = Registry(new Random(3));
        using var lake = Lake(registry, out var shape);
        using var derivation = lake.Derive("quality").Value;
        var random = new Random(4);
        for (var i = 0; i < 100; i++)
        {
            var text = Condition(random, 3, arithmetic: false);
            var opposite = RuleExpression.Parse(text).Value.ToOpposite(Column, InSet).Sql;
            Assert.True(
                derivation.Connection.Scalar<long>($"SELECT count(*) FROM (FROM {SqlNames.Table(shape)} LIMIT 5000) WHERE ({opposite}) IS DISTINCT FROM NOT ({Plain(text)})") == 0,
                $"{text} → {opposite}");
        }
    }

    private const string Month = "date_trunc('month', _time::DATE)::DATE";

    private static string Asked(QualityMeasure measure) => $"count(*) FILTER ({Where(measure)})";

    private static string Where(QualityMeasure measure) => measure.Where is { } where ? $"coalesce({Plain(where)}, false)" : "true";

    private static string Plain(string text)
    {
        var expression = RuleExpression.Parse(text).Value;
        return expression.CanFail ? $"TRY({expression.ToSql(Column, InSet)})" : expression.ToSql(Column, InSet);
    }

    private static string Column(string item) => item == MeasureWords.Event ? "_time" : $"\"{item}\"";

    private static string InSet(string item, string set) => $"\"{item}\" IN ({string.Join(", ", (set == "few" ? s_few : s_many).Select(c => $"'{c}'"))})";

    private static string Condition(Random random, int depth, bool arithmetic)
    {
        if (depth == 0 || random.Next(3) == 0) return Part(random, arithmetic);
        var (left, right) = (Condition(random, depth - 1, arithmetic), Condition(random, depth - 1, arithmetic));
        return random.Next(5) switch
        {
            0 or 1 => $"{left} and {right}",
            2 => $"({left} or {right})",
            3 => $"not ({left} or {right})",
            _ => $"{left} or not {right}",
        };
    }

    private static string Part(Random random, bool arithmetic)
    {
        string[] signs = ["=", "<>", "!=", "<", "<=", ">", ">="];
        var (sign, some) = (signs[random.Next(signs.Length)], random.Next(60));
        return random.Next(arithmetic ? 13 : 10) switch
        {
            0 => $"number {sign} {some}.5",
            1 => $"whole {sign} {(some % 5 == 0 ? "-" : "")}{some}",
            2 => $"serial {sign} {random.Next(Rows)}",
            3 => $"code {sign} 'C{some % 25}'",
            4 => $"code not in ('C1', 'C{some}')",
            5 => $"in_set(code, '{(some % 2 == 0 ? "few" : "many")}')",
            6 => $"remark {(some % 2 == 0 ? "not " : "")}like '%{some % 10}'",
            7 => some % 2 == 0 ? "code is not null" : "number is null",
            8 => $"whole {(some % 2 == 0 ? "not " : "")}between {some} and {some + 30}",
            9 => $"event_time {sign} timestamp '2024-0{1 + (some % 4)}-15 00:00:00'",
            10 => $"number {sign} whole {(some % 3 == 0 ? "-" : "+")} {some}",
            // Overflows in the last rows only.
            11 => "serial * 15400 > whole",
            _ => $"month(event_time) <> {1 + (some % 4)}",
        };
    }

    private Registry Registry(Random random)
    {
        Write("valuesets.csv", "id,version,status,name_zh,name_en\nfew,1.0.0,standard,少,Few\nmany,1.0.0,standard,多,Many\n");
        Write("codes/few.csv", "code,name_zh,name_en\n" + string.Concat(s_few.Select(c => $"{c},{c},{c}\n")));
        Write("codes/many.csv", "code,name_zh,name_en\n" + string.Concat(s_many.Select(c => $"{c},{c},{c}\n")));
        Write(
            "elements.csv",
            "id,version,status,name_zh,name_en,type,format\ntext,1.0.0,standard,文,Text,S1,AN..100\nmoment,1.0.0,standard,时,Time,DT,DT15\n"
            + "number,1.0.0,standard,数,Number,N,\"N..10,2\"\nwhole,1.0.0,standard,整,Whole,N,N..9\n");
        Write("datasets.csv", $"id,version,status,name_zh,name_en\n{DataSet},1.0.0,standard,行,Rows\n");
        Write(
            $"items/{DataSet}.csv",
            "item,element,name_zh,name_en,card,role,level,deid\nno,text,号,No,1,record,1,keep\norg,text,院,Org,1,organisation,1,keep\nmoment,moment,时,Time,1,time,1,keep\n"
            + "number,number,数,Number,0..1,,1,keep\nwhole,whole,整,Whole,0..1,,1,keep\nserial,whole,序,Serial,0..1,,1,keep\ncode,text,码,Code,0..1,,1,keep\nremark,text,注,Remark,0..1,,1,keep\n");
        var measures = Enumerable.Range(0, Measures).Select(i =>
        {
            // Most read one column, as most measures do.
            var holds = Condition(random, i % 3 == 0 ? 2 : 0, arithmetic: true);
            var where = i % 4 == 1 ? $"    where: \"{Condition(random, i % 2, arithmetic: false)}\"\n" : "";
            return $"  - id: m{i}\n    name: {{ zh: 指标, en: Measure }}\n    dimension: plausibility\n    weight: 1\n    dataset: {DataSet}\n{where}    holds: \"{holds}\"\n";
        });
        Write(
            "quality/rules.yaml",
            "version: 1.0.0\nstatus: standard\nsource: Yunnao\ndimensions:\n  - { id: plausibility, name: { zh: 合理性, en: Plausibility }, weight: 1 }\nmeasures:\n" + string.Concat(measures));
        return RegistryLoader.Load(_folder).Whole.Value;
    }

    private DuckDbLake Lake(Registry registry, out TableShape shape)
    {
        var made = shape = new TableShape(registry.DataSets[DataSet]);
        var lake = DuckDbLake.Open(new() { Folder = Path.Combine(_folder, "data") }, [made]).Value;
        using var batch = lake.Begin(new(null, "test", "test", "test", 0)).Value;
        var columns = made.Columns.Select(c => c.Name switch
        {
            SystemColumns.Record => "(i + 1)::UHUGEINT",
            SystemColumns.Subject => "NULL::UBIGINT",
            SystemColumns.Org => "'H' || (i % 3)",
            SystemColumns.Time => "TIMESTAMP '2024-01-01' + to_seconds((i * 80)::BIGINT)",
            SystemColumns.Batch => $"{batch.Number}",
            SystemColumns.Version => "1",
            SystemColumns.Rejected => "NULL::VARCHAR",
            _ when c.Item is null => "0::UBIGINT",
            "number" => "CASE WHEN hash(i) % 5 > 0 THEN (hash(i + 1) % 7000) / 100.0 END",
            "whole" => "CASE WHEN hash(i + 2) % 9 > 0 THEN hash(i + 3) % 70 END::INTEGER",
            "serial" => "i::INTEGER",
            "code" => "CASE WHEN hash(i + 4) % 9 > 0 THEN 'C' || (hash(i + 5) % 30) END",
            "remark" => "CASE WHEN i % 2 = 0 THEN 'remark of some length ' || (hash(i + 6) % 50) ELSE 'r' || i % 10 END",
            _ => "NULL::VARCHAR",
        });
        batch.Append(made, made.Columns, $"SELECT {string.Join(", ", columns)} FROM range({Rows}) AS r(i)", CancellationToken.None);
        batch.Settle(made, CancellationToken.None);
        batch.Commit();
        return lake;
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
