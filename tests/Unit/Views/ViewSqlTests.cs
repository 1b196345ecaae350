using System.Text;
using System.Text.Json;
using Xunit;
using Yunnao.Lake.Queries;
using Yunnao.Services.Views;
using Yunnao.Services.Views.Run;

namespace Yunnao.Tests.Views;

/// <summary>What the public suite does not ask: paths beyond it, what is wrong with a view, and sources.</summary>
public sealed class ViewSqlTests(ViewEngineFixture fixture) : IClassFixture<ViewEngineFixture>, IDisposable
{
    private const string Patient = """
        {"resourceType":"Patient","id":"p1","active":true,"birthDate":"1970-06-05","_birthDate":{"extension":[{"url":"t","valueDateTime":"1970-06-05T10:00:00Z"}]},
         "name":[{"use":"official","family":"Li","given":["Na","Mei"]},{"use":"old","family":"Wang","given":["Na"]}],
         "multipleBirthInteger":2,"contained":[{"resourceType":"Organization","id":"o","name":"Clinic"},{"resourceType":"Patient","id":"x","name":[{"family":"Inner"}]}],
         "generalPractitioner":[{"reference":"https://h.example/fhir/Practitioner/d1/_history/2"},{"reference":"urn:uuid:0c3151bd"},{"reference":"#x"},{"reference":"Practitioner?identifier=1"}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-views-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("name.count() + 1", "3")]
    [InlineData("0.1 + 0.2 = 0.3", "true")]
    [InlineData("7 div 2 * 10 + 7 mod 2", "31")]
    [InlineData("1 / 0", "null")]
    [InlineData("name.given.distinct().join('-')", "\"Na-Mei\"")]
    [InlineData("(name[0].given | name[1].given).count()", "2")]
    [InlineData("name.given.skip(1).first()", "\"Mei\"")]
    [InlineData("name.last().given.first()", "\"Na\"")]
    [InlineData("name.select(family + '/' + use).join(',')", "\"Li/official,Wang/old\"")]
    [InlineData("name.where($index = 1).family", "\"Wang\"")]
    [InlineData("name.where(given.where($this = 'Mei').exists()).family", "\"Li\"")]
    [InlineData("name.all(given.exists())", "true")]
    [InlineData("name.exists(use = 'nickname')", "false")]
    [InlineData("'Mei' in name.given", "true")]
    [InlineData("name.given contains 'Tao'", "false")]
    [InlineData("birthDate < @1970-06-06", "true")]
    [InlineData("birthDate = @1970", "null")]
    [InlineData("birthDate > @1969", "true")]
    [InlineData("@2020-01-01T10:00:00+08:00 = @2020-01-01T02:00:00Z", "true")]
    [InlineData("birthDate.extension('t').value.ofType(dateTime)", "\"1970-06-05T10:00:00Z\"")]
    [InlineData("multipleBirth is integer", "true")]
    [InlineData("multipleBirth.exists() and deceased.empty()", "true")]
    [InlineData("multipleBirth.ofType(integer) > 1 implies active", "true")]
    [InlineData("contained.ofType(Organization).name", "\"Clinic\"")]
    [InlineData("contained.ofType(Patient).name.family", "\"Inner\"")]
    [InlineData("generalPractitioner.getReferenceKey(Practitioner).join(' ')", "\"d1 0c3151bd\"")]
    [InlineData("iif(active, 'yes', 'no')", "\"yes\"")]
    [InlineData("name.first().family.upper().substring(1)", "\"I\"")]
    [InlineData("'a-b' ~ ' A-B '", "true")]
    [InlineData("name.first().family.matches('^L.$')", "true")]
    [InlineData("'12'.toInteger() + 1", "13")]
    [InlineData("'x'.toInteger().empty()", "true")]
    [InlineData("name.first().family & gender", "\"Li\"")]
    [InlineData("(1.587).lowBoundary()", "1.5865")]
    [InlineData("birthDate.highBoundary()", "\"1970-06-05\"")]
    [InlineData("Patient.name.first().use // the first", "\"official\"")]
    public async Task A_path_in_SQL_yields_what_FHIRPath_says(string path, string expected) =>
        Assert.Equal(expected, await ValueAsync(path));

    [Theory]
    [InlineData("name.family = ", "fhirpath.syntax")]
    [InlineData("name.nofunction()", "fhirpath.function")]
    [InlineData("name.first(1)", "fhirpath.arguments")]
    [InlineData("active + 1", "fhirpath.type")]
    [InlineData("multipleBirth + 1", "fhirpath.choice")]
    [InlineData("%nothing", "fhirpath.constant")]
    [InlineData("name.first()", "view.column-path")]
    [InlineData("birthDate + 1 year", "fhirpath.unsupported")]
    [InlineData("multipleBirth.ofType(nothing)", "fhirpath.type")]
    public void What_is_wrong_with_a_path_has_a_code_and_its_place(string path, string code)
    {
        var (view, problems) = Read(path);
        Assert.Null(view);
        var problem = Assert.Single(problems);
        Assert.Equal((code, "select[0].column[0].path"), (problem.Code, problem.Where!.Path));
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var (view, problems) = View.Read(Encoding.UTF8.GetBytes("""{"resource":"Patient","select":[{"column":[{"name":"1","path":"id"},{"name":"b","path":"active.foo()"},{"name":"b","path":"gender"}],"forEach":"name","forEachOrNull":"name"}],"where":[{"path":"gender"}]}"""));
        Assert.Null(view);
        Assert.Equal(["fhirpath.function", "view.column-name", "view.column-name", "view.iteration", "view.where"], problems.Select(p => p.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_element_that_FHIR_does_not_have_is_a_warning()
    {
        var (view, problems) = Read("nme.family");
        Assert.Empty(problems);
        Assert.Equal("fhirpath.element", Assert.Single(view!.Warnings).Code);
    }

    [Fact]
    public async Task Text_of_a_view_never_becomes_SQL() => Assert.Equal("\"'); DROP TABLE x; --\"", await ValueAsync("'\\'); DROP TABLE x; --'"));

    [Fact]
    public async Task Files_of_all_forms_give_the_same_rows_and_another_resource_disturbs_nothing()
    {
        var line = Patient.ReplaceLineEndings("");
        const string Other = """{"resourceType":"Organization","id":"o1","name":"a text, where Patient has a list"}""";
        await File.WriteAllTextAsync(Path.Combine(_folder, "lines.ndjson"), $"{line}\n{Other}\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "one.json"), Patient, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "bundle.json"), $$"""{"resourceType":"Bundle","entry":[{"resource":{{Other}}},{"resource":{{line}}}]}""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "package.json"), """{"name":"no FHIR"}""" + "\n", TestContext.Current.CancellationToken);
        using (var gzip = new System.IO.Compression.GZipStream(File.Create(Path.Combine(_folder, "lines.ndjson.gz")), System.IO.Compression.CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(line + "\n"));
        Assert.Equal(["\"Li\"", "\"Li\"", "\"Li\"", "\"Li\""], await ValuesAsync(Read("name.first().family").View!, ViewSources.Find([_folder]).Value));
    }

    [Fact]
    public async Task A_line_that_is_no_resource_ends_the_view_with_its_place()
    {
        var file = Path.Combine(_folder, "bad.ndjson");
        await File.WriteAllTextAsync(file, "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\n{\"resourceType\":\"Patient\",\"id\":\"3\"}\n", TestContext.Current.CancellationToken);
        var problem = fixture.Engine.Export(Read("id").View!, ViewSources.Find([file]).Value, Path.Combine(_folder, "x.csv"), ExportFormat.Csv, TestContext.Current.CancellationToken).Problem;
        Assert.Equal(("view.record", file, 2L), (problem!.Code, problem.Where!.File, problem.Where.Line));
        Assert.False(File.Exists(Path.Combine(_folder, "x.csv")));
    }

    [Fact]
    public void More_than_one_value_where_one_is_wanted_is_told_with_the_column()
    {
        var problem = fixture.Engine.Export(Read("name.family").View!, ViewSources.Of([Patient]), Path.Combine(_folder, "x.csv"), ExportFormat.Csv, TestContext.Current.CancellationToken).Problem;
        Assert.Equal(("view.many", "select[0].column[0].path"), (problem!.Code, problem.Where!.Path));
    }

    private static (View? View, IReadOnlyList<Kernel.Problem> Problems) Read(string path) =>
        View.Read(Encoding.UTF8.GetBytes($$"""{"resource":"Patient","select":[{"column":[{"name":"v","path":{{JsonSerializer.Serialize(path)}}}]}]}"""));

    private async Task<string> ValueAsync(string path)
    {
        var (view, problems) = Read(path);
        Assert.Empty(problems);
        return Assert.Single(await ValuesAsync(view!, ViewSources.Of([Patient])));
    }

    private async Task<List<string>> ValuesAsync(View view, ViewSources sources)
    {
        var result = fixture.Engine.Run(view, sources, TestContext.Current.CancellationToken);
        Assert.True(result.Ok, $"{result.Problem}");
        await using var rows = result.Value;
        var values = new List<string>();
        await foreach (var batch in rows.Batches.WithCancellation(TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.Length; row++)
                {
                    using var buffer = new MemoryStream();
                    using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) ArrowCell.Write(batch.Column(0), row, writer);
                    values.Add(Encoding.UTF8.GetString(buffer.ToArray()));
                }
            }
        }

        return values;
    }
}
