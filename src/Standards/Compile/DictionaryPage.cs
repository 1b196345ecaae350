using System.Text;

namespace Yunnao.Standards.Compile;

/// <summary>The page of a data set in the data dictionary, as Markdown in one language.</summary>
public static class DictionaryPage
{
    /// <summary>Builds the page.</summary>
    /// <param name="language">BCP 47 tag; Chinese for <c>zh…</c>, English otherwise.</param>
    public static string Build(DataSet dataSet, string language)
    {
        var chinese = language.StartsWith("zh", StringComparison.OrdinalIgnoreCase);
        var page = new StringBuilder();
        page.Append($"# {dataSet.Name.In(language)} `{dataSet.Id}`\n\n");
        if (dataSet.Definition.In(language) is { Length: > 0 } definition) page.Append(definition).Append("\n\n");
        Facts(page, dataSet, chinese);
        Row(page, chinese
            ? ["数据项", "名称", "类型", "必填", "值域或单位", "范围", "角色", "级别", "脱敏", "定义"]
            : ["item", "name", "type", "required", "values", "range", "role", "level", "de-identification", "definition"]);
        Row(page, Enumerable.Repeat("---", 10));
        foreach (var item in dataSet.Items)
        {
            Row(page,
            [
                $"`{item.Name}`", item.Title.In(language), $"{item.Element.Type} {item.Element.Format.Text}", item.Required ? "✓" : "",
                item.ValueSet?.Id ?? item.Unit ?? "", Range(item), item.RoleWords(), item.Level?.ToString() ?? "",
                item.Deid?.ToString().ToLowerInvariant() ?? "", item.Definition.In(language),
            ]);
        }

        Checks(page, dataSet, language, chinese);
        return page.ToString();
    }

    private static void Facts(StringBuilder page, DataSet dataSet, bool chinese)
    {
        Row(page, chinese ? ["版本", "状态", "标准标识符", "文档代码", "来源"] : ["version", "status", "identifier", "document", "source"]);
        Row(page, Enumerable.Repeat("---", 5));
        var provisional = dataSet.Provisional ? chinese ? "(未核实)" : " (provisional)" : "";
        var status = dataSet.Status.ToString().ToLowerInvariant() + provisional;
        Row(page, [dataSet.Version, status, dataSet.Identifier ?? "", dataSet.Document ?? "", dataSet.Source]);
        page.Append('\n');
    }

    private static void Checks(StringBuilder page, DataSet dataSet, string language, bool chinese)
    {
        if (dataSet.Rules.Count == 0) return;
        page.Append(chinese ? "\n## 跨项校验\n\n" : "\n## Cross-item checks\n\n");
        Row(page, chinese ? ["标识", "处理", "条件", "说明"] : ["id", "severity", "condition", "message"]);
        Row(page, Enumerable.Repeat("---", 4));
        foreach (var rule in dataSet.Rules)
        {
            Row(page, [rule.Id, rule.Severity.ToString().ToLowerInvariant(), $"`{rule.Expression}`", rule.Message.In(language)]);
        }
    }

    private static string Range(Item item) => item.Min is null && item.Max is null ? "" : $"{item.Min ?? ""}–{item.Max ?? ""}";

    private static void Row(StringBuilder page, IEnumerable<string> cells) =>
        page.Append("| ").AppendJoin(" | ", cells.Select(Cell)).Append(" |\n");

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
