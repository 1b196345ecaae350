namespace Yunnao.Standards.Search;

/// <summary>Full-text search over the registry: every word must be found in the id, a name, the definition or the source of an entry.</summary>
public static class RegistrySearch
{
    private const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>The best hits first; ties by kind, then by id.</summary>
    /// <param name="words">Blank-separated words in any language.</param>
    public static IReadOnlyList<Hit> Find(Registry registry, string words, int most)
    {
        var wanted = words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (wanted.Length == 0) return [];
        return
        [
            .. Entries(registry).Select(e => e.Hit with { Score = Score(e.Hit, e.Text, wanted) }).Where(h => h.Score > 0)
                .Concat(Codes(registry, wanted))
                .OrderByDescending(h => h.Score).ThenBy(h => h.Kind).ThenBy(h => h.Id, StringComparer.Ordinal)
                .Take(most),
        ];
    }

    /// <summary>All entries but codes, each with its further text.</summary>
    private static IEnumerable<(Hit Hit, string Text)> Entries(Registry registry)
    {
        foreach (var set in registry.DataSets.Values)
        {
            yield return (new(EntryKind.DataSet, set.Id, set.Name, set.At, 0), $"{set.Definition.Zh}\n{set.Definition.En}\n{set.Identifier}\n{set.Document}\n{set.Source}");
            foreach (var item in set.Items)
            {
                yield return (
                    new(EntryKind.Item, $"{set.Id}.{item.Name}", item.Title, item.At, 0),
                    $"{item.Definition.Zh}\n{item.Definition.En}\n{item.Id}\n{item.Element.Id}\n{item.Source}\n{string.Join('\n', item.Paths.Values)}");
            }

            foreach (var rule in set.Rules) yield return (new(EntryKind.Rule, rule.Id, rule.Message, rule.At, 0), $"{rule.Expression}\n{rule.Source}");
        }

        foreach (var set in registry.ValueSets.Values) yield return (new(EntryKind.ValueSet, set.Id, set.Name, set.At, 0), $"{set.Oid}\n{set.Source}");
        foreach (var element in registry.Elements.Values)
        {
            yield return (new(EntryKind.Element, element.Id, element.Name, element.At, 0), $"{element.Definition.Zh}\n{element.Definition.En}\n{element.Source}");
        }

        foreach (var mapping in registry.Mappings.Values) yield return (new(EntryKind.Mapping, mapping.Id, mapping.Name, mapping.At, 0), mapping.Format);
        foreach (var map in registry.CodeMaps.Values) yield return (new(EntryKind.CodeMap, map.Id, new(map.Id, map.Id), map.At, 0), "");
    }

    /// <summary>Codes weigh half, so that a value set comes before its codes; of 100,000 codes only the hits become objects.</summary>
    private static IEnumerable<Hit> Codes(Registry registry, string[] words)
    {
        foreach (var set in registry.ValueSets.Values)
        {
            foreach (var code in set.Codes.Values)
            {
                if (!Array.TrueForAll(words, w => code.Name.Zh.Contains(w, AnyCase) || code.Name.En.Contains(w, AnyCase) || code.Value.Contains(w, AnyCase))) continue;
                var hit = new Hit(EntryKind.Code, code.Value, code.Name, set.At, 0);
                yield return hit with { Id = $"{set.Id}:{code.Value}", Score = Math.Max(1, Score(hit, "", words) / 2) };
            }
        }
    }

    private static int Score(Hit hit, string text, string[] words)
    {
        var score = 0;
        foreach (var word in words)
        {
            var best = Math.Max(Math.Max(Weight(hit.Id, word) + 10, Weight(LastPart(hit.Id), word)), Math.Max(Weight(hit.Name.Zh, word), Weight(hit.Name.En, word)));
            if (best <= 10) best = text.Contains(word, AnyCase) ? 10 : 0;
            if (best == 0) return 0;
            score += best;
        }

        return score;
    }

    private static string LastPart(string id) => id[(id.LastIndexOf('.') + 1)..];

    private static int Weight(string text, string word) => text.IndexOf(word, AnyCase) switch
    {
        < 0 => 0,
        0 when text.Length == word.Length => 100,
        0 => 60,
        var at => char.IsLetterOrDigit(text[at - 1]) && char.IsAscii(text[at - 1]) ? 20 : 40,
    };
}
