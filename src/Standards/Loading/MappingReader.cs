using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

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
            if (Root(file) is { } root) ReadFile(root, mappings);
        }

        return mappings.Current();
    }

    private YamlMap? Root(RegistryFile file)
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
            problems.Add("standards.bad-yaml", file.Line((int)Math.Max(1, mistake.Start.Line)), mistake.Message);
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

    private void ReadFile(YamlMap root, Versions<SourceMapping> mappings)
    {
        var id = root.Text("id", required: true) ?? "";
        if (id.Length > 0 && Identifiers.IdFault(id) is { } fault) problems.Add("standards.name", root.AtKey("id"), $"mapping id '{id}' {fault}");
        var version = OneOf(root, "version", "standards.bad-version", t => Semver.TryParse(t, out _), "major.minor.patch, for example 1.0.0");
        var word = OneOf(root, "status", "standards.bad-status", t => Vocabulary.Status(t) is not null, "draft, standard or superseded");
        var status = Vocabulary.Status(word ?? "") ?? Status.Draft;
        mappings.Add(id, version ?? "0.0.0", status, ReadBody(root, id, version ?? "0.0.0", status), root.At);
    }

    private SourceMapping? ReadBody(YamlMap root, string id, string version, Status status)
    {
        var format = OneOf(root, "format", "standards.bad-value", Vocabulary.Formats.Contains, string.Join(", ", Vocabulary.Formats));
        if (format is null) return null;
        var rulesKey = format switch { "fhir" => "resources", "hl7v2" => "messages", "cda" => "documents", _ => "files" };
        root.Only("id", "version", "status", "name", "organisation", "format", "encoding", "delimiter", "codes", "items", rulesKey);
        var organisation = root.Text("organisation");
        var encoding = OneOf(root, "encoding", "standards.bad-value", Encodings.Contains, string.Join(", ", Encodings), required: false);
        var delimiter = OneOf(root, "delimiter", "standards.bad-value", Delimiters.Contains, "one of , ; | ^ and \"\\t\"", required: false);
        var rules = new MappingRuleReader(format, organisation is not null, root.Map("items"), context, _codeMaps, problems);
        return new(
            id, version, status, Name(root), organisation, format, encoding, delimiter, Codes(root),
            [.. root.Maps(rulesKey).Select(rules.Read).OfType<MappingRule>()], root.At);
    }

    private string? OneOf(YamlMap root, string key, string code, Func<string, bool> valid, string choice, bool required = true)
    {
        if (root.Text(key, required) is not { } text) return null;
        if (valid(text)) return text;
        problems.Add(code, root.AtKey(key), $"{key} is '{text}'; it is {choice}");
        return null;
    }

    private static Names Name(YamlMap root)
    {
        var name = root.Map("name", required: true)?.Only("zh", "en");
        return new(name?.Text("zh", required: true) ?? "", name?.Text("en", required: true) ?? "");
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
