using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>A mapping node of a YAML file that reports what is missing, unknown or of the wrong kind at its line.</summary>
internal sealed class YamlMap(YamlMappingNode node, RegistryFile file, ProblemList problems)
{
    public SourceLine At => LineOf(node);

    /// <summary>The one mapping that a file must hold; null, and reported, when it does not.</summary>
    public static YamlMap? Of(RegistryFile file, ProblemList problems)
    {
        var stream = new YamlStream();
        using var text = new StreamReader(new MemoryStream(file.Content));
        var scanner = new Scanner(text);
        try
        {
            stream.Load(new Parser(scanner));
        }
        catch (YamlException mistake)
        {
            problems.Add("standards.bad-yaml", file.Line((int)Math.Max(1, mistake.Start.Line)), $"{mistake.Message}");
            return null;
        }
        catch (InvalidOperationException)
        {
            // What the YAML scanner throws at an unclosed [ or {.
            var line = file.Line((int)Math.Max(1, scanner.CurrentPosition.Line));
            problems.Add("standards.bad-yaml", line, "not YAML from here on; a [ or { or a quote above may not be closed");
            return null;
        }

        if (stream.Documents is [{ RootNode: YamlMappingNode root }]) return new(root, file, problems);
        problems.Add("standards.bad-yaml", file.Line(1), "the file must hold one mapping (key: value)");
        return null;
    }

    /// <summary>Reports every key that is not in the list.</summary>
    public YamlMap Only(params string[] keys)
    {
        foreach (var key in node.Children.Keys.Where(k => !keys.Contains(Scalar(k))))
        {
            problems.AddUnknown("standards.unknown-key", LineOf(key), "key", Scalar(key) ?? "", keys);
        }

        return this;
    }

    /// <summary>True when the key is there.</summary>
    public bool Has(string key) => node.Children.ContainsKey(new YamlScalarNode(key));

    /// <summary>The text under a key, or null when the key is not there.</summary>
    public string? Text(string key, bool required = false)
    {
        if (!TryFind(key, required, out var value)) return null;
        if (value is YamlScalarNode scalar) return scalar.Value is { Length: > 0 } text ? text : null;
        Report(value, "standards.bad-yaml", $"'{key}' must be a plain text");
        return null;
    }

    /// <summary>The texts under a key that holds one text or a list of them.</summary>
    public IReadOnlyList<string> Texts(string key, bool required = false)
    {
        if (!TryFind(key, required, out var value)) return [];
        var nodes = value is YamlSequenceNode sequence ? sequence.Children : [value];
        var texts = nodes.Select(Scalar).OfType<string>().Where(t => t.Length > 0).ToArray();
        if (texts.Length < nodes.Count || texts.Length == 0) Report(value, "standards.bad-yaml", $"'{key}' must be a text or a list of texts");
        return texts;
    }

    /// <summary>The mapping under a key, or null.</summary>
    public YamlMap? Map(string key, bool required = false)
    {
        if (!TryFind(key, required, out var value)) return null;
        if (value is YamlMappingNode map) return new(map, file, problems);
        Report(value, "standards.bad-yaml", $"'{key}' must be a mapping (key: value)");
        return null;
    }

    /// <summary>A text that must be one of a choice; null, and reported, when it is none of them.</summary>
    public string? OneOf(string key, string code, Func<string, bool> valid, Sentence choice, bool required = true)
    {
        if (Text(key, required) is not { } text) return null;
        if (valid(text)) return text;
        problems.Add(code, AtKey(key), $"{key} is '{text}'; it is {choice}");
        return null;
    }

    /// <summary>The keys <c>version</c> and <c>status</c>; a draft of version 0.0.0 where they are wrong.</summary>
    public (string Version, Status Status) VersionAndStatus()
    {
        var version = OneOf("version", "standards.bad-version", t => Semver.TryParse(t, out _), "major.minor.patch, for example 1.0.0");
        var word = OneOf("status", "standards.bad-status", t => Vocabulary.Status(t) is not null, "draft, standard or superseded");
        return (version ?? "0.0.0", Vocabulary.Status(word ?? "") ?? Status.Draft);
    }

    /// <summary>The key <c>name</c> in both languages.</summary>
    public Names Names()
    {
        var name = Map("name", required: true)?.Only("zh", "en");
        return new(name?.Text("zh", required: true) ?? "", name?.Text("en", required: true) ?? "");
    }

    /// <summary>A whole number of at least <paramref name="least"/> under a key; the default when the key is not there or holds none.</summary>
    public int Whole(string key, int least, int whenMissing, bool required = false) =>
        OneOf(key, "standards.bad-value", t => int.TryParse(t, out var number) && number >= least, $"a whole number from {least}", required) is { } text
            ? int.Parse(text)
            : whenMissing;

    /// <summary>The mappings in the list under a key.</summary>
    public IEnumerable<YamlMap> Maps(string key, bool required = true)
    {
        if (!TryFind(key, required, out var value)) yield break;
        if (value is not YamlSequenceNode sequence) Report(value, "standards.bad-yaml", $"'{key}' must be a list (- key: value)");
        else
        {
            foreach (var child in sequence)
            {
                if (child is YamlMappingNode map) yield return new(map, file, problems);
                else Report(child, "standards.bad-yaml", $"an entry of '{key}' must be a mapping (key: value)");
            }
        }
    }

    /// <summary>All keys with their values as written: a text, or a nested mapping.</summary>
    public IEnumerable<(string Key, string? Text, YamlMap? Map, SourceLine At)> Entries()
    {
        foreach (var (key, value) in node.Children)
        {
            var at = LineOf(key);
            if (Scalar(key) is not { } name) problems.Add("standards.bad-yaml", at, "a key must be a plain text");
            else if (value is YamlMappingNode map) yield return (name, null, new(map, file, problems), at);
            else if (Scalar(value) is { Length: > 0 } text) yield return (name, text, null, at);
            else problems.Add("standards.bad-yaml", at, $"'{name}' must be a text or a mapping");
        }
    }

    /// <summary>Line of a key, or of the whole mapping when the key is not there.</summary>
    public SourceLine AtKey(string key) => LineOf(node.Children.Keys.FirstOrDefault(k => Scalar(k) == key) ?? node);

    private bool TryFind(string key, bool required, out YamlNode value)
    {
        if (node.Children.TryGetValue(new YamlScalarNode(key), out value!)) return true;
        if (required) Report(node, "standards.missing-key", $"the key '{key}' is missing");
        return false;
    }

    private void Report(YamlNode at, string code, Sentence message) => problems.Add(code, LineOf(at), message);

    private SourceLine LineOf(YamlNode at) => file.Line((int)at.Start.Line);

    private static string? Scalar(YamlNode node) => (node as YamlScalarNode)?.Value;
}
