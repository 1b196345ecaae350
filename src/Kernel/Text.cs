using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Resources;

namespace Yunnao.Kernel;

/// <summary>
/// The texts of the user interface in one language. They are written in <c>Resources/&lt;feature&gt;.&lt;language&gt;.resx</c> of a room, one pair of
/// files a feature, and looked up by key; English stands in where a language lacks a text. The advice on problems is the Kernel's own, and so
/// are the forms of sentences (<see cref="Sentence"/>), which have no file in English.
/// </summary>
public sealed class Text
{
    /// <summary>The languages there are texts for.</summary>
    public static readonly string[] Languages = ["en", "zh-CN"];

    private readonly FrozenDictionary<string, string> _texts;
    private readonly FrozenDictionary<string, string> _english;
    private readonly FrozenDictionary<string, string> _forms;

    private Text(string language, FrozenDictionary<string, string> texts, FrozenDictionary<string, string> english)
    {
        Language = language;
        _texts = texts;
        _english = english;
        _forms = Load(language, [typeof(Text).Assembly], IsOfSentences);
    }

    /// <summary>One of <see cref="Languages"/>.</summary>
    public string Language { get; }

    /// <summary>All keys of this language.</summary>
    public IEnumerable<string> Keys => _texts.Keys;

    /// <summary>The text of a key. A key that no language has is a bug.</summary>
    public string this[string key] => Find(key) ?? throw new KeyNotFoundException($"No text '{key}' in Resources/*.resx.");

    /// <summary>The texts of a language tag such as <c>zh</c>, <c>zh_CN.UTF-8</c> or <c>en-GB</c>; English for languages without texts.</summary>
    /// <param name="rooms">The rooms whose texts are wanted, beside those of the Kernel.</param>
    public static Text For(string? tag, params Assembly[] rooms)
    {
        Assembly[] all = [typeof(Text).Assembly, .. rooms];
        var english = Load("en", all, n => !IsOfSentences(n));
        return IsChinese(tag) ? new("zh-CN", Load("zh-CN", all, n => !IsOfSentences(n)), english) : new("en", english, english);
    }

    /// <summary>True of <c>zh</c>, <c>zh_CN.UTF-8</c>, <c>zh-Hans-CN</c> …</summary>
    public static bool IsChinese(string? tag) => tag?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The text of a key, or null.</summary>
    public string? Find(string key) => _texts.GetValueOrDefault(key) ?? _english.GetValueOrDefault(key);

    /// <summary>The form that a sentence has in this language, or null.</summary>
    /// <param name="form">Its form in English.</param>
    public string? FormOf(string form) => _forms.GetValueOrDefault(form);

    /// <summary>The English forms of all sentences that this language has a form of.</summary>
    public IEnumerable<string> Forms => _forms.Keys;

    /// <summary>The text of a key with its placeholders <c>{0}</c>, <c>{1}</c> filled; numbers are written with the invariant culture.</summary>
    public string Format(string key, params object[] values) => string.Format(CultureInfo.InvariantCulture, this[key], values);

    private static bool IsOfSentences(string resource) => resource.Contains(".Sentences.", StringComparison.Ordinal);

    private static FrozenDictionary<string, string> Load(string language, Assembly[] rooms, Func<string, bool> wanted)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var room in rooms)
        {
            foreach (var name in room.GetManifestResourceNames().Where(n => n.EndsWith($".{language}.resources", StringComparison.Ordinal) && wanted(n)))
            {
                using var reader = new ResourceReader(room.GetManifestResourceStream(name)!);
                foreach (System.Collections.DictionaryEntry entry in reader) texts.Add((string)entry.Key, (string)entry.Value!);
            }
        }

        return texts.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
