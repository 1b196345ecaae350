using System.Globalization;
using System.Text.Json;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Searches across references, and what comes along with matches: judged by what a plain walk over the originals finds.</summary>
[Collection(nameof(FhirServer))]
public sealed class Fhir_chain_tests(FhirServer server)
{
    private const string BodyHeight = "8302-2";

    private ILookup<string, JsonElement> All => server.Originals;

    private static string? Person(JsonElement original) => Text(original, "subject.reference") ?? Text(original, "patient.reference");

    private JsonElement PersonOf(JsonElement original) => All["Patient"].Single(p => $"urn:uuid:{Text(p, "id")}" == Person(original));

    private JsonElement? EncounterOf(JsonElement original) =>
        Text(original, "encounter.reference") is { } reference ? All["Encounter"].Single(e => reference.EndsWith(Text(e, "id")!, StringComparison.Ordinal)) : null;

    private IEnumerable<JsonElement> Observations => All["Observation"].Where(o => !At(o, "component").Any());

    private async Task SameAsync(string address, IEnumerable<JsonElement> wanted, string? form = null, string role = "doctor")
    {
        var found = await server.AllAsync(address, role, form);
        if (address.StartsWith("Observation", StringComparison.Ordinal)) found = [.. found.Where(f => Observations.Any(o => Text(o, "id") == Number(f)))];
        var numbers = wanted.Select(w => Text(w, "id")!).Order().ToList();
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers, found.Select(Number).Order());
    }

    /// <summary>The ids that a role sees of the persons of the originals, by their references.</summary>
    private async Task<Dictionary<string, string>> PersonsAsync(string role = "doctor")
    {
        var byNumber = All["Encounter"].ToDictionary(e => Text(e, "id")!, e => Text(e, "subject.reference")!);
        return (await server.AllAsync("Encounter?_count=1000")).GroupBy(e => byNumber[Number(e)]).ToDictionary(g => g.Key, g => Text(g.First(), "subject.reference")!["Patient/".Length..]);
    }

    private async Task SamePersonsAsync(string address, IEnumerable<JsonElement> persons, string? form = null)
    {
        var ids = await PersonsAsync();
        var wanted = persons.Select(p => ids[$"urn:uuid:{Text(p, "id")}"]).Order().ToList();
        Assert.NotEmpty(wanted);
        Assert.Equal(wanted, (await server.AllAsync(address, form: form)).Select(p => Text(p, "id")!).Order());
    }

    [Fact]
    public async Task Chains_ask_of_the_person_and_of_the_encounter()
    {
        foreach (var sex in new[] { "male", "female" }.Where(s => All["Condition"].Any(c => Text(PersonOf(c), "gender") == s)))
        {
            await SameAsync($"Condition?patient.gender={sex}&_count=500", All["Condition"].Where(c => Text(PersonOf(c), "gender") == sex));
            await SameAsync($"Condition?subject:Patient.gender={sex}&_count=500", All["Condition"].Where(c => Text(PersonOf(c), "gender") == sex), role: "data_engineer");
        }

        var born = All["Patient"].Select(p => Text(p, "birthDate")!).Order().ElementAt(2);
        await SameAsync("Procedure/_search", All["Procedure"].Where(p => string.CompareOrdinal(Text(PersonOf(p), "birthDate"), born) >= 0), form: $"patient.birthdate=ge{born}&_count=500");
        foreach (var kind in All["Encounter"].Select(e => Text(e, "class.code")!).Distinct().Where(k => Observations.Any(o => Text(EncounterOf(o)!.Value, "class.code") == k)))
            await SameAsync($"Observation?encounter.class={kind}&code={BodyHeight},29463-7,8867-4&_count=1000", Observations.Where(o => Text(o, "code.coding.code") is BodyHeight or "29463-7" or "8867-4" && Text(EncounterOf(o)!.Value, "class.code") == kind), role: "doctor");
        await SameAsync("Condition?encounter.patient.gender=female&_count=500", All["Condition"].Where(c => Text(PersonOf(EncounterOf(c)!.Value), "gender") == "female"));
    }

    [Fact]
    public async Task Has_finds_by_what_refers()
    {
        var codes = All["Condition"].GroupBy(c => Text(c, "code.coding.code")!).Where(g => g.Select(Person).Distinct().Count() < All["Patient"].Count()).Take(3).Select(g => g.Key).ToList();
        foreach (var code in codes)
        {
            await SamePersonsAsync($"Patient?_has:Condition:patient:code={code}", All["Patient"].Where(p => All["Condition"].Any(c => Person(c) == $"urn:uuid:{Text(p, "id")}" && Text(c, "code.coding.code") == code)));
            await SamePersonsAsync($"Patient?_has:Encounter:patient:_has:Condition:encounter:code={code}", All["Patient"].Where(p => All["Condition"].Any(c => Person(c) == $"urn:uuid:{Text(p, "id")}" && Text(c, "code.coding.code") == code)));
            await SameAsync($"Encounter?_has:Condition:encounter:code={code}", All["Encounter"].Where(e => All["Condition"].Any(c => Text(c, "code.coding.code") == code && Text(EncounterOf(c)!.Value, "id") == Text(e, "id"))));
            await SameAsync($"Procedure?patient._has:Condition:patient:code={code}&_count=500", All["Procedure"].Where(o => All["Condition"].Any(c => Person(c) == Person(o) && Text(c, "code.coding.code") == code)));
        }

        await SameAsync($"Encounter?_has:Observation:encounter:code={BodyHeight}&_count=500", All["Encounter"].Where(e => Observations.Any(o => Text(o, "code.coding.code") == BodyHeight && Text(o, "encounter.reference")!.EndsWith(Text(e, "id")!, StringComparison.Ordinal))));
        Assert.Empty(await server.AllAsync("Patient?_has:Condition:patient:code=nothing"));
    }

    [Fact]
    public async Task Nothing_is_found_by_records_that_the_caller_cannot_see()
    {
        // The application's right is about one person: of the others no chain tells, neither that they are there nor what they have.
        var ids = await PersonsAsync();
        var (mine, other) = (All["Patient"].First(), All["Patient"].First(p => Text(p, "gender") != Text(All["Patient"].First(), "gender")));
        var id = ids[$"urn:uuid:{Text(mine, "id")}"];
        var (ofMine, ofOther) = (Text(mine, "gender"), Text(other, "gender"));
        Assert.NotEmpty(await server.AllAsync($"Condition?patient={id}&patient.gender={ofMine}", "application"));
        Assert.Empty(await server.AllAsync($"Condition?patient={id}&patient.gender={ofOther}", "application"));
        var theirs = All["Condition"].Select(c => Text(c, "code.coding.code")!).Except(All["Condition"].Where(c => Person(c) == $"urn:uuid:{Text(mine, "id")}").Select(c => Text(c, "code.coding.code")!)).First();
        Assert.Empty(await server.AllAsync($"Patient?_id={id}&_has:Condition:patient:code={theirs}", "application"));
        Assert.Single(await server.AllAsync($"Patient?_id={id}&_has:Condition:patient:code:not={theirs}", "application"));

        // A chain names nobody: the right has to be about one person all the same.
        using var answer = await server.FhirAsync($"Encounter?patient.gender={ofMine}", "application");
        Assert.Equal("scope.subject", await FhirServer.CodeAsync(answer));
        Assert.Empty(await server.AllAsync("Patient?_has:Condition:patient:code:missing=false", "researcher"));
    }

    [Fact]
    public async Task What_refers_comes_along_and_what_that_refers_to()
    {
        var number = Text(All["Condition"].First(c => EncounterOf(c) is { } e && Observations.Any(o => Text(EncounterOf(o)!.Value, "id") == Text(e, "id"))), "encounter.reference")![^36..];
        var page = await server.GetAsync("Encounter/_search", form: $"identifier={number}&_revinclude=Observation:encounter&_revinclude=Condition:encounter&_include:iterate=Observation:subject");
        var along = page.GetProperty("entry").EnumerateArray().Where(e => e.GetProperty("search").GetProperty("mode").GetString() == "include").Select(e => e.GetProperty("resource")).ToList();
        foreach (var type in new[] { "Observation", "Condition" })
        {
            var wanted = All[type].Where(o => EncounterOf(o) is { } e && Text(e, "id") == number).Select(o => Text(o, "id")!).Distinct().Order().ToList();
            Assert.NotEmpty(wanted);
            Assert.Equal(wanted, along.Where(r => Text(r, "resourceType") == type).Select(Number).Distinct().Order());
        }

        Assert.Single(along, r => Text(r, "resourceType") == "Patient");
        Assert.Equal(along.Count, along.Select(r => $"{Text(r, "resourceType")}/{Text(r, "id")}").Distinct().Count());

        var patients = await server.GetAsync("Patient?_revinclude=AllergyIntolerance:patient&_count=100");
        Assert.Equal(All["AllergyIntolerance"].Select(a => Text(a, "id")!).Order(),
            patients.GetProperty("entry").EnumerateArray().Select(e => e.GetProperty("resource")).Where(r => Text(r, "resourceType") == "AllergyIntolerance").Select(Number).Order());
    }

    [Fact]
    public async Task Orders_of_codes_numbers_and_persons_and_several_at_once()
    {
        var all = (await server.AllAsync("Observation?_count=1000")).Select(o => Text(o, "id")!).Order().ToList();
        var byValue = await server.AllAsync($"Observation?code={BodyHeight}&_sort=-value-quantity&_count=7");
        var values = byValue.Select(o => decimal.Parse(Text(o, "valueQuantity.value")!, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(values.OrderDescending(), values);
        Assert.Equal(Observations.Count(o => Text(o, "code.coding.code") == BodyHeight), values.Count);

        var byCode = await server.AllAsync("Observation?_sort=code,-date&_count=200");
        Assert.Equal(all, byCode.Select(o => Text(o, "id")!).Order());
        var keys = byCode.Select(o => (Text(o, "code.coding.code"), Text(o, "effectiveDateTime"))).ToList();
        Assert.Equal(keys.OrderBy(k => k.Item1, StringComparer.Ordinal).ThenByDescending(k => k.Item2, StringComparer.Ordinal), keys);

        foreach (var sort in new[] { "birthdate", "-birthdate", "gender" })
        {
            var persons = await server.AllAsync($"Patient?_sort={sort}&_count=2");
            Assert.Equal(All["Patient"].Count(), persons.Select(p => Text(p, "id")).Distinct().Count());
            var texts = persons.Select(p => Text(p, sort == "gender" ? "gender" : "birthDate")!).ToList();
            if (sort != "gender") Assert.Equal(sort[0] == '-' ? texts.OrderDescending(StringComparer.Ordinal) : texts.Order(StringComparer.Ordinal), texts);
            else Assert.Equal(texts.Distinct().Count(), texts.Zip(texts.Skip(1)).Count(p => p.First != p.Second) + 1);
        }
    }

    [Fact]
    public async Task Texts_and_value_sets_and_when_it_came()
    {
        var word = Text(All["Condition"].First(), "code.text")!.Split(' ')[0];
        await SameAsync($"Condition?code:text={Uri.EscapeDataString(word.ToUpperInvariant())}&_count=500", All["Condition"].Where(c => Text(c, "code.text")!.Contains(word, StringComparison.OrdinalIgnoreCase)));
        var all = (await server.GetAsync("Patient?_summary=count")).GetProperty("total").GetInt32();
        Assert.Equal(all, (await server.AllAsync("Patient?gender:in=GB2261.1")).Count);
        Assert.Empty(await server.AllAsync("Patient?gender:not-in=urn:yunnao:value-set:GB2261.1"));

        var between = server.Between.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        await SameAsync($"MedicationRequest?_lastUpdated=ge{between}", All["MedicationRequest"].Where(m => Text(m, "id") == Text(server.Superseded, "id")));
        await SameAsync($"MedicationRequest?_lastUpdated=lt{between}&_count=500", All["MedicationRequest"].Where(m => Text(m, "id") != Text(server.Superseded, "id")));
        var newest = await server.GetAsync("MedicationRequest?_sort=-_lastUpdated&_count=1");
        var first = FhirServer.Entries(newest).Single();
        Assert.Equal((Text(server.Superseded, "id"), "2"), (Number(first), Text(first, "meta.versionId")));
        await SameAsync($"MedicationRequest?_lastUpdated={Text(first, "meta.lastUpdated")}", [server.Superseded]);
    }
}
