namespace Yunnao.Standards.Loading;

/// <summary>Reads the files of <c>mappings/</c>: their heads here, their rules in <see cref="MappingRuleReader"/>.</summary>
internal sealed class MappingReader(RegistryFiles files, MappingContext context, ProblemList problems)
{
    private static readonly string[] Encodings =
        ["utf-8", "gb18030", "gbk", "gb2312", "utf-16le", "utf-16be", "iso-8859-1"];

    private static readonly string[] Delimiters = [",", ";", "|", "^", "\t"];

    private readonly CodeMapCheck _codeMaps = new(context, problems);

    public Dictionary<string, SourceMapping> Read()
    {
        var mappings = new Versions<SourceMapping>("mapping", problems);
        foreach (var file in files.In("mappings"))
        {
            if (YamlMap.Of(file, problems) is { } root) ReadFile(root, mappings);
        }

        return mappings.Current();
    }

    private void ReadFile(YamlMap root, Versions<SourceMapping> mappings)
    {
        var id = root.Text("id", required: true) ?? "";
        if (id.Length > 0 && Identifiers.IdFault(id) is { } fault) problems.Add("standards.name", root.AtKey("id"), $"mapping id '{id}' {fault}");
        var (version, status) = root.VersionAndStatus();
        mappings.Add(id, version, status, ReadBody(root, id, version, status), root.At);
    }

    private SourceMapping? ReadBody(YamlMap root, string id, string version, Status status)
    {
        var format = root.OneOf("format", "standards.bad-value", Vocabulary.Formats.Contains, $"{string.Join(", ", Vocabulary.Formats)}");
        if (format is null) return null;
        var rulesKey = format switch { "fhir" => "resources", "hl7v2" => "messages", "cda" => "documents", _ => "files" };
        root.Only("id", "version", "status", "name", "organisation", "format", "encoding", "delimiter", "codes", "items", "numbering", rulesKey);
        var organisation = root.Text("organisation");
        var encoding = root.OneOf("encoding", "standards.bad-value", Encodings.Contains, $"{string.Join(", ", Encodings)}", required: false);
        var numbering = root.OneOf("numbering", "standards.bad-value", n => n == "sender" && SourceMapping.IsTable(format), "sender, and only of files with columns", required: false);
        var delimiter = root.OneOf("delimiter", "standards.bad-value", Delimiters.Contains, "one of , ; | ^ and \"\\t\"", required: false);
        var rules = new MappingRuleReader(format, organisation is not null, root.Map("items"), context, _codeMaps, problems);
        return new(
            id, version, status, root.Names(), organisation, format, encoding, delimiter, Codes(root),
            [.. root.Maps(rulesKey).Select(rules.Read).OfType<MappingRule>()], root.At) { NumberedBySender = numbering is not null };
    }

    private Dictionary<string, string> Codes(YamlMap root)
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (valueSet, map, _, at) in root.Map("codes")?.Entries() ?? [])
        {
            if (!context.AllValueSets.Knows(valueSet))
            {
                problems.AddUnknown("standards.unknown-value-set", at, "value set", valueSet, context.AllValueSets.Ids);
            }

            if (map is null) problems.Add("standards.bad-yaml", at, $"'{valueSet}' must name a code map");
            else
            {
                _codeMaps.Check(map, valueSet, at);
                codes[valueSet] = map;
            }
        }

        return codes;
    }
}
