using Xunit;

namespace Yunnao.Tests.Formats;

public sealed class FhirXmlTests
{
    private const string Bundle = """
        <?xml version="1.0"?>
        <Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>
        <entry><fullUrl value="urn:uuid:p1"/><resource><Patient><name><family value="Zhang"/><given value="San"/><given value="Si"/></name><text><div xmlns="http://www.w3.org/1999/xhtml"><b>x</b></div></text></Patient></resource></entry>
        <entry><resource><Observation><id value="o1"/><component><valueQuantity><value value="1.50"/></valueQuantity></component><component><valueQuantity><value value="2"/></valueQuantity></component></Observation></resource></entry>
        <entry><request><method value="DELETE"/></request></entry>
        </Bundle>
        """;

    [Fact]
    public async Task A_bundle_of_xml_gives_the_rows_of_the_same_bundle_of_json()
    {
        const string Json = """
            {"resourceType":"Bundle","type":"collection","entry":[
            {"fullUrl":"urn:uuid:p1","resource":{"resourceType":"Patient","name":[{"family":"Zhang","given":["San","Si"]}]}},
            {"resource":{"resourceType":"Observation","id":"o1","component":[{"valueQuantity":{"value":1.50}},{"valueQuantity":{"value":2}}]}},
            {"request":{"method":"DELETE"}}]}
            """;
        var plans = new[] { Plans.Of("Patient", null, null, "id", "name.family", "name.given", "name.given[1]"), Plans.Of("Observation", "component", null, "..id", "valueQuantity.value") };
        var (xml, json) = (await Plans.Fhir(Bundle, plans), await Plans.Fhir(Json, plans));
        Assert.Equal(json.Rows.Select(r => (r.Plan, r.Record, string.Join('|', r.Cells))), xml.Rows.Select(r => (r.Plan, r.Record, string.Join('|', r.Cells))));
        Assert.Equal(json.Codes, xml.Codes);
        Assert.Equal(["p1", "Zhang", "San", "Si"], xml.Rows[0].Cells);
    }

    [Fact]
    public async Task What_follows_the_damage_is_one_rejection_and_what_came_before_stands()
    {
        var sink = await Plans.Fhir(Bundle[..Bundle.IndexOf("<request>", StringComparison.Ordinal)], Plans.Of("Patient Observation", null, null, "id"));
        Assert.Equal(2, sink.Rows.Count);
        Assert.Equal(["fhir.xml"], sink.Codes);
    }

    [Theory]
    [InlineData("<!DOCTYPE Patient [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Patient><id value='&x;'/></Patient>", "fhir.dtd")]
    [InlineData("<Patient><id value='&x;'/></Patient>", "fhir.xml")]
    [InlineData("<html/>", "mapping.none html")]
    [InlineData("<", "fhir.xml")]
    public async Task What_is_no_sound_resource_is_refused(string text, string code) =>
        Assert.Equal([code], (await Plans.Fhir(text, Plans.Of("Patient", null, null, "id"))).Codes);

    [Fact]
    public async Task Deep_elements_are_refused()
    {
        var deep = "<Patient>" + string.Concat(Enumerable.Repeat("<extension>", 50_000)) + string.Concat(Enumerable.Repeat("</extension>", 50_000)) + "</Patient>";
        Assert.Equal(["fhir.xml"], (await Plans.Fhir(deep, Plans.Of("Patient", null, null, "id"))).Codes);
    }
}
