using System.Buffers;
using System.Collections.Frozen;
using CsvHelper;
using Yunnao.Kernel;

namespace Yunnao.Trust.FreeText;

/// <summary>
/// The words by which identifying text is recognised, read from <c>standards/freetext/words.csv</c>: one row a kind, its words separated
/// by blanks. Immutable; share one.
/// </summary>
public sealed class FreeTextLexicon
{
    private const string Triggers = "0123456789０１２３４５６７８９+(（@ABCDEFGHIJKLMNOPQRSTUVWXYZhw区县市镇乡二";
    private static readonly Dictionary<string, WordKind> Kinds = new(StringComparer.Ordinal)
    {
        ["surname"] = WordKind.Surname, ["name_cue"] = WordKind.NameCue, ["person_cue"] = WordKind.PersonCue, ["number_cue"] = WordKind.NumberCue,
        ["net_cue"] = WordKind.NetCue, ["phone_cue"] = WordKind.PhoneCue, ["address_cue"] = WordKind.AddressCue, ["province"] = WordKind.Province,
        ["city"] = WordKind.City, ["institution"] = WordKind.Institution, ["plate"] = WordKind.Plate,
    };

    private readonly ushort[] _index = new ushort[char.MaxValue + 1];
    private readonly (string Text, WordKind Kind)[][] _words;
    private readonly Signs[] _signs = new Signs[char.MaxValue + 1];
    private readonly FrozenSet<uint> _notNames;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _notInstitutions;
    private readonly string[] _titles;

    private FreeTextLexicon(IReadOnlyDictionary<string, string[]> words)
    {
        string[] Of(string kind) => words.GetValueOrDefault(kind, []);
        foreach (var word in Of("given")) _signs[word[0]] |= Signs.Given;
        foreach (var word in Of("given_stop")) _signs[word[0]] |= Signs.EndsGiven;
        foreach (var word in Of("title")) _signs[word[0]] |= Signs.Title;
        _titles = [.. Of("title").OrderByDescending(w => w.Length)];
        _notNames = Of("not_name").Select(w => Pair(w)).ToFrozenSet();
        _notInstitutions = Of("not_institution").ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var byFirst = Kinds.SelectMany(k => Of(k.Key).Select(w => (Text: w, Kind: k.Value))).GroupBy(w => w.Text[0]).ToList();
        _words = new (string, WordKind)[byFirst.Count + 1][];
        _words[0] = [];
        for (var i = 0; i < byFirst.Count; i++)
        {
            _index[byFirst[i].Key] = (ushort)(i + 1);
            _words[i + 1] = [.. byFirst[i].OrderByDescending(w => w.Text.Length).ThenByDescending(w => w.Kind)];
        }

        Starts = SearchValues.Create([.. Triggers, .. byFirst.Select(g => g.Key)]);
    }

    /// <summary>Characters at which something may begin; all others are passed over at once.</summary>
    internal SearchValues<char> Starts { get; }

    /// <summary>Reads the words of a registry folder. Problems: <c>freetext.missing</c>, <c>freetext.unknown-kind</c>.</summary>
    /// <param name="standards">The registry folder.</param>
    public static Result<FreeTextLexicon> Load(string standards)
    {
        var path = Path.Combine(standards, "freetext", "words.csv");
        if (!File.Exists(path))
            return new Problem(ProblemKind.NotFound, "freetext.missing", "The words by which identifying text is recognised are not there; restore the file from the distribution.", new(path));
        var words = new Dictionary<string, string[]>(StringComparer.Ordinal);
        using var reader = CsvReader.Create(File.ReadAllBytes(path), new CsvReaderOptions { TrackLineNumbers = true });
        while (reader.Read())
        {
            var kind = reader.GetString(0);
            if (!Kinds.ContainsKey(kind) && kind is not ("given" or "given_stop" or "title" or "not_name" or "not_institution"))
                return new Problem(ProblemKind.Incorrect, "freetext.unknown-kind", $"There is no kind of word called {kind}.", new(path, (int)reader.LineNumber));
            var more = reader.GetString(1).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            words[kind] = words.TryGetValue(kind, out var known) ? [.. known, .. more] : more;
        }

        return new FreeTextLexicon(words);
    }

    /// <summary>Words that begin with a character, the longest first.</summary>
    internal (string Text, WordKind Kind)[] WordsAt(char first) => _words[_index[first]];

    /// <summary>Length of the surname at the start of the text: 2 for a compound one, 1, or 0.</summary>
    internal int Surname(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return 0;
        foreach (var (word, kind) in WordsAt(text[0]))
        {
            if (kind == WordKind.Surname && text.StartsWith(word)) return word.Length;
        }

        return 0;
    }

    /// <summary>True for a character that is often part of a given name.</summary>
    internal bool IsGiven(char character) => (_signs[character] & Signs.Given) != 0;

    /// <summary>True for a character that goes on with the sentence after a name.</summary>
    internal bool EndsGiven(char character) => (_signs[character] & Signs.EndsGiven) != 0;

    /// <summary>Length of the title (先生, 医师 …) at the start of the text, or 0.</summary>
    internal int Title(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || (_signs[text[0]] & Signs.Title) == 0) return 0;
        foreach (var title in _titles)
        {
            if (text.StartsWith(title)) return title.Length;
        }

        return 0;
    }

    /// <summary>True when the first two characters begin a common or medical word, not a name.</summary>
    internal bool IsNotName(ReadOnlySpan<char> text) => text.Length >= 2 && _notNames.Contains(Pair(text));

    /// <summary>True for a general word like 当地医院.</summary>
    internal bool IsNotInstitution(ReadOnlySpan<char> text) => _notInstitutions.Contains(text);

    private static uint Pair(ReadOnlySpan<char> text) => (uint)text[0] << 16 | text[1];

    [Flags]
    private enum Signs : byte { None = 0, Given = 1, EndsGiven = 2, Title = 4 }
}
