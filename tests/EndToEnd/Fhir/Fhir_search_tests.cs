using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Searches judged by their contents: what is found is what a plain filter over the originals finds.</summary>
[Collection(nameof(FhirServer))]
public sealed class Fhir_search_tests(FhirServer server)
{
    private const string Loinc = "http://loinc.org", BodyHeight = "8302-2";

    /// <summary>Observations of one value: a panel comes back as one observation a component.</summary>
    private IEnumerable<JsonElement> Observations => server.Originals["Observation"].Where(o => !At(o, "component").Any());

    private async Task SameAsync(string address, IEnumerable<JsonElement> wanted, string? form = null)
    {
        var found = await server.AllAsync(address, form: form);
        var type = address.Split('?', '/')[0];
        if (type == "Observation") found = [.. found.Where(f => Observations.Any(o => Text(o, "id") == Number(f)))];
        var numbers = wanted.Select(w => Text(w, "id")!).Order().ToList();
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers, found.Select(Number).Order());
    }

    [Fact]
    public async Task Codes_and_categories_and_their_alternatives()
    {
        await SameAsync($"Observation?code={Loinc}|{BodyHeight}", Observations.Where(o => Text(o, "code.coding.code") == BodyHeight));
        await SameAsync($"Observation?code={BodyHeight},29463-7", Observations.Where(o => Text(o, "code.coding.code") is BodyHeight or "29463-7"));
        await SameAsync("Observation?category=laboratory", Observations.Where(o => Text(o, "category.coding.code") == "laboratory"));
        await SameAsync("Observation?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs&status=unknown", Observations.Where(o => Text(o, "category.coding.code") == "vital-signs"));
        await SameAsync("Encounter?class=AMB&_count=7", server.Originals["Encounter"].Where(e => Text(e, "class.code") == "AMB"));
        await SameAsync("Encounter?class:not=AMB", server.Originals["Encounter"].Where(e => Text(e, "class.code") != "AMB"));
        await SameAsync("Condition?clinical-status=resolved", server.Originals["Condition"].Where(c => Text(c, "clinicalStatus.coding.code") == "resolved"));
        Assert.Empty(await server.AllAsync($"Observation?code=http://snomed.info/sct|{BodyHeight}"));
    }

    [Fact]
    public async Task Dates_with_prefixes_on_moments_and_on_periods()
    {
        var times = Observations.Select(o => Moment(Text(o, "effectiveDateTime")!)).Order().ToList();
        var middle = times[times.Count / 2].Date;
        var day = middle.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var (prefix, fits) in new (string, Func<DateTime, bool>)[]
            { ("eq", t => t.Date == middle), ("", t => t.Date == middle), ("lt", t => t < middle), ("ge", t => t >= middle), ("gt", t => t >= middle.AddDays(1)), ("le", t => t < middle.AddDays(1)), ("ne", t => t.Date != middle), ("sa", t => t >= middle.AddDays(1)), ("eb", t => t < middle) })
            await SameAsync($"Observation?date={prefix}{day}&_count=300", Observations.Where(o => fits(Moment(Text(o, "effectiveDateTime")!))));
        await SameAsync($"Observation?date=ge{middle.Year}-01&date=lt{middle.Year + 1}", Observations.Where(o => Moment(Text(o, "effectiveDateTime")!).Year == middle.Year));

        var exact = Text(Observations.First(), "effectiveDateTime")!;
        await SameAsync($"Observation?date={Clock(exact)}%2B08:00", Observations.Where(o => Clock(Text(o, "effectiveDateTime")) == Clock(exact)));

        var year = server.Originals["Encounter"].Max(e => Moment(Text(e, "period.start")!)).Year;
        await SameAsync($"Encounter?date=ge{year}", server.Originals["Encounter"].Where(e => Moment(Text(e, "period.end")!).Year >= year));
        await SameAsync($"Encounter?date=lt{year}", server.Originals["Encounter"].Where(e => Moment(Text(e, "period.start")!).Year < year));
    }

    [Fact]
    public async Task Numbers_stand_for_what_is_rounded_to_them()
    {
        var heights = Observations.Where(o => Text(o, "code.coding.code") == BodyHeight).ToList();
        var middle = decimal.Round(heights.Select(Height).Order().ElementAt(heights.Count / 2));
        await SameAsync($"Observation?code={BodyHeight}&value-quantity=ge{middle}", heights.Where(h => Height(h) >= middle));
        await SameAsync($"Observation?code={BodyHeight}&value-quantity={middle}||cm", heights.Where(h => Height(h) >= middle - 0.5m && Height(h) < middle + 0.5m));
        Assert.Empty(await server.AllAsync($"Observation?code={BodyHeight}&value-quantity=ge{middle}||kg"));

        static decimal Height(JsonElement observation) => decimal.Parse(Text(observation, "valueQuantity.value")!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task One_persons_records_and_those_of_an_encounter()
    {
        var original = server.Originals["Encounter"].First(e => Observations.Any(o => Text(o, "encounter.reference")!.EndsWith(Text(e, "id")!, StringComparison.Ordinal)));
        var encounter = (await server.AllAsync("Encounter/_search", form: $"identifier={Text(original, "id")}")).Single();
        var patient = Text(encounter, "subject.reference")!;
        var person = Text(original, "subject.reference");
        await SameAsync($"Observation?patient={patient}", Observations.Where(o => Text(o, "subject.reference") == person));
        await SameAsync("Condition/_search", server.Originals["Condition"].Where(o => Text(o, "subject.reference") == person), form: $"subject={patient}&_count=3");
        await SameAsync($"Observation?encounter=Encounter/{Text(encounter, "id")}", Observations.Where(o => Text(o, "encounter.reference")!.EndsWith(Text(original, "id")!, StringComparison.Ordinal)));

        var page = await server.GetAsync($"Observation?encounter={Text(encounter, "id")}&_include=Observation:subject&_include=Observation:encounter&_count=5");
        var included = page.GetProperty("entry").EnumerateArray().Where(e => e.GetProperty("search").GetProperty("mode").GetString() == "include").Select(e => e.GetProperty("fullUrl").GetString()![(server.Url.ToString().Length + 5)..]).Order();
        Assert.Equal(new[] { $"Encounter/{Text(encounter, "id")}", patient }.Order(), included);
        Assert.All(FhirServer.Entries(page), o => Assert.Equal($"Encounter/{Text(encounter, "id")}", Text(o, "encounter.reference")));
    }

    [Fact]
    public async Task Persons_by_sex_birth_and_place()
    {
        foreach (var sex in new[] { "male", "female" })
            Assert.Equal(server.Originals["Patient"].Count(p => Text(p, "gender") == sex), (await server.AllAsync($"Patient?gender={sex}&_count=2")).Count);
        var born = Text(server.Originals["Patient"].First(), "birthDate")!;
        Assert.Equal(server.Originals["Patient"].Where(p => Text(p, "birthDate") == born).Select(p => Text(p, "gender")).Order(), (await server.AllAsync("Patient/_search", form: $"birthdate={born}")).Select(p => Text(p, "gender")).Order());
        var city = Text(server.Originals["Patient"].First(), "address.city")!;
        Assert.Equal(server.Originals["Patient"].Count(p => Text(p, "address.city") == city), (await server.AllAsync($"Patient?address-city={Uri.EscapeDataString(city)}")).Count);
    }

    [Fact]
    public async Task Pages_of_several_data_sets_give_each_resource_once_in_the_order_asked_for()
    {
        var all = (await server.AllAsync("Observation?_count=1000")).Select(o => Text(o, "id")!).Order().ToList();
        Assert.Equal(all, (await server.AllAsync("Observation?_count=37")).Select(o => Text(o, "id")!).Order());
        foreach (var (sort, descending) in new[] { ("date", false), ("-date", true) })
        {
            var sorted = await server.AllAsync($"Observation?_sort={sort}&_count=90");
            Assert.Equal(all, sorted.Select(o => Text(o, "id")!).Order());
            var times = sorted.Select(o => Text(o, "effectiveDateTime")!).ToList();
            Assert.Equal(descending ? times.OrderDescending(StringComparer.Ordinal) : times.Order(StringComparer.Ordinal), times);
        }

        var counted = await server.GetAsync("Observation?_summary=count");
        Assert.Equal(all.Count, counted.GetProperty("total").GetInt32());
        Assert.False(counted.TryGetProperty("entry", out _));
        Assert.Equal(all.Count, (await server.GetAsync("Observation?_total=accurate&_count=1")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Only_the_elements_that_are_asked_for()
    {
        var page = await server.GetAsync("Observation?_elements=code&_count=2");
        Assert.All(FhirServer.Entries(page), o =>
        {
            Assert.Subset(new HashSet<string> { "resourceType", "id", "meta", "code", "status" }, o.EnumerateObject().Select(p => p.Name).ToHashSet());
            Assert.Equal("SUBSETTED", Text(o, "meta.tag.code"));
        });
    }

    [Fact]
    public async Task Everything_about_a_person_is_theirs_and_all_of_it()
    {
        var original = server.Originals["Patient"].First();
        var reference = $"urn:uuid:{Text(original, "id")}";
        var encounter = (await server.AllAsync("Encounter/_search", form: $"identifier={Text(server.Originals["Encounter"].First(e => Text(e, "subject.reference") == reference), "id")}")).Single();
        var all = await server.AllAsync($"{Text(encounter, "subject.reference")}/$everything?_count=50");
        Assert.Equal("Patient", Text(all[0], "resourceType"));
        foreach (var type in new[] { "Encounter", "Condition", "Procedure", "Immunization", "MedicationRequest", "DiagnosticReport", "AllergyIntolerance" })
            Assert.Equal(server.Originals[type].Where(r => (Text(r, "subject.reference") ?? Text(r, "patient.reference")) == reference).Select(r => Text(r, "id")!).Order(), all.Where(r => Text(r, "resourceType") == type).Select(Number).Order());
        var some = await server.AllAsync($"{Text(encounter, "subject.reference")}/$everything?_type=Patient,Condition");
        Assert.Equal(all.Count(r => Text(r, "resourceType") is "Patient" or "Condition"), some.Count);
    }

    [Theory]
    [InlineData("Observation?colour=blue", "fhir.parameter")]
    [InlineData("Observation?subject.name=x", "fhir.only-in-body")]
    [InlineData("Observation?_revinclude=Provenance:target", "fhir.include")]
    [InlineData("Observation?patient.name=x", "fhir.only-in-body")]
    [InlineData("Observation?performer.name=x", "fhir.parameter")]
    [InlineData("Observation?encounter.identifier=x", "fhir.only-in-body")]
    [InlineData("Patient?_has:Observation:encounter:code=1", "fhir.parameter")]
    [InlineData("Patient?_has:Observation=1", "fhir.parameter")]
    [InlineData("Observation?code:above=x", "fhir.modifier")]
    [InlineData("Observation?code:in=nowhere", "fhir.value")]
    [InlineData("Observation?_lastUpdated=yesterday", "fhir.value")]
    [InlineData("Observation?date=yesterday", "fhir.value")]
    [InlineData("Observation?value-quantity=much", "fhir.value")]
    [InlineData("Observation?_count=-1", "fhir.value")]
    [InlineData("Observation?_sort=colour", "fhir.sort")]
    [InlineData("Observation?_include=Observation:device", "fhir.include")]
    [InlineData("Observation?identifier=x", "fhir.only-in-body")]
    [InlineData("Observation?_page=x", "data.cursor")]
    public async Task What_is_not_understood_is_refused_by_name(string address, string code)
    {
        using var answer = await server.FhirAsync(address);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(code, await FhirServer.CodeAsync(answer));
    }

    [Fact]
    public async Task Whoever_asks_leniently_is_told_what_was_left_out()
    {
        var page = await server.GetAsync("Observation?colour=blue&_count=1", headers: ("Prefer", "handling=lenient"));
        Assert.Single(FhirServer.Entries(page));
        var outcome = page.GetProperty("entry").EnumerateArray().Single(e => e.GetProperty("search").GetProperty("mode").GetString() == "outcome").GetProperty("resource");
        Assert.Contains("colour", Text(outcome, "issue.diagnostics"), StringComparison.Ordinal);
        Assert.EndsWith("/Observation?_count=1", FhirServer.Link(page, "self"), StringComparison.Ordinal);
        using var strict = await server.FhirAsync("Observation?colour=blue&_count=1", headers: ("Prefer", "handling=strict"));
        Assert.Equal("fhir.parameter", await FhirServer.CodeAsync(strict));
    }

    [Fact]
    public async Task A_page_is_of_its_search_and_its_caller_and_tells_nothing_of_what_was_asked()
    {
        var number = Text(server.Originals["Condition"].First(), "id")!;
        var code = Text(Observations.First(), "code.coding.code");
        var first = await server.GetAsync("Observation/_search", form: $"code={code}&_count=1&identifier:missing=false");
        var next = FhirServer.Link(first, "next")!;
        Assert.DoesNotContain(code!, next, StringComparison.Ordinal);
        Assert.DoesNotContain(code!, FhirServer.Link(first, "self"), StringComparison.Ordinal);
        using (var other = await server.FhirAsync(next.Replace("/Observation?", "/Condition?", StringComparison.Ordinal)))
            Assert.Equal("data.cursor-of-another", await FhirServer.CodeAsync(other));
        using (var stranger = await server.FhirAsync(next, "data_engineer"))
            Assert.Equal("data.cursor-of-another", await FhirServer.CodeAsync(stranger));
        Assert.Single(await server.AllAsync("Condition/_search", form: $"identifier={number}"));
    }
}
