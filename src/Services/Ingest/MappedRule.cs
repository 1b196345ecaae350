using Yunnao.Formats;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>A mapping rule resolved against the registry: for each item of the data set that the source can give, where its text is from.</summary>
internal sealed class MappedRule
{
    private readonly SourceMapping _mapping;
    private readonly Dictionary<string, ItemSource> _sources = new(StringComparer.Ordinal);

    public MappedRule(SourceMapping mapping, MappingRule rule, TableShape shape)
    {
        (_mapping, Rule, Shape) = (mapping, rule, shape);
        foreach (var item in shape.DataSet.Items)
        {
            if (rule.Items.TryGetValue(item.Name, out var given)) _sources[item.Name] = given;
            else if (DefaultPath(item) is { } path) _sources[item.Name] = new(path);
        }
    }

    public MappingRule Rule { get; }

    public TableShape Shape { get; }

    /// <summary>Item and source of everything that is read from the records; constants and facts of the file left out.</summary>
    public IEnumerable<(Item Item, string From)> Read =>
        Shape.DataSet.Items.Where(i => _sources.TryGetValue(i.Name, out var s) && s.From is { } from && !FileFacts.IsFact(from)).Select(i => (i, _sources[i.Name].From!));

    /// <summary>The plan of a decoder (FHIR, HL7 v2).</summary>
    public RowPlan Plan() => new(
        Shape.DataSet.Id, Rule.Match, Rule.Row, Rule.Where,
        [.. Read.Select(r => new ColumnPlan(r.Item.Name, r.From, r.Item.Element.Type is ElementType.D or ElementType.DT))]);

    /// <summary>SQL of every item's text, code maps applied. <paramref name="column"/> gives the SQL of a source column or path, or null where the file lacks it.</summary>
    public Dictionary<string, StagedText> Texts(Func<Item, string, string?> column, CodeMapSql codes, FileFacts facts)
    {
        var texts = new Dictionary<string, StagedText>(StringComparer.Ordinal);
        foreach (var item in Shape.DataSet.Items)
        {
            if (!_sources.TryGetValue(item.Name, out var source)) continue;
            var constant = source.Value is { } value ? Sql.Text(value) : null;
            var read = source.From is { } from ? FileFacts.IsFact(from) ? facts.Sql(from) : column(item, from) : null;
            var sql = read is not null && constant is not null ? $"coalesce({read}, {constant})" : read ?? constant;
            if (sql is null) continue;
            var map = source.Codes ?? (item.ValueSet is { } set ? _mapping.Codes.GetValueOrDefault(set.Id) : null);
            texts[item.Name] = new(map is null ? sql : codes.Apply(sql, map), source.Format);
        }

        return texts;
    }

    /// <summary>CSV and Parquet: a rule without items takes columns by item name. FHIR, HL7 v2 and CDA: the registry's path of the format.</summary>
    private string? DefaultPath(Item item)
    {
        if (_mapping.HasColumns) return Rule.Items.Count == 0 ? item.Name : null;
        if (!item.Paths.TryGetValue(_mapping.Format, out var path)) return null;
        return _mapping.Format == "fhir" && Rule.Row is not null ? FromResource(path) : path;
    }

    /// <summary>In a rule whose row is a repeated child, the registry's paths still start at the resource.</summary>
    private string? FromResource(string path)
    {
        var alternatives = path.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(a => Rule.Match.FirstOrDefault(m => a.StartsWith(m + ".", StringComparison.Ordinal)) is { } type ? a[(type.Length + 1)..] : a)
            .Where(a => !char.IsAsciiLetterUpper(a[0]))
            .Select(a => ".." + a);
        var joined = string.Join(" | ", alternatives);
        return joined.Length == 0 ? null : joined;
    }
}
