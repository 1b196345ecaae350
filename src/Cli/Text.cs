using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Resources;

namespace Yunnao.Cli;

/// <summary>
/// The texts of the user interface in one language. They are written in <c>Resources/&lt;feature&gt;.&lt;language&gt;.resx</c>, one pair of files a
/// feature, and looked up by key; English stands in where a language lacks a text.
/// </summary>
internal sealed class Text
{
    /// <summary>The languages there are texts for.</summary>
    public static readonly string[] Languages = ["en", "zh-CN"];

    private readonly FrozenDictionary<string, string> _texts;
    private readonly FrozenDictionary<string, string> _english;

    private Text(string language, FrozenDictionary<string, string> texts, FrozenDictionary<string, string> english)
    {
        Language = language;
        _texts = texts;
        _english = english;
    }

    /// <summary>One of <see cref="Languages"/>.</summary>
    public string Language { get; }

    /// <summary>All keys of this language.</summary>
    public IEnumerable<string> Keys => _texts.Keys;

    /// <summary>The text of a key. A key that no language has is a bug.</summary>
    public string this[string key] => Find(key) ?? throw new KeyNotFoundException($"No text '{key}' in Resources/*.resx.");

    /// <summary>The texts of a language tag such as <c>zh</c>, <c>zh_CN.UTF-8</c> or <c>en-GB</c>; English for languages without texts.</summary>
    public static Text For(string? tag)
    {
        var english = Load("en");
        var chinese = tag?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true;
        return chinese ? new("zh-CN", Load("zh-CN"), english) : new("en", english, english);
    }

    /// <summary>The text of a key, or null.</summary>
    public string? Find(string key) => _texts.GetValueOrDefault(key) ?? _english.GetValueOrDefault(key);

    /// <summary>The text of a key with its placeholders <c>{0}</c>, <c>{1}</c> filled; numbers are written with the invariant culture.</summary>
    public string Format(string key, params object[] values) => string.Format(CultureInfo.InvariantCulture, this[key], values);

    private static FrozenDictionary<string, string> Load(string language)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith($".{language}.resources", StringComparison.Ordinal)))
        {
            using var reader = new ResourceReader(assembly.GetManifestResourceStream(name)!);
            foreach (System.Collections.DictionaryEntry entry in reader) texts.Add((string)entry.Key, (string)entry.Value!);
        }

        return texts.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
