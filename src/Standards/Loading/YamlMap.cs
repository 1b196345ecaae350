using YamlDotNet.RepresentationModel;

namespace Yunnao.Standards.Loading;

/// <summary>A mapping node of a YAML file that reports what is missing, unknown or of the wrong kind at its line.</summary>
internal sealed class YamlMap(YamlMappingNode node, RegistryFile file, ProblemList problems)
{
    public SourceLine At => LineOf(node);

    /// <summary>Reports every key that is not in the list.</summary>
    public YamlMap Only(params string[] keys)
    {
        foreach (var key in node.Children.Keys.Where(k => !keys.Contains(Scalar(k))))
        {
            problems.AddUnknown("standards.unknown-key", LineOf(key), "key", Scalar(key) ?? "", keys);
        }

        return this;
    }

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

    /// <summary>The mappings in the list under a key.</summary>
    public IEnumerable<YamlMap> Maps(string key)
    {
        if (!TryFind(key, required: true, out var value)) yield break;
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

    private void Report(YamlNode at, string code, string message) => problems.Add(code, LineOf(at), message);

    private SourceLine LineOf(YamlNode at) => file.Line((int)at.Start.Line);

    private static string? Scalar(YamlNode node) => (node as YamlScalarNode)?.Value;
}
