using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Xunit;
using Yunnao.Services.FhirPath;

namespace Yunnao.Tests.Conformance.FhirPath;

/// <summary>The public FHIRPath suite for R4, unchanged: all cases pass but those excluded, and none of those passes.</summary>
public sealed partial class FhirPathTests(ITestOutputHelper output)
{
    private readonly FhirPathEvaluator _evaluator = new();
    private readonly Dictionary<string, PocoNode?> _inputs = new(StringComparer.Ordinal);

    [Fact]
    public void All_cases_of_the_public_suite_pass()
    {
        var (folder, excluded) = (SharedConformance.Folder("fhirpath-r4"), SharedConformance.Exclusions("fhirpath"));
        var suite = XDocument.Load(Path.Combine(folder, "tests-fhir-r4.xml"), LoadOptions.PreserveWhitespace);
        var results = suite.Descendants("group").SelectMany(g => g.Elements("test").Select((t, i) => (Name: $"{(string)g.Attribute("name")!}/{(string?)t.Attribute("name") ?? $"#{i}"}", Error: Run(t, folder)))).ToList();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        results = [.. results.Select(r => (names[r.Name] = names.GetValueOrDefault(r.Name) + 1) == 1 ? r : r with { Name = $"{r.Name}({names[r.Name]})" })];
        output.WriteLine($"{results.Count(r => r.Error is null)} of {results.Count} passed");
        foreach (var (name, error) in results.Where(r => r.Error is not null)) output.WriteLine($"{name}: {error}");
        Assert.True(results.Count >= 930, "The suite has shrunk.");
        Assert.Empty(results.Where(r => (r.Error is null) == excluded.ContainsKey(r.Name)).Select(r => $"{r.Name}: {r.Error ?? "passes, though excluded"}"));
    }

    private string? Run(XElement test, string folder)
    {
        var expression = test.Element("expression")!;
        var result = _evaluator.Evaluate(Input((string?)test.Attribute("inputfile"), folder), expression.Value);
        if (expression.Attribute("invalid") is { } invalid) return result.Ok ? $"an error is expected ({invalid.Value}): {expression.Value}" : null;
        if (!result.Ok) return $"{result.Problem}: {expression.Value}";
        var wanted = test.Elements("output").Select(o => ((string?)o.Attribute("type"), Value(o.Value))).ToList();
        var found = (bool?)test.Attribute("predicate") == true
            ? [("boolean", result.Value.Count > 0 ? "true" : "false")]
            : result.Value.Select(n => ((string?)TypeOf(n), Value(n.Poco.ToString() ?? ""))).ToList();
        if ((bool?)test.Attribute("ordered") == false) (wanted, found) = ([.. wanted.OrderBy(w => w.Item2, StringComparer.Ordinal)], [.. found.OrderBy(w => w.Item2, StringComparer.Ordinal)]);
        var same = wanted.Count == found.Count && wanted.Zip(found).All(p => (p.First.Item1 is null || p.First.Item1 == p.Second.Item1) && p.First.Item2 == p.Second.Item2);
        return same ? null : $"{string.Join(" | ", wanted)} is expected, not {string.Join(" | ", found)}: {expression.Value}";
    }

    private PocoNode? Input(string? file, string folder)
    {
        if (file is null) return null;
        if (_inputs.TryGetValue(file, out var known)) return known;
        var path = Path.Combine(folder, "input", file);
        if (!File.Exists(path)) path = Path.ChangeExtension(path, file.EndsWith(".xml", StringComparison.Ordinal) ? ".json" : ".xml");
        var text = File.ReadAllText(path);
        var settings = new DeserializerSettings().UsingMode(DeserializationMode.Recoverable);
        var resource = path.EndsWith(".json", StringComparison.Ordinal)
            ? new FhirJsonDeserializer(settings).DeserializeResource(text)
            : new FhirXmlDeserializer(settings).DeserializeResource(text);
        return _inputs[file] = resource.ToPocoNode();
    }

    private static string TypeOf(PocoNode node)
    {
        var type = node.Poco.TypeName;
        return !type.StartsWith("System.", StringComparison.Ordinal) || type == "System.Quantity" ? type.Replace("System.", "", StringComparison.Ordinal) : char.ToLowerInvariant(type[7]) + type[8..];
    }

    /// <summary>A value in one form: seconds and their fractions are one precision (FHIRPath N1, 6.1.1), and a number has no zeros behind it.</summary>
    private static string Value(string value)
    {
        if (value.StartsWith('@')) value = value[1..].TrimStart('T');
        if (decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && value.Contains('.', StringComparison.Ordinal)) return (number == 0 ? 0m : number).ToString("0.############################", CultureInfo.InvariantCulture);
        return Fraction().Replace(value, m => m.Groups["digits"].Value.TrimEnd('0') is { Length: > 0 } digits ? $"{m.Groups["clock"].Value}.{digits}" : m.Groups["clock"].Value);
    }

    [GeneratedRegex(@"(?<clock>\d\d:\d\d:\d\d)\.(?<digits>\d+)")]
    private static partial Regex Fraction();
}
