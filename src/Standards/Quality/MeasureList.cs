using Yunnao.Standards.Compile;

namespace Yunnao.Standards.Quality;

/// <summary>The measures of a data set: its checks, its optional items, what is written in <c>quality/</c>, and what was not readable or came twice.</summary>
public static class MeasureList
{
    private static readonly Dictionary<string, Names> s_kinds = new(StringComparer.Ordinal)
    {
        ["required"] = new("必填", "required"),
        ["type"] = new("类型", "type"),
        ["length"] = new("长度", "length"),
        ["value-set"] = new("值域", "value set"),
        ["range"] = new("取值范围", "range"),
        ["id-number"] = new("证件号码", "ID number"),
        ["encoding"] = new("字符编码", "encoding"),
        [DerivedMeasure.Optional] = new("选填", "optional"),
        [DerivedMeasure.Unreadable] = new("无法读取的记录", "Records that could not be read"),
        [DerivedMeasure.Unmapped] = new("无映射规则的记录", "Records that no rule of the mapping takes"),
        [DerivedMeasure.Repeated] = new("同一文件内重复的记录", "Records that are twice in one file"),
    };

    /// <summary>All measures in a fixed order. Kinds that <c>quality/</c> does not name are left out.</summary>
    public static IReadOnlyList<Measure> Of(TableShape shape, QualityRules rules) => [.. Checks(shape, rules), .. Others(shape, rules)];

    /// <summary>The measures of records that no mapping gave to a data set.</summary>
    public static IReadOnlyList<Measure> OfNoDataSet(QualityRules rules) =>
        [.. new[] { DerivedMeasure.Unreadable, DerivedMeasure.Unmapped }.Select(k => OfKind(k, rules)).OfType<Measure>()];

    private static IEnumerable<Measure> Checks(TableShape shape, QualityRules rules)
    {
        foreach (var check in shape.Checks)
        {
            var kind = check.Kind == CheckKind.Rule ? DerivedMeasure.Rule : check.Code;
            var counts = check.Rule is { } rule && rules.OfRules.TryGetValue(rule.Id, out var own) ? own : rules.Derived.GetValueOrDefault(kind);
            if (counts is not null) yield return new(check.Reason, check.Rule?.Message ?? Of(kind, check.Item!), counts, check);
        }
    }

    private static IEnumerable<Measure> Others(TableShape shape, QualityRules rules)
    {
        if (rules.Derived.TryGetValue(DerivedMeasure.Optional, out var optional))
        {
            foreach (var item in shape.DataSet.Items.Where(i => !i.Required && shape.ColumnOf(i.Name) == i.Name))
                yield return new($"{DerivedMeasure.Optional} {item.Name}", Of(DerivedMeasure.Optional, item), optional, Item: item);
        }

        foreach (var written in rules.Measures.Values.Where(m => m.IsOf(shape.DataSet.Id)).OrderBy(m => m.Id, StringComparer.Ordinal))
            yield return new(written.Id, written.Name, written.Counts, Written: written);
        foreach (var kind in new[] { DerivedMeasure.Unreadable, DerivedMeasure.Unmapped, DerivedMeasure.Repeated })
            if (OfKind(kind, rules) is { } measure) yield return measure;
    }

    private static Measure? OfKind(string kind, QualityRules rules) =>
        rules.Derived.TryGetValue(kind, out var counts) ? new(kind, s_kinds[kind], counts) : null;

    private static Names Of(string kind, Item item) => new($"{item.Title.Zh}:{s_kinds[kind].Zh}", $"{item.Title.En}: {s_kinds[kind].En}");
}
