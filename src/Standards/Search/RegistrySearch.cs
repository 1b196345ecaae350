namespace Yunnao.Standards.Search;

/// <summary>Full-text search over the registry: every word must be found in the id, a name, the definition or the source of an entry.</summary>
public static class RegistrySearch
{
    private const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;

    // Where a word is found, in order of weight: an id or name as a whole, at its beginning, inside it, inside a word of it, in other text.
    private const int Whole = 100, Beginning = 60, Inside = 40, InsideWord = 20, OtherText = 10;

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
            yield return (new(EntryKind.DataSet, set.Id, set.Name, set.At, 0), Lines(set.Definition, set.Identifier, set.Document, set.Source));
            foreach (var item in set.Items)
            {
                var text = Lines(item.Definition, [item.Id, item.Element.Id, item.Source, .. item.Paths.Values]);
                yield return (new(EntryKind.Item, $"{set.Id}.{item.Name}", item.Title, item.At, 0), text);
            }

            foreach (var rule in set.Rules)
            {
                yield return (new(EntryKind.Rule, rule.Id, rule.Message, rule.At, 0), Lines(default, rule.Expression, rule.Source));
            }
        }

        foreach (var set in registry.ValueSets.Values)
        {
            yield return (new(EntryKind.ValueSet, set.Id, set.Name, set.At, 0), Lines(default, set.Oid, set.Source));
        }

        foreach (var element in registry.Elements.Values)
        {
            yield return (new(EntryKind.Element, element.Id, element.Name, element.At, 0), Lines(element.Definition, element.Source));
        }

        foreach (var mapping in registry.Mappings.Values)
        {
            yield return (new(EntryKind.Mapping, mapping.Id, mapping.Name, mapping.At, 0), $"mapping 映射\n{mapping.Format}");
        }

        foreach (var map in registry.CodeMaps.Values)
        {
            yield return (new(EntryKind.CodeMap, map.Id, new(map.Id, map.Id), map.At, 0), "code map 代码映射");
        }

        foreach (var measure in registry.Quality.Measures.Values)
        {
            var text = Lines(default, string.Join(' ', measure.DataSets), measure.Counts.Dimension, measure.Where, measure.Holds, (measure.Exists ?? measure.Beside)?.DataSet, measure.Source);
            yield return (new(EntryKind.Measure, measure.Id, measure.Name, measure.At, 0), text);
        }
    }

    /// <summary>Codes weigh half, so that a value set comes before its codes; of 100,000 codes only the hits become objects.</summary>
    private static IEnumerable<Hit> Codes(Registry registry, string[] words)
    {
        foreach (var set in registry.ValueSets.Values)
        {
            foreach (var code in set.Codes.Values.Where(c => Array.TrueForAll(words, w => Holds(c, w))))
            {
                var hit = new Hit(EntryKind.Code, code.Value, code.Name, set.At, 0);
                yield return hit with { Id = $"{set.Id}:{code.Value}", Score = Math.Max(1, Score(hit, "", words) / 2) };
            }
        }
    }

    private static bool Holds(Code code, string word) =>
        code.Name.Zh.Contains(word, AnyCase) || code.Name.En.Contains(word, AnyCase) || code.Value.Contains(word, AnyCase);

    private static int Score(Hit hit, string text, string[] words)
    {
        var score = 0;
        foreach (var word in words)
        {
            int[] weights = [Weight(hit.Id, word), Weight(LastPart(hit.Id), word), Weight(hit.Name.Zh, word), Weight(hit.Name.En, word)];
            var best = weights.Max();
            if (best == 0 && !text.Contains(word, AnyCase)) return 0;

            // What is found in the id itself comes before what has the word as its name only.
            score += best == 0 ? OtherText : best == weights[0] ? best + 1 : best;
        }

        return score;
    }

    private static string LastPart(string id) => id[(id.LastIndexOf('.') + 1)..];

    private static string Lines(Names names, params IEnumerable<string?> texts) => $"{names.Zh}\n{names.En}\n{string.Join('\n', texts)}";

    private static int Weight(string text, string word) => text.IndexOf(word, AnyCase) switch
    {
        < 0 => 0,
        0 when text.Length == word.Length => Whole,
        0 => Beginning,
        var at => char.IsAsciiLetterOrDigit(text[at - 1]) ? InsideWord : Inside,
    };
}
