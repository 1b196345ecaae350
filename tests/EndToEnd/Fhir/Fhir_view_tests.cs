using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Views over the lake's resources: the rows are those of the resources that searches find.</summary>
[Collection(nameof(FhirServer))]
public sealed class Fhir_view_tests(FhirServer server)
{
    private const string Heights = """
        {"resourceType":"ViewDefinition","resource":"Observation","status":"active","where":[{"path":"code.coding.exists(code = '8302-2')"}],
         "select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"person","path":"subject.getReferenceKey(Patient)"},{"name":"height","path":"value.ofType(Quantity).value"}]}]}
        """;

    private async Task<(HttpStatusCode Status, string Text)> RunAsync(string body, string role = "doctor", string? accept = null)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/fhir+json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "fhir/ViewDefinition/$viewdefinition-run") { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {await server.TokenAsync(role)}");
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await server.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Parameters(string more = "", string view = Heights) => $$"""{"resourceType":"Parameters","parameter":[{"name":"viewResource","resource":{{view}}}{{more}}]}""";

    [Fact]
    public async Task A_view_gives_the_rows_of_what_the_caller_sees()
    {
        foreach (var role in new[] { "doctor", "data_engineer" })
        {
            var wanted = (await server.AllAsync("Observation?code=8302-2&_count=500", role)).Select(o => $"{Text(o, "id")} {Text(o, "subject.reference")!["Patient/".Length..]}").Order().ToList();
            var (status, text) = await RunAsync(Parameters(), role);
            Assert.True(status == HttpStatusCode.OK, text);
            Assert.NotEmpty(wanted);
            Assert.Equal(wanted, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l)).Select(r => $"{Text(r, "id")} {Text(r, "person")}").Order());
        }

        var person = Text((await server.AllAsync("Observation?code=8302-2&_count=1"))[0], "subject.reference")!;
        var mine = await server.AllAsync($"Observation?code=8302-2&patient={person}&_count=500");
        var (_, csv) = await RunAsync(Parameters($$$""",{"name":"_format","valueCode":"csv"},{"name":"patient","valueReference":{"reference":"{{{person}}}"}}"""), "application");
        Assert.Equal(mine.Count + 1, csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain(person["Patient/".Length..], csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_chooses_the_form_where_the_request_does_not_say_it()
    {
        foreach (var accept in new[] { "text/csv", "application/x-ndjson;q=0.5, text/csv" }) Assert.StartsWith("id,person,height", (await RunAsync(Parameters(), accept: accept)).Text, StringComparison.Ordinal);
        Assert.StartsWith("{", (await RunAsync(Parameters(), accept: "*/*")).Text, StringComparison.Ordinal);
        Assert.StartsWith("{", (await RunAsync(Parameters(""",{"name":"_format","valueCode":"ndjson"}"""), accept: "text/csv")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resources_that_are_sent_along_are_all_that_is_read()
    {
        var (status, text) = await RunAsync(Parameters(""",{"name":"resource","resource":{"resourceType":"Observation","id":"mine","code":{"coding":[{"code":"8302-2"}]},"valueQuantity":{"value":170}}}"""));
        Assert.Equal((HttpStatusCode.OK, "mine"), (status, Text(JsonElement.Parse(text), "id")));
    }

    [Theory]
    [InlineData("{", "fhir.value")]
    [InlineData("""{"resourceType":"Parameters","parameter":[]}""", "fhir.value")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"colour"}]}""", "fhir.parameter")]
    [InlineData("""{"resourceType":"ViewDefinition","resource":"Observation","select":[{"column":[{"name":"x","path":"code.("}]}]}""", "fhirpath.syntax")]
    public async Task What_is_no_view_says_why(string body, string code)
    {
        var (status, text) = await RunAsync(body);
        Assert.Equal((HttpStatusCode.BadRequest, code), (status, Text(JsonElement.Parse(text), "issue.details.coding.code")));
    }
}
