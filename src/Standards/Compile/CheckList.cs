namespace Yunnao.Standards.Compile;

/// <summary>The checks of a data set in bit order: item by item in the order of the file, then the rules.</summary>
internal static class CheckList
{
    public static IReadOnlyList<Check> Of(DataSet dataSet)
    {
        var checks = new List<Check>();
        foreach (var item in dataSet.Items)
        {
            foreach (var (kind, code) in Kinds(item)) checks.Add(new(checks.Count, kind, code, item, null, Severity.Reject));
        }

        foreach (var rule in dataSet.Rules) checks.Add(new(checks.Count, CheckKind.Rule, $"rule:{rule.Id}", null, rule, rule.Severity));
        return checks;
    }

    private static IEnumerable<(CheckKind Kind, string Code)> Kinds(Item item)
    {
        if (item.Required) yield return (CheckKind.Required, "required");
        var type = item.Element.Type;
        var text = type is ElementType.S1 or ElementType.S2 or ElementType.S3;
        if (!text) yield return (CheckKind.Type, "type");
        if (item.ValueSet is not null) yield return (CheckKind.ValueSet, "value-set");
        else if (text && item.Element.Format.Length > 0 && item.Identity != "id_number") yield return (CheckKind.Length, "length");
        if (item.Min is not null || item.Max is not null) yield return (CheckKind.Range, "range");
        if (item.Identity == "id_number") yield return (CheckKind.IdNumber, "id-number");
        if (type == ElementType.S1) yield return (CheckKind.Encoding, "encoding");
    }
}
