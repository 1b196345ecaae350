using System.Text;
using Xunit;
using Yunnao.Services.Fhir.Writing;

namespace Yunnao.Tests.Unit.Fhir;

/// <summary>The strict reader of what is written: the forms of values, and that nothing brings it down.</summary>
public sealed class ResourceReaderTests
{
    private const string Whole = """
        {"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p","contained":[{"resourceType":"Organization","id":"o","name":"x"}],"extension":[{"url":"http://x","valueString":"é\u00e9\ud83d\ude00"}],"name":[{"family":"Wang","given":["A",null],"_given":[null,{"id":"g"}]}],"birthDate":"2000-02-29","managingOrganization":{"reference":"#o"}},"request":{"method":"POST","url":"Patient"}},
        {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Observation","status":"final","code":{"text":"c"},"subject":{"reference":"urn:uuid:1"},"valueQuantity":{"value":-1.50e3},"component":[{"code":{"text":"d"},"valueInteger":4}]},"request":{"method":"PUT","url":"Observation/x","ifMatch":"W/\"1\""}}]}
        """;

    [Fact]
    public void What_is_right_has_no_issues_and_gives_its_parts()
    {
        var read = ResourceReader.Read(Encoding.UTF8.GetBytes(Whole)).Value;
        Assert.Equal(("transaction", 2), (read.BundleType, read.Entries.Count));
        Assert.Empty(read.Alone.Issues);
        Assert.All(read.Entries, e => Assert.Empty(e.Issues));
        Assert.Equal(["Patient", "Observation"], read.Entries.Select(e => e.Type));
        Assert.Equal(["p", null], read.Entries.Select(e => e.Id));
        Assert.Equal([("#o", "Patient.managingOrganization.reference")], read.Entries[0].References.Select(r => (r.Text, r.Path)));
        Assert.Equal(("PUT", "Observation/x", "W/\"1\""), (read.Entries[1].Method, read.Entries[1].Url, read.Entries[1].IfMatch));
    }

    [Theory]
    [InlineData("2000", "2000-13", false)]
    [InlineData("2000-01-31", "2001-02-29", false)]
    [InlineData("2000-12", "2000-1-01", false)]
    public void Dates_are_days_that_there_are(string good, string bad, bool isInstant)
    {
        Assert.False(isInstant);
        Assert.Empty(Issues($$"""{"resourceType":"Patient","birthDate":"{{good}}"}"""));
        Assert.Equal(["fhir.primitive Patient.birthDate"], Issues($$"""{"resourceType":"Patient","birthDate":"{{bad}}"}"""));
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","active":"true"}""", "fhir.kind Patient.active")]
    [InlineData("""{"resourceType":"Patient","multipleBirthInteger":1.5}""", "fhir.primitive Patient.multipleBirthInteger")]
    [InlineData("""{"resourceType":"Patient","contact":[{"gender":"robot"}]}""", "fhir.code Patient.contact[0].gender")]
    [InlineData("""{"resourceType":"Patient","link":[{"type":"refer"}]}""", "fhir.required Patient.link[0].other")]
    [InlineData("""{"resourceType":"Patient","name":{"family":"x"}}""", "fhir.kind Patient.name")]
    [InlineData("""{"resourceType":"Patient","name":[{"family":""}]}""", "fhir.primitive Patient.name[0].family")]
    [InlineData("""{"resourceType":"Patient","photo":[{"data":"=="}]}""", "fhir.primitive Patient.photo[0].data")]
    [InlineData("""{"resourceType":"Patient","text":{"status":"generated"}}""", "fhir.required Patient.text.div")]
    [InlineData("""{"resourceType":"Patient","extension":[{"valueString":"x"}]}""", "fhir.required Patient.extension[0].url")]
    [InlineData("""{"resourceType":"Patient","deceasedDateTime":"2020-01-01T10:00"}""", "fhir.primitive Patient.deceasedDateTime")]
    [InlineData("""{"resourceType":"Patient","meta":{"lastUpdated":"2020-01-01"}}""", "fhir.primitive Patient.meta.lastUpdated")]
    [InlineData("""{"resourceType":"Patient","id":"a b"}""", "fhir.primitive Patient.id")]
    [InlineData("""{"resourceType":"Patient","generalPractitioner":[null]}""", "fhir.kind Patient.generalPractitioner[0]")]
    public void What_is_wrong_is_named_by_code_and_place(string json, string issue) => Assert.Equal([issue], Issues(json));

    [Fact]
    public void No_mutant_brings_it_down()
    {
        var (random, whole) = (new Random(20261129), Encoding.UTF8.GetBytes(Whole));
        string[] pieces = ["\"", "{", "}", "[", "]", ",", ":", "null", "1e999", "\\ud800", "\"resourceType\":\"Bundle\",", "\"entry\":[", "{\"resource\":", "\u0001", "-", "true", "\"id\":\"x\","];
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToList();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                    case 2: bytes.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)])); break;
                    default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at))); break;
                }

                if (bytes.Count == 0) break;
            }

            var read = ResourceReader.Read([.. bytes]);
            Assert.True(read.Ok || read.Problem!.Code.StartsWith("fhir.", StringComparison.Ordinal));
        }
    }

    private static List<string> Issues(string json) => [.. ResourceReader.Read(Encoding.UTF8.GetBytes(json)).Value.Alone.Issues.Select(i => $"{i.Problem.Code} {i.Expression}")];
}
