using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Xunit;
using Yunnao.Services.Ingest;
using Yunnao.Standards;
using Yunnao.Tests.Formats;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Whole public documents through the mappings that are shipped: the document, its narrative and its entries, beside a second reader.</summary>
public sealed partial class Cda_documents_tests(ITestOutputHelper output)
{
    /// <summary>Temperature, blood pressure and the total of charges: what goes together with other values.</summary>
    private static readonly Dictionary<string, string> Numbers = new() { ["DE04.10.186.00"] = "36.5", ["DE04.10.174.00"] = "120", ["DE04.10.176.00"] = "80", ["HDSD00.11.142"] = "9999", ["DE07.00.010.00"] = "9999" };

    /// <summary>Entries of C-CDA that have a data set of their own: the data set, the element and the template that make its rows.</summary>
    private static readonly (string DataSet, string Element, string Template)[] Templates =
    [
        ("encounter.encounter", "encounter", "49"), ("person.allergy", "observation", "7"), ("person.condition", "observation", "4"),
        ("drug.prescription", "substanceAdministration", "16"), ("public_health.immunization", "substanceAdministration", "52"),
        ("lab.result", "observation", "2"), ("exam.vital", "observation", "27"), ("surgery.operation", "procedure", "14"),
    ];

    private static readonly string[] Statements = ["observation", "act", "procedure", "substanceAdministration", "supply", "encounter"];

    private static readonly XNamespace Schema = "http://www.w3.org/2001/XMLSchema-instance";

    private readonly Dictionary<string, int> _entries = [];
    private readonly List<int> _compared = [];

    [Fact]
    public async Task Every_C_CDA_document_is_kept_with_its_narrative_and_its_entries()
    {
        string[] files = [.. ClinicalData.Files("cda/fhir-converter"), .. ClinicalData.Files("cda/sample_ccdas", "*.xml")];
        using var platform = new TestPlatform(Repository.File("standards"));
        var kept = await Keep(platform, files, "c-cda");

        // Many of the samples carry the same document id: of those the newest is compared.
        Assert.True(kept >= 20, $"{kept} documents");
        var sets = Sets(platform);
        Assert.All(
            (string[])["person.basic", "person.condition", "person.allergy", "drug.prescription", "lab.result", "exam.vital", "public_health.immunization", "surgery.operation", "encounter.encounter"],
            s => Assert.Contains(s, sets));

        foreach (var (set, element, template) in Templates)
        {
            var root = "2.16.840.1.113883.10.20.22.4." + template;
            Assert.True(_entries.GetValueOrDefault(root) > 0, set);
            Assert.Equal([$"{_entries[root]}"], platform.Rows($"SELECT sum(received)::BIGINT FROM ops.batch_count WHERE data_set = '{set}' AND batch IN ({string.Join(',', _compared)})"));
        }

        // What is refused lacks what the standard asks for: a name, a code, a time.
        Assert.Equal(["1"], platform.Rows("SELECT (sum(accepted) >= 0.97 * sum(received))::INTEGER FROM ops.batch_count"));
    }

    [Fact]
    public async Task Every_WS500_document_is_kept_with_its_narrative_and_its_entries()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        string[] files = [.. ClinicalData.Files("cda-cn-ws500", "C00*.xml").Select(f => platform.File(Path.GetFileName(f), Filled(f, platform.Registry)))];
        Assert.Equal(53, files.Length);
        Assert.Equal(53, await Keep(platform, files, "cda-ws500"));
        Assert.Equal(["53|53"], platform.Rows("SELECT count(*), count(DISTINCT document_type) FROM emr.document WHERE _rejected IS NULL"));
        var sets = Sets(platform);
        var mapped = platform.Registry.Mappings["cda-ws500"].Rules.Select(r => r.DataSet).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(mapped, platform.Rows("SELECT DISTINCT data_set FROM ops.batch_count WHERE received > 0 ORDER BY 1"));

