using System.Globalization;
using System.Text.Json;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>A table of searches: a line a parameter, modifier or prefix, each answered as a plain filter over the sent resources answers it.</summary>
[Collection(nameof(FhirServer))]
public sealed class Fhir_search_table_tests(FhirServer server)
{
    private const string Loinc = "http://loinc.org", Ucum = "http://unitsofmeasure.org";

    private sealed record Line(string Address, Func<JsonElement, bool> Fits)
    {
        /// <summary>Of a search that is about what an address must not have.</summary>
        public string? Form { get; init; }

        /// <summary>True of a line that finds nothing.</summary>
        public bool Nothing { get; init; }
    }

    private static string? Code(JsonElement o) => Text(o, "code.coding.code");

    private static decimal? Value(JsonElement o) => Text(o, "valueQuantity.value") is { } value ? decimal.Parse(value, CultureInfo.InvariantCulture) : null;

    private static string? Display(JsonElement o) => Text(o, "code.text") ?? Text(o, "code.coding.display");

    [Fact]
    public async Task Every_line_of_the_table_finds_what_a_plain_filter_finds()
    {
        var observations = server.Originals["Observation"].Where(o => !At(o, "component").Any()).ToList();
        var heights = observations.Where(o => Code(o) == "8302-2").OrderBy(Value).ToList();
        var height = heights[heights.Count / 2];
        var value = Value(height)!.Value;
        var one = Math.Round(value, 1);
        var when = Moment(Text(height, "effectiveDateTime")!);
        var (hour, minute) = (when.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture), when.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        var utc = (when - TimeSpan.FromHours(8)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var encounters = server.Originals["Encounter"].ToList();
        var (start, end) = (Moment(Text(encounters[encounters.Count / 2], "period.start")!), Moment(Text(encounters[encounters.Count / 2], "period.end")!));
        var (startText, endText) = (start.ToString("s", CultureInfo.InvariantCulture), end.ToString("s", CultureInfo.InvariantCulture));
        var condition = server.Originals["Condition"].First();
        var word = Text(condition, "code.coding.display")!.Split(' ')[0];
        var city = Text(server.Originals["Patient"].First(), "address.city")!;
        Line[] table =
        [
            // Tokens.
            new($"Observation?code={Loinc}|8302-2", o => Code(o) == "8302-2"),
            new($"Observation?code={Loinc}|", o => At(o, "code.coding.system").Any(s => s.GetString() == Loinc)),
            new("Observation?code=|8302-2", _ => false) { Nothing = true },
            new("Observation?code=8302-2,29463-7", o => Code(o) is "8302-2" or "29463-7"),
            new("Observation?code:not=8302-2", o => Code(o) != "8302-2"),
            new("Observation?code:not=8302-2,29463-7&category=vital-signs", o => Code(o) is not ("8302-2" or "29463-7") && Text(o, "category.coding.code") == "vital-signs"),
            new("Observation?code:text=BODY", o => Display(o)?.Contains("body", StringComparison.OrdinalIgnoreCase) == true),
            new("Observation?code:missing=true", _ => false) { Nothing = true },
            new("Observation?encounter:missing=false", o => Text(o, "encounter.reference") is not null),
            new("Observation?code=8302-2&code=29463-7", _ => false) { Nothing = true },
            new("Condition?clinical-status:not=resolved", c => Text(c, "clinicalStatus.coding.code") != "resolved"),
            new($"Condition?code:text={Uri.EscapeDataString(word)}", c => $"{Text(c, "code.text")} {Text(c, "code.coding.display")}".Contains(word, StringComparison.OrdinalIgnoreCase)),
            new("Patient?gender=male", p => Text(p, "gender") == "male"),
            new("Patient?gender:not=male", p => Text(p, "gender") != "male"),

            // Numbers with the precision in which they are written.
            new($"Observation?code=8302-2&value-quantity={one.ToString("0.0", CultureInfo.InvariantCulture)}", o => Code(o) == "8302-2" && Value(o) >= one - 0.05m && Value(o) < one + 0.05m),
            new($"Observation?code=8302-2&value-quantity={decimal.Round(value).ToString("0", CultureInfo.InvariantCulture)}", o => Code(o) == "8302-2" && Value(o) >= decimal.Round(value) - 0.5m && Value(o) < decimal.Round(value) + 0.5m),
            new("Observation?code=8302-2&value-quantity=1e2", o => Code(o) == "8302-2" && Value(o) is >= 50 and < 150),
            new("Observation?code=8302-2&value-quantity=1.6e2", o => Code(o) == "8302-2" && Value(o) is >= 155 and < 165),
            new("Observation?code=8302-2&value-quantity=ne1e2", o => Code(o) == "8302-2" && Value(o) is < 50 or >= 150),
            new($"Observation?code=8302-2&value-quantity=ap{decimal.Round(value)}", o => Code(o) == "8302-2" && Value(o) >= decimal.Round(value) * 0.9m && Value(o) < decimal.Round(value) * 1.1m),
            .. Prefixes(value.ToString(CultureInfo.InvariantCulture), (o, than) => Value(o) is { } v ? v.CompareTo(than) : null, value),
            new($"Observation?value-quantity=gt0|{Ucum}|cm", o => Value(o) > 0 && Text(o, "valueQuantity.code") == "cm"),
            new("Observation?value-quantity=gt0||kg", o => Value(o) > 0 && Text(o, "valueQuantity.code") == "kg"),
            new("Observation?value-quantity=gt0|http://example.org|kg", _ => false) { Nothing = true },

            // Times, as long as they are written, and in other zones.
            new($"Observation?date={minute}", o => Moment(Text(o, "effectiveDateTime")!) is var t && t.Year == when.Year && t.Month == when.Month),
            new($"Observation?date={hour}", o => Moment(Text(o, "effectiveDateTime")!) is var t && t.Date == when.Date && t.Hour == when.Hour && t.Minute == when.Minute),
            new($"Observation?date={utc}", o => Moment(Text(o, "effectiveDateTime")!) == when),
            new($"Observation?date=gt{utc}", o => Moment(Text(o, "effectiveDateTime")!) > when),
            new($"Observation?date=le{utc}", o => Moment(Text(o, "effectiveDateTime")!) <= when),
            new($"Observation?date=ge{when.Year}&date=lt{when.Year + 2}", o => Moment(Text(o, "effectiveDateTime")!).Year is var y && y >= when.Year && y < when.Year + 2),
            new($"Observation?date={when.Year},{when.Year - 1}", o => Moment(Text(o, "effectiveDateTime")!).Year is var y && (y == when.Year || y == when.Year - 1)),

            // Periods: a second is a span of a second.
            new($"Encounter?date=sa{endText}", e => Moment(Text(e, "period.start")!) > end),
            new($"Encounter?date=eb{startText}", e => Moment(Text(e, "period.end")!) < start),
            new($"Encounter?date=gt{startText}", e => Moment(Text(e, "period.end")!) > start),
            new($"Encounter?date=lt{endText}", e => Moment(Text(e, "period.start")!) < end),
            new($"Encounter?date=ge{endText}", e => Moment(Text(e, "period.end")!) >= end),
            new($"Encounter?date=le{startText}", e => Moment(Text(e, "period.start")!) <= start),

            // Texts.
            new($"Patient?address-city={Uri.EscapeDataString(city[..3].ToUpperInvariant())}", p => Text(p, "address.city")!.StartsWith(city[..3], StringComparison.OrdinalIgnoreCase)),
            new($"Patient?address-city:exact={Uri.EscapeDataString(city)}", p => Text(p, "address.city") == city),
            new($"Patient?address-city:exact={Uri.EscapeDataString(city.ToUpperInvariant())}", _ => false) { Nothing = true },
            new($"Patient?address-city:contains={Uri.EscapeDataString(city[1..4].ToUpperInvariant())}", p => Text(p, "address.city")!.Contains(city[1..4], StringComparison.OrdinalIgnoreCase)),
            new("Patient?address-city:missing=true", p => Text(p, "address.city") is null) { Nothing = true },

            // What is no part of an address.
            new("Condition/_search", c => Text(c, "id") == Text(condition, "id")) { Form = $"identifier={Text(condition, "id")}" },
            new("Condition/_search?_count=2", c => Text(c, "clinicalStatus.coding.code") == "active") { Form = "clinical-status=active" },
        ];
        var wrong = new List<string>();
        foreach (var line in table)
        {
            var type = line.Address.Split('?', '/')[0];
            var found = (await server.AllAsync(line.Address.Contains("_count", StringComparison.Ordinal) || line.Form is not null ? line.Address : $"{line.Address}&_count=500", form: line.Form)).ToList();
            if (type == "Observation") found = [.. found.Where(f => observations.Exists(o => Text(o, "id") == Number(f)))];
            var wanted = (type == "Observation" ? observations : server.Originals[type]).Where(line.Fits).ToList();
            if (wanted.Count > 0 == line.Nothing) wrong.Add($"{line.Address}: the table expects {(line.Nothing ? "nothing" : "something")}, the filter finds {wanted.Count}");

            // A Patient has no number of its own to be known by.
            var same = type == "Patient"
                ? wanted.Select(p => $"{Text(p, "gender")} {Text(p, "birthDate")}").Order().SequenceEqual(found.Select(p => $"{Text(p, "gender")} {Text(p, "birthDate")}").Order())
                : wanted.Select(w => Text(w, "id")!).Order().SequenceEqual(found.Select(Number).Order());
            if (!same) wrong.Add($"{line.Address}: {found.Count} found, {wanted.Count} expected");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        static IEnumerable<Line> Prefixes(string text, Func<JsonElement, decimal, int?> compare, decimal than)
        {
            foreach (var (prefix, fits) in new (string, Func<int, bool>)[] { ("gt", c => c > 0), ("lt", c => c < 0), ("ge", c => c >= 0), ("le", c => c <= 0), ("sa", c => c > 0), ("eb", c => c < 0) })
                yield return new($"Observation?code=8302-2&value-quantity={prefix}{text}", o => Code(o) == "8302-2" && compare(o, than) is { } order && fits(order));
        }
    }

    [Fact]
    public async Task What_shapes_an_answer_shapes_it_as_the_standard_says()
    {
        foreach (var (address, wanted) in new[]
        {
            ("_summary=text&_count=1", new[] { "id", "meta", "resourceType", "status", "code" }), ("_elements=valueQuantity,code&_count=1", ["id", "meta", "resourceType", "status", "code", "valueQuantity", "value"]),
        })
        {
            var resource = FhirServer.Entries(await server.GetAsync($"Observation?{address}")).Single();
            Assert.Equal("SUBSETTED", Text(resource, "meta.tag.code"));
            Assert.Subset(wanted.ToHashSet(), resource.EnumerateObject().Select(p => p.Name).ToHashSet());
        }

        foreach (var address in new[] { "_summary=count", "_count=0", "_summary=count&_count=10" })
        {
            var counted = await server.GetAsync($"Condition?{address}");
            Assert.Equal(server.Originals["Condition"].Count(), counted.GetProperty("total").GetInt32());
            Assert.False(counted.TryGetProperty("entry", out _));
            Assert.Null(FhirServer.Link(counted, "next"));
        }

        Assert.False((await server.GetAsync("Condition?_total=none&_count=1")).TryGetProperty("total", out _));
        var large = await server.GetAsync("Condition?_count=1000000");
        Assert.True(FhirServer.Entries(large).Count() <= 1000);

        // What comes along is not counted among the matches, and comes once.
        var page = await server.GetAsync("Observation?_count=5&_total=accurate&_include=Observation:encounter&_include:iterate=Encounter:patient");
        var modes = page.GetProperty("entry").EnumerateArray().Select(e => (Mode: Text(e, "search.mode"), Url: Text(e, "fullUrl"))).ToList();
        Assert.Equal(5, modes.Count(m => m.Mode == "match"));
        Assert.Equal(modes.Count, modes.Select(m => m.Url).Distinct().Count());
        Assert.Contains(modes, m => m.Mode == "include" && m.Url!.Contains("/Patient/", StringComparison.Ordinal));
        Assert.True(page.GetProperty("total").GetInt32() >= server.Originals["Observation"].Count(o => !At(o, "component").Any()));
    }
}
