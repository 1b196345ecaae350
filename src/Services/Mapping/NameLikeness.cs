using System.Text;
using Yunnao.Standards;

namespace Yunnao.Services.Mapping;

/// <summary>How well the name of a column fits an item, 0–1, and why.</summary>
internal sealed class NameLikeness
{
    private readonly Dictionary<(string DataSet, string Item), HashSet<string>> _known = [];
    private readonly Dictionary<string, HashSet<string>> _knownAnywhere = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Text, string Initials)[]> _forms = new(StringComparer.Ordinal);

    /// <param name="mappings">What other sources call the items; those of one source help with the next.</param>
    public NameLikeness(IEnumerable<SourceMapping> mappings)
    {
        foreach (var mapping in mappings.Where(m => m.HasColumns))
            foreach (var rule in mapping.Rules)
                foreach (var (item, source) in rule.Items)
                {
                    if (source.From is not { } column) continue;
                    Set(_known, (rule.DataSet, item)).Add(Plain(column));
                    Set(_knownAnywhere, item).Add(Plain(column));
                }
    }

    public (double Score, string Why) Of(string column, string dataSet, Item item)
    {
        var name = Plain(column);
        if (name.Length == 0) return (0, "");
        if (name == Plain(item.Name)) return (1, "name");
        if (name == item.Title.Zh) return (1, "name_zh");
        if (name == Plain(item.Title.En)) return (0.95, "name_en");
        if (name.EndsWith(Plain(item.Element.Id), StringComparison.Ordinal)) return (0.95, "element");
        if (_known.TryGetValue((dataSet, item.Name), out var names) && names.Contains(name)) return (0.95, "mapping");
        if (_knownAnywhere.TryGetValue(item.Name, out names) && names.Contains(name)) return (0.85, "mapping");
        var best = (Score: 0.0, Why: "");
        var forms = Forms(item.Title.Zh);
        for (var i = 0; i < forms.Length; i++)
        {
            var certainty = i == 0 ? 0.9 : 0.85;
            Take(ref best, certainty * Initials(name, forms[i].Initials), "pinyin");
            Take(ref best, certainty * Characters(name, forms[i].Text), "name_zh");
        }

        Take(ref best, 0.85 * Initials(name, Forms(item.Element.Name.Zh)[0].Initials), "pinyin");
        Take(ref best, 0.85 * Words(column, item.Name), "name");
        Take(ref best, 0.8 * Words(column, item.Title.En), "name_en");
        return best;
    }

    private static void Take(ref (double Score, string Why) best, double score, string why)
    {
        if (score > best.Score) best = (score, why);
    }

    /// <summary>A Chinese name and what hospitals say for it, each with its initials; the name itself first.</summary>
    private (string Text, string Initials)[] Forms(string chinese)
    {
        if (!_forms.TryGetValue(chinese, out var forms)) _forms.Add(chinese, forms = [.. Synonyms.Of(chinese).Select(f => (f, PinyinInitials.Of(f)))]);
        return forms;
    }

    /// <summary>Likeness of an abbreviation to the initials of a Chinese name; only for names that can be one.</summary>
    private static double Initials(string name, string initials)
    {
        if (initials.Length < 2 || name.Length < 2 || name.Length > 24 || name.Any(c => !char.IsAsciiLetterOrDigit(c))) return 0;
        var common = Common(name.ToUpperInvariant(), initials);
        var likeness = 2.0 * common / (name.Length + initials.Length);

        // Two letters in common are soon had by chance.
        return common < 3 && likeness < 1 ? likeness * 0.5 : likeness;
    }

    private static double Characters(string name, string chinese) =>
        name.Any(c => c >= 0x4E00) && chinese.Length > 0 ? 2.0 * Common(name, chinese) / (name.Length + chinese.Length) : 0;

    private static double Words(string left, string right)
    {
        var (ours, theirs) = (WordsOf(left), WordsOf(right));
        if (ours.Count == 0 || theirs.Count == 0) return 0;
        return 2.0 * ours.Count(theirs.Contains) / (ours.Count + theirs.Count);
    }

    /// <summary>Length of the longest common subsequence; an unknown initial fits any letter.</summary>
    private static int Common(string left, string right)
    {
        var lengths = new int[right.Length + 1];
        foreach (var c in left)
        {
            var diagonal = 0;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = lengths[j];
                lengths[j] = c == right[j - 1] || right[j - 1] == PinyinInitials.Unknown ? diagonal + 1 : Math.Max(lengths[j], lengths[j - 1]);
                diagonal = above;
            }
        }

        return lengths[^1];
    }

    private static HashSet<string> WordsOf(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var word = new StringBuilder();
        for (var i = 0; i <= text.Length; i++)
        {
            var isLetter = i < text.Length && char.IsAsciiLetterOrDigit(text[i]);
            var begins = isLetter && char.IsAsciiLetterUpper(text[i]) && i > 0 && char.IsAsciiLetterLower(text[i - 1]);
            if ((!isLetter || begins) && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (isLetter) word.Append(char.ToLowerInvariant(text[i]));
        }

        return words;
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    private static HashSet<string> Set<TKey>(Dictionary<TKey, HashSet<string>> sets, TKey key)
        where TKey : notnull
    {
        if (!sets.TryGetValue(key, out var set)) sets.Add(key, set = new(StringComparer.Ordinal));
        return set;
    }
}
