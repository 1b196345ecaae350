using Yunnao.Kernel;
using Yunnao.Standards.Alarms;
using Yunnao.Standards.Expressions;

namespace Yunnao.Standards.Loading;

/// <summary>What the entries of <c>alarms/</c> may refer to, and the checks of such references.</summary>
internal sealed class AlarmContext(MappingContext registry, Versions<WordList> words, ProblemList problems)
{
    /// <summary>The id of an entry, checked for its form.</summary>
    public string Id(YamlMap entry, Sentence kind)
    {
        var id = entry.Text("id", required: true) ?? "";
        if (id.Length > 0 && Identifiers.IdFault(id) is { } fault) problems.Add("standards.name", entry.AtKey("id"), $"{kind} id '{id}' {fault}");
        return id;
    }

    /// <summary>A data set under a key; null, and reported, when there is none of that id.</summary>
    public string? DataSet(YamlMap entry, string key)
    {
        if (entry.Text(key, required: true) is not { } id) return null;
        if (!registry.AllDataSets.Knows(id)) problems.AddUnknown("standards.unknown-data-set", entry.AtKey(key), "data set", id, registry.AllDataSets.Ids);
        return registry.DataSets.ContainsKey(id) ? id : null;
    }

    /// <summary>An item of a data set under a key.</summary>
    public string? Item(YamlMap entry, string key, string? dataSet, bool required = false)
    {
        if (entry.Text(key, required) is { } name)
        {
            CheckItem(entry, key, dataSet, name);
            return name;
        }

        return null;
    }

    /// <summary>A value set under a key, with an attribute of it under another.</summary>
    public (string? ValueSet, string? Attribute) ValueSet(YamlMap entry, string key, string attributeKey, bool required)
    {
        var (id, attribute) = (entry.Text(key, required), entry.Text(attributeKey));
        if (id is null) return (null, attribute);
        if (!registry.AllValueSets.Knows(id)) problems.AddUnknown("standards.unknown-value-set", entry.AtKey(key), "value set", id, registry.AllValueSets.Ids);
        if (!registry.ValueSets.TryGetValue(id, out var set)) return (id, attribute);
        var known = set.Codes.Values.SelectMany(c => c.Attributes.Keys).Distinct().ToList();
        if (attribute is not null && !known.Contains(attribute))
        {
            problems.AddUnknown("standards.unknown-column", entry.AtKey(attributeKey), $"attribute of value set '{id}'", attribute, known);
        }

        return (id, attribute);
    }

    /// <summary>True when the value set has the code, or cannot be asked.</summary>
    public bool HasCode(string? valueSet, string code) =>
        valueSet is null || !registry.ValueSets.TryGetValue(valueSet, out var set) || set.Codes.ContainsKey(code);

    /// <summary>A condition over the items of a data set under a key.</summary>
    public string? Condition(YamlMap entry, string key, string? dataSet)
    {
        if (entry.Text(key) is not { } text) return null;
        if (!RuleExpression.Parse(text).Try(out var expression, out var mistake))
        {
            problems.Add(mistake.Code, entry.AtKey(key), mistake.Message);
            return null;
        }

        foreach (var (_, set) in expression.InSets.Where(s => !registry.AllValueSets.Knows(s.ValueSet)))
            problems.AddUnknown("standards.unknown-value-set", entry.AtKey(key), "value set", set, registry.AllValueSets.Ids);
        foreach (var (_, list) in expression.Mentions.Where(m => !words.Knows(m.List)))
            problems.AddUnknown("standards.unknown-word-list", entry.AtKey(key), "word list", list, words.Ids);
        foreach (var item in expression.Items) CheckItem(entry, key, dataSet, item);
        return text;
    }

    private void CheckItem(YamlMap entry, string key, string? dataSet, string name)
    {
        if (dataSet is null || !registry.DataSets.TryGetValue(dataSet, out var set)) return;
        var at = entry.AtKey(key);
        if (set.Find(name) is not { } item)
            problems.AddUnknown("standards.unknown-item", at, $"item of data set '{dataSet}'", name, set.Items.Select(i => i.Name));
        else if (item.InVault)
            problems.Add("standards.bad-value", at, $"item '{name}' of '{dataSet}' is kept in the vault, where alarms do not look");
    }
}
