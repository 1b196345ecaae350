using System.Text.RegularExpressions;
using Yunnao.Kernel;

namespace Yunnao.Standards.Review;

/// <summary>Value sets and data elements that are not those of the reference.</summary>
internal static partial class CodesReview
{
    private const int MostNamed = 6;

    public static IEnumerable<Problem> Of(Registry registry, Registry reference)
    {
        var byOid = reference.ValueSets.Values.Where(v => v.Oid is not null).DistinctBy(v => v.Oid).ToDictionary(v => v.Oid!, StringComparer.Ordinal);
        foreach (var set in registry.ValueSets.Values)
        {
            var other = reference.ValueSets.GetValueOrDefault(set.Id)
                ?? (set.Oid is { } oid ? byOid.GetValueOrDefault(oid) : null)
                ?? (Identifier().Match(set.Source) is { Success: true } id ? reference.ValueSets.GetValueOrDefault(id.Value) : null);
            if (other is null || other.Codes.Count == 0) continue;
            foreach (var finding in Compare(set, other)) yield return finding;
        }

        foreach (var finding in Elements(registry, reference)) yield return finding;
    }

    private static IEnumerable<Problem> Compare(ValueSet ours, ValueSet other)
    {
        var missing = other.Codes.Keys.Where(c => !ours.Codes.ContainsKey(c)).ToArray();
        var own = ours.Codes.Keys.Where(c => !other.Codes.ContainsKey(c)).ToArray();
        if (missing.Length + own.Length > 0)
        {
            yield return RegistryReview.Finding(
                "review.codes-differ", ours.At, $"value set '{ours.Id}' is not '{other.Id}' of the reference: lacks {Named(missing)}; has of its own {Named(own)}");
        }

        var renamed = ours.Codes.Values.Where(c => other.Codes.TryGetValue(c.Value, out var twin) && !Likeness.Akin(c.Name.Zh, twin.Name.Zh))
            .Select(c => $"{c.Value} {c.Name.Zh} / {other.Codes[c.Value].Name.Zh}").ToArray();
        if (renamed.Length > 0) yield return RegistryReview.Finding("review.code-names", ours.At, $"value set '{ours.Id}' names codes otherwise than the reference: {Named(renamed, "; ")}");
    }

    /// <summary>A list of data elements of the reference is a value set whose codes are their identifiers.</summary>
    private static IEnumerable<Problem> Elements(Registry registry, Registry reference)
    {
        foreach (var known in reference.ValueSets.Values.SelectMany(v => v.Codes.Values).Where(c => c.Value.StartsWith("DE", StringComparison.Ordinal)))
        {
            if (registry.Elements.TryGetValue(known.Value, out var element) && !Likeness.Akin(element.Name.Zh, known.Name.Zh))
            {
                yield return RegistryReview.Finding("review.element-name", element.At, $"data element {element.Id} is '{element.Name.Zh}' here and '{known.Name.Zh}' in the reference");
            }
        }
    }

    private static Sentence Named(string[] codes, string between = " ") =>
        codes.Length == 0 ? (Sentence)"none" : $"{string.Join(between, codes.Take(MostNamed))}{(codes.Length > MostNamed ? $" … ({codes.Length})" : "")}";

    [GeneratedRegex(@"CV\d\d\.\d\d\.\d{3}|GB-?T?-?\d{3,5}(\.\d)?")]
    private static partial Regex Identifier();
}
