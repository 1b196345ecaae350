using DuckDB.NET.Data;
using Xunit;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.EndToEnd.Surveillance;

/// <summary>The shipped syndromes over complaints as patients and doctors put them, run by the engine that will run them.</summary>
public sealed class Syndrome_tests
{
    private static readonly Registry Registry = RegistryLoader.Load(Repository.File("standards")).Whole.Value;

    [Theory]
    [InlineData("发热、咳嗽3天", "syndrome-ili")]
    [InlineData("发热伴咽痛2天,无皮疹", "syndrome-ili")]
    [InlineData("无明显诱因出现发热、咳嗽1天", "syndrome-ili")]
    [InlineData("咳嗽、咳痰3天,无发热", "")]
    [InlineData("否认发热、咳嗽,腹痛2天", "")]
    [InlineData("无咳嗽但发热、咽痛1天", "syndrome-ili")]
    [InlineData("于发热门诊就诊,咳嗽1周", "")]
    [InlineData("腹泻、腹痛2天", "syndrome-diarrhoea")]
    [InlineData("呕吐1天,无腹泻", "")]
    [InlineData("拉肚子一天,水样便", "syndrome-diarrhoea")]
    [InlineData("发热,手足皮疹3天", "syndrome-rash-fever")]
    [InlineData("皮疹3天,不伴发热", "")]
    [InlineData("带状疱疹1周,发热", "")]
    [InlineData("高热伴皮下出血、瘀斑1天", "syndrome-haemorrhagic")]
    [InlineData("巩膜黄染、尿黄1周,乏力", "syndrome-jaundice")]
    [InlineData("发热伴抽搐1次", "syndrome-neurological")]
    [InlineData("发热3天,未见皮疹,神志清", "")]
    [InlineData("", "")]
    public void A_complaint_belongs_to_its_syndrome_and_to_no_other(string complaint, string expected) =>
        Assert.Equal(expected, string.Join(' ', Syndromes($"'{complaint}'", "NULL")));

    [Fact]
    public void A_measured_temperature_is_a_fever_that_nobody_told()
    {
        Assert.Equal(["syndrome-ili"], Syndromes("'咳嗽2天'", "38.6"));
        Assert.Empty(Syndromes("'咳嗽2天'", "36.8"));
        Assert.Empty(Syndromes("NULL", "39"));
    }

    [Theory]
    [InlineData("420106003", "420106003")]
    [InlineData("420106003007", "420106003")]
    [InlineData("420106", "420106")]
    [InlineData("420106000000", "420106")]
    [InlineData("420100", "4201")]
    [InlineData("420000", "42")]
    [InlineData("武昌区", "")]
    public void A_division_becomes_the_smallest_region_that_it_names(string division, string region)
    {
        using var connection = Open();
        Assert.Equal(region, connection.Scalar<string>($"SELECT {SignalSql.Region("d")} FROM (SELECT '{division}' AS d)"));
    }

    [Fact]
    public void A_diagnosis_counts_for_the_part_of_the_disease_that_it_names()
    {
        var rule = Registry.Alarms.Signals["dx"];
        Assert.Equal("dx.B12.1", Signal(rule, "A03.9"));
        Assert.Equal("dx.B13.1", Signal(rule, "A15.301"));
        Assert.Equal("dx.C01", Signal(rule, "J11.1"));
        Assert.Null(Signal(rule, "I10.x00"));
    }

    private static string? Signal(Yunnao.Standards.Alarms.SignalRule rule, string code)
    {
        using var connection = Open();
        var rows = $"(SELECT 1::UHUGEINT AS _record, 1::UBIGINT AS _subject, 'H' AS _org, TIMESTAMP '2024-01-02' AS _time, '{code}' AS diagnosis_code, NULL::TIMESTAMP AS onset_time)";
        var sql = new SignalSql(Registry).Events(rule, new(Registry.DataSets[rule.DataSet]), rows, "persons", "places");
        return connection.Rows(r => r.GetString(0), $"SELECT signal FROM ({sql})").SingleOrDefault();
    }

    private static List<string> Syndromes(string complaint, string temperature)
    {
        using var connection = Open();
        var rows = $"""
            (SELECT 1::UHUGEINT AS _record, 1::UBIGINT AS _subject, 'H' AS _org, TIMESTAMP '2024-01-02' AS _time, {complaint}::VARCHAR AS chief_complaint,
                {temperature}::DOUBLE AS temperature, NULL::TIMESTAMP AS onset_time, 30 AS age_years)
            """;
        var found = new List<string>();
        foreach (var rule in Registry.Alarms.Signals.Values.Where(s => s.DataSet == "outpatient.visit"))
        {
            var sql = new SignalSql(Registry).Events(rule, new(Registry.DataSets[rule.DataSet]), rows, "persons", "places");
            found.AddRange(connection.Rows(r => r.GetString(0), $"SELECT signal FROM ({sql})"));
        }

        return found;
    }

    private static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        connection.Execute("CREATE TABLE persons (subject UBIGINT, division VARCHAR, birth DATE); CREATE TABLE places (org VARCHAR, division VARCHAR)");
        return connection;
    }
}
