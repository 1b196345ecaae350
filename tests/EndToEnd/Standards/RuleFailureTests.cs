using DuckDB.NET.Data;
using Xunit;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.EndToEnd.Standards;

public sealed class RuleFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-rules-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a * b > 0", "999999999999999999", "999999999999999999", 0)]
    [InlineData("a * b > 0", "3", "-4", 1)]
    [InlineData("a * b > 0", "3", "4", 0)]
    [InlineData("a / b > 0", "3", "0", 0)]
    [InlineData("a > b", "3", "4", 1)]
    [InlineData("in_set(code, 'few')", "1", "1", 0)]
    [InlineData("not in_set(code, 'few')", "1", "1", 0)]
    [InlineData("in_set(code, 'many')", "1", "1", 0)]
    [InlineData("not in_set(code, 'many')", "1", "1", 0)]
    public void A_rule_that_cannot_be_judged_passes_and_never_stops_the_statement(string expression, string a, string b, int failures)
    {
        Write(expression);
        var registry = RegistryLoader.Load(_folder).Whole.Value;
        var script = CheckingScript.Build(registry.DataSets["test.rows"], registry).TrimEnd(';', '\n');
        var select = script.LastIndexOf("\nSELECT ", StringComparison.Ordinal);
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        IngestFunctions.Register(connection, new NoSubject());
        using var command = connection.CreateCommand();
        command.CommandText = $"CREATE TABLE staging AS SELECT 'k' AS no, '2024-01-01' AS moment, '{a}' AS a, '{b}' AS b, NULL::VARCHAR AS code";
        command.ExecuteNonQuery();
        command.CommandText = script[..select] + "\n;SELECT 1";
        command.ExecuteNonQuery();
        command.CommandText = $"SELECT count(*) FROM ({script[select..]}) AS rows WHERE _checks <> 0";
        Assert.Equal((long)failures, command.ExecuteScalar());
    }

    private void Write(string expression)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "items"));
        Directory.CreateDirectory(Path.Combine(_folder, "codes"));
        Write("valuesets.csv", "id,version,status,name_zh,name_en\nfew,1.0.0,standard,少,Few\nmany,1.0.0,standard,多,Many\n");
        Write("codes/few.csv", "code,name_zh,name_en\n1,一,One\n");
        Write("codes/many.csv", "code,name_zh,name_en\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"{i},{i},{i}\n")));
        Write(
            "elements.csv",
            "id,version,status,name_zh,name_en,type,format\ntext,1.0.0,standard,文,Text,S1,AN..36\nmoment,1.0.0,standard,时,Time,DT,DT15\nnumber,1.0.0,standard,数,Number,N,N..18\n");
        Write("datasets.csv", "id,version,status,name_zh,name_en\ntest.rows,1.0.0,standard,行,Rows\n");
        Write(
            "items/test.rows.csv",
            "item,element,name_zh,name_en,card,role,level,deid\nno,text,号,No,1,record,1,keep\nmoment,moment,时,Time,1,time,1,keep\n"
            + "a,number,甲,A,0..1,,1,keep\nb,number,乙,B,0..1,,1,keep\ncode,text,码,Code,0..1,,1,keep\n");
        Write("checks.csv", $"id,dataset,version,status,severity,expression,message_zh,message_en\nr,test.rows,1.0.0,standard,flag,\"{expression}\",错,Wrong\n");
    }

    private void Write(string path, string text) => File.WriteAllText(Path.Combine(_folder, path), text);

    private sealed class NoSubject : ISubjectResolver
    {
        public ulong Resolve(ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> local) => 1;
    }
}