        // The values that are filled in break rules of these between items: their rows are refused, with the reason.
        string[] ruled = ["anaesthesia.record", "drug.prescription", "front_page.summary", "outpatient.order", "surgery.record"];
        Assert.Empty(mapped.Except(ruled).Except(sets));
    }

    [Theory]
    [InlineData("cda-ws500", 53)]
    [InlineData("cda-ws483", 20)]
    public async Task Each_type_of_document_has_a_data_set_of_its_own_that_takes_what_a_document_of_it_states(string mapping, int number)
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        var rules = platform.Registry.Mappings[mapping].Rules;
        var types = rules.SelectMany(r => r.Match).Where(m => DocumentCode().IsMatch(m)).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(number, types.Count);
        var stated = types.ToDictionary(t => t, t => rules.Where(r => r.Match.Contains(t)).SelectMany(r => Texts(platform.Registry.DataSets[r.DataSet], r)).ToList());
        string[] files = [.. types.Select(t => platform.File($"{t}.xml", Minimal(t, stated[t].Select(i => i.Path).Distinct())))];
        Assert.Equal(number, await Keep(platform, files, mapping));
        Assert.Equal([$"{number}|{number}"], platform.Rows("SELECT count(*), count(DISTINCT text) FROM emr.section WHERE _rejected IS NULL"));
        var former = platform.Rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'history'");
        var lost = new List<string>();
        foreach (var type in types)
        {
            foreach (var item in stated[type])
            {
                Assert.Equal([$"{item.Path} of {type}"], platform.Rows($"SELECT value_text FROM emr.entry WHERE document_no = 'DOC-{type}' AND entry_code = '{item.Path}'"));

                // Two documents of one record are two versions of it: the text of the earlier one is in history.
                var earlier = former.Contains(item.DataSet) ? $" UNION ALL SELECT {item.Item} FROM history.\"{item.DataSet}\"" : "";
                var accepted = platform.Rows($"SELECT 1 FROM (SELECT {item.Item} FROM {item.DataSet} WHERE _rejected IS NULL{earlier}) WHERE {item.Item} = '{item.Path} of {type}'").Count;

                // What a minimal document lacks may be required: then the row is in quarantine with the text, for another reason.
                var lacking = platform.Rows($"SELECT array_to_string(reasons, ';') || ';', CAST(\"values\" AS VARCHAR) FROM ops.quarantine WHERE data_set = '{item.DataSet}'")
                    .Count(r => r.Contains($"\"{item.Item}\":\"{item.Path} of {type}\"", StringComparison.Ordinal) && !r.Contains($" {item.Item};", StringComparison.Ordinal));
                if (accepted + lacking != 1) lost.Add($"{type} {item.DataSet} {item.Item}: accepted {accepted}, in quarantine {lacking}");
            }
        }

        Assert.Empty(lost);
    }

    [Fact]
    public async Task Every_public_document_is_accepted_or_in_quarantine_and_none_is_lost()
    {
        using var platform = new TestPlatform(Repository.File("standards"));
        string[] files = [.. ClinicalData.Files("cda", "*.xml"), .. ClinicalData.Files("cda", "*.cda")];
        Assert.True(files.Length > 400, $"{files.Length} files");
        var (documents, problems) = (0L, new List<string>());
        await foreach (var outcome in platform.Ingest.IngestAsync(new(files, "c-cda"), null, TestContext.Current.CancellationToken))
        {
            if (outcome.Problem is { } problem) problems.Add($"{Path.GetFileName(outcome.File)} {problem.Code}");
            if (outcome.Batch is not { } batch) continue;
            Assert.Equal(batch.Received, batch.Accepted + batch.Quarantined);
            documents += batch.Received > 0 ? 1 : 0;
        }

        foreach (var reason in platform.Rows("SELECT data_set, array_to_string(reasons, '; '), count(*) AS n FROM ops.quarantine GROUP BY ALL ORDER BY n DESC LIMIT 40")) output.WriteLine(reason);
        Assert.Empty(problems);
        Assert.Equal([$"{documents}"], platform.Rows("SELECT count(*) FROM ops.batch"));
        Assert.All(await platform.Lake.VerifyAsync(platform.Objects, TestContext.Current.CancellationToken), p => Assert.Equal("verify.orphan", p.Code));
    }

    /// <summary>Items of free text that a document's own row takes from one data element.</summary>
    private static IEnumerable<(string DataSet, string Item, string Path)> Texts(DataSet set, MappingRule rule) => rule.Row is not null ? [] : set.Items
        .Where(i => i.Element.Type == ElementType.S1 && i.ValueSet is null && !i.InVault && !rule.Items.ContainsKey(i.Name) && i.Element.Format is { Exact: false, Length: >= 32 })
        .Where(i => i.Paths.TryGetValue("cda", out var path) && DataElementCode().IsMatch(path) && set.Rules.All(r => !r.Expression.ToString()!.Contains(i.Name, StringComparison.Ordinal)))
        .Select(i => (set.Id, i.Name, i.Paths["cda"]));

    private static byte[] Minimal(string type, IEnumerable<string> elements) => Encoding.UTF8.GetBytes($"""
        <ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        <id root="2.16.156.10011.1.1" extension="DOC-{type}"/><code code="{type}"/><title>{type}</title><effectiveTime value="20260102100000"/>
        <recordTarget><patientRole><id root="2.16.156.10011.1.12" extension="ZY-{type}"/><id root="2.16.156.10011.1.11" extension="MZ-{type}"/>
          <patient><id root="2.16.156.10011.1.3" extension="11010519491231002X"/><name>测试甲</name><administrativeGenderCode code="2"/><birthTime value="19491231"/></patient></patientRole></recordTarget>
        <author><time value="20260102093000"/><assignedAuthor><id root="2.16.156.10011.1.7" extension="D001"/><assignedPerson><name>医师甲</name></assignedPerson></assignedAuthor></author>
        <custodian><assignedCustodian><representedCustodianOrganization><id root="2.16.156.10011.1.5" extension="42010001"/></representedCustodianOrganization></assignedCustodian></custodian>
        <componentOf><encompassingEncounter><effectiveTime><low value="20260101080000"/><high value="20260105080000"/></effectiveTime></encompassingEncounter></componentOf>
        <component><structuredBody><component><section><code code="8716-3"/><title>{type}</title><text>Narrative of {type}</text>
        {string.Concat(elements.Select(e => $"<entry><observation classCode=\"OBS\" moodCode=\"EVN\"><code code=\"{e}\" displayName=\"{e}\"/><value xsi:type=\"ST\">{e} of {type}</value></observation></entry>"))}
        </section></component></structuredBody></component></ClinicalDocument>
        """);

    /// <summary>Data sets with rows that were accepted.</summary>
    private List<string> Sets(TestPlatform platform)
    {
        foreach (var reason in platform.Rows("SELECT data_set, array_to_string(reasons, '; '), count(*) AS n FROM ops.quarantine GROUP BY ALL ORDER BY n DESC")) output.WriteLine(reason);
        return platform.Rows("SELECT DISTINCT data_set FROM ops.batch_count WHERE accepted > 0 ORDER BY 1");
    }

    /// <summary>Loads documents; each must be a row of emr.document with the hash of its object, its sections rows with all their narrative. Returns how many were compared.</summary>
    private async Task<int> Keep(TestPlatform platform, string[] files, string source)
    {
        var outcomes = new List<FileOutcome>();
        await foreach (var outcome in platform.Ingest.IngestAsync(new(files, source), null, TestContext.Current.CancellationToken)) outcomes.Add(outcome);
        var compared = 0;
        foreach (var outcome in outcomes.Where(o => o.AlreadyLoaded is null))
        {
            Assert.Null(outcome.Problem);
            Assert.Equal(outcome.Batch!.Received, outcome.Batch.Accepted + outcome.Batch.Quarantined);
            var file = files.Single(f => f == outcome.File || Path.GetFileName(f) == Path.GetFileName(outcome.File));
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            Assert.Equal(["1"], platform.Rows($"SELECT accepted FROM ops.batch_count WHERE batch = {outcome.Batch.Number} AND data_set = 'emr.document'"));
            using var kept = new MemoryStream();
            await using (var sealedBytes = platform.Objects.Open(hash).Value) await sealedBytes.CopyToAsync(kept, TestContext.Current.CancellationToken);
            Assert.Equal(bytes, kept.ToArray());

            if (Entries(file) is { } entries)
            {
                Assert.Equal([$"{entries}"], platform.Rows($"SELECT coalesce(sum(received), 0)::BIGINT FROM ops.batch_count WHERE batch = {outcome.Batch.Number} AND data_set = 'emr.entry'"));
                _compared.Add(outcome.Batch.Number);
            }

            // A later file may have been a newer version of the same document.
            var current = platform.Rows($"SELECT object_hash FROM emr.document WHERE _batch = {outcome.Batch.Number} AND _rejected IS NULL");
            if (current.Count == 0 || Narratives(file) is not { } expected) continue;
            Assert.Equal([hash], current);
            var actual = platform.Rows($"SELECT coalesce(text, '') FROM emr.section WHERE _batch = {outcome.Batch.Number} AND _rejected IS NULL ORDER BY section_no").Select(Dense).ToList();
            var refused = int.Parse(platform.Rows($"SELECT count(*) FROM ops.quarantine WHERE batch = {outcome.Batch.Number} AND data_set = 'emr.section'")[0], CultureInfo.InvariantCulture);
            Assert.True(expected.Count - refused == actual.Count, $"{outcome.File}: {expected.Count} sections, {actual.Count} rows");
            if (refused == 0) Assert.All(expected.Zip(actual), p => Assert.True(p.First == p.Second, $"{outcome.File}: <{p.First}> <{p.Second}>"));
            compared++;
        }

        return compared;
    }

    /// <summary>Clinical statements in the entries of a document by LINQ to XML, those of <see cref="Templates"/> added to what is counted of all; null when it needs more forgiveness than that.</summary>
    private int? Entries(string file)
    {
        if (Parsed(file) is not { } document) return null;
        var statements = document.Descendants().Where(e => Statements.Contains(e.Name.LocalName) && e.Ancestors().Any(a => a.Name.LocalName == "entry")).ToList();
        foreach (var (_, element, template) in Templates)
        {
            var root = "2.16.840.1.113883.10.20.22.4." + template;
            var own = document.Descendants().Where(e => e.Name.LocalName == element && e.Elements().Any(t => t.Name.LocalName == "templateId" && (string?)t.Attribute("root") == root));
            if (template is "7" or "4" or "16" or "52" or "14") own = own.Where(e => (string?)e.Attribute("negationInd") != "true");
            if (template == "14") own = own.Where(e => (string?)e.Attribute("moodCode") is not ("INT" or "RQO"));
            if (template == "49") own = own.Where(e => (string?)e.Attribute("moodCode") == "EVN");
            _entries[root] = _entries.GetValueOrDefault(root) + own.Count();
        }

        return statements.Count;
    }

    /// <summary>The text of each section by LINQ to XML, without blanks; null when the file needs more forgiveness than that.</summary>
    private static List<string>? Narratives(string file) => Parsed(file) is { } document
        ? [.. document.Descendants().Where(e => e.Name.LocalName == "section").Select(s => Dense(s.Elements().FirstOrDefault(e => e.Name.LocalName == "text")?.Value ?? ""))]
        : null;

    private static XDocument? Parsed(string file)
    {
        try
        {
            return XDocument.Load(file);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Dense(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    /// <summary>A public template with its placeholders replaced by values that the registry admits, of a synthetic person.</summary>
    private static byte[] Filled(string file, Registry registry)
    {
        var document = XDocument.Load(file);
        var number = Path.GetFileName(file)[..5];
        foreach (var element in document.Descendants())
        {
            foreach (var attribute in element.Attributes().Where(a => a.Name.LocalName is "value" or "code" or "extension" && (a.Value.Length == 0 || a.Value.Any(c => c > 0x7F))).ToList())
            {
                if (Value(element, attribute.Name.LocalName, number, registry) is { } value) attribute.Value = value;
            }

            if ((string?)element.Attribute(Schema + "type") is "BL" && (string?)element.Attribute("value") is not ("true" or "false")) element.SetAttributeValue("value", "true");
        }

        using var bytes = new MemoryStream();
        document.Save(bytes);
        return bytes.ToArray();
    }

    private static string? Value(XElement element, string attribute, string number, Registry registry)
    {
        var name = element.Name.LocalName;
        if (attribute == "extension") return (string?)element.Attribute("root") switch
        {
            "2.16.156.10011.1.3" => "11010519491231002X",
            "2.16.156.10011.1.1" => $"DOC-{number}",
            "2.16.156.10011.1.5" => "42010001",
            "2.16.156.10011.1.11" or "2.16.156.10011.1.12" => $"V-{number}",
            _ => null,
        };
        if (name == "birthTime") return "19491231";
        if (name is "effectiveTime" or "time" or "low") return "20260301083000";
        if (name == "high") return "20260313083000";
        if (name == "administrativeGenderCode") return "2";
        if (attribute == "code") return Code(element, registry, number);
        if (name == "age") return "76";
        return (string?)element.Attribute(Schema + "type") switch
        {
            "TS" => "20260301083000",
            "BL" => "true",
            "PQ" or "INT" or "REAL" or "MO" => Number(element, registry, number),
            _ => null,
        };
    }

    /// <summary>The first code of the value set of what the element is.</summary>
    private static string Code(XElement element, Registry registry, string number)
    {
        var item = element.Name.LocalName switch
        {
            "ethnicGroupCode" => registry.DataSets["person.basic"].Items.Single(i => i.Name == "ethnic"),
            "maritalStatusCode" => registry.DataSets["person.basic"].Items.Single(i => i.Name == "marital"),
            "nationality" => registry.DataSets["person.basic"].Items.Single(i => i.Name == "nationality"),
            "occupationCode" => registry.DataSets["person.basic"].Items.Single(i => i.Name == "occupation"),
            "code" when element.Parent!.Name.LocalName == "encompassingEncounter" => registry.DataSets["front_page.summary"].Items.Single(i => i.Name == "admission_way"),
            _ => Items(element, registry, number).FirstOrDefault(i => i.ValueSet is not null),
        };
        if (element.Name.LocalName == "code" && element.Parent!.Name.LocalName == "procedure") return registry.ValueSets["ICD9CM3"].Codes.Keys.First();
        return item?.ValueSet is { } set ? set.Codes.Keys.First() : Element(element) == "DE05.01.024.00" ? "J18.900" : "1";
    }

    private static string Number(XElement element, Registry registry, string number)
    {
        if (Numbers.TryGetValue(Element(element) ?? "", out var known)) return known;
        var most = Items(element, registry, number).Min(i => Bound(i.Max)) ?? 100;
        return Math.Clamp(12, Math.Min(most, Items(element, registry, number).Max(i => Bound(i.Min)) ?? 0), most).ToString(CultureInfo.InvariantCulture);
    }

    private static decimal? Bound(string? text) => decimal.TryParse(text, CultureInfo.InvariantCulture, out var bound) ? bound : null;

    /// <summary>The items that the entry is read into: those of the document's data sets first.</summary>
    private static List<Item> Items(XElement element, Registry registry, string number)
    {
        if (Element(element) is not { Length: > 0 } code) return [];
        bool IsOf(Item item, MappingRule rule) => (rule.Items.GetValueOrDefault(item.Name)?.From ?? item.Paths.GetValueOrDefault("cda"))?.Contains(code, StringComparison.Ordinal) == true;
        var mapped = registry.Mappings["cda-ws500"].Rules.OrderBy(r => r.Match.Contains(number) ? 0 : 1).SelectMany(r => registry.DataSets[r.DataSet].Items.Where(i => IsOf(i, r)));
        return [.. mapped, .. registry.DataSets.Values.SelectMany(d => d.Items).Where(i => i.Element.Id == code)];
    }

    /// <summary>C0007 of WS/T 500, HSDB04.01 of WS/T 483.</summary>
    [System.Text.RegularExpressions.GeneratedRegex(@"^(C00\d\d|HSD[A-C]\d\d\.\d\d)$")]
    private static partial System.Text.RegularExpressions.Regex DocumentCode();

    [System.Text.RegularExpressions.GeneratedRegex(@"^DE\d\d\.\d\d\.\d\d\d\.\d\d$")]
    private static partial System.Text.RegularExpressions.Regex DataElementCode();

    private static string? Element(XElement value) => (string?)value.Parent?.Elements().FirstOrDefault(e => e.Name.LocalName == "code")?.Attribute("code");
}
