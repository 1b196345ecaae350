using System.Xml.XPath;
using Yunnao.Kernel;

namespace Yunnao.Formats.Cda;

/// <summary>A row plan compiled for documents.</summary>
/// <param name="Match">Template ids or codes of document types; <c>*</c>: all.</param>
/// <param name="Row">XPath from the document to the nodes that make rows; null: the document does.</param>
/// <param name="Columns">For each column its paths, in the order to try them.</param>
internal sealed record CdaPlan(string[] Match, XPathExpression? Row, CdaCondition[] Where, CdaPath[][] Columns, bool[] Times, string Texts)
{
    public static Result<CdaPlan> Compile(RowPlan plan)
    {
        XPathExpression? row = null;
        if (plan.Row is { } text && ((row = CdaPath.Compile(text)) is null || row.ReturnType != XPathResultType.NodeSet)) return PlanProblem.Row(plan);
        if (!Condition.TryParse(plan.Where, out var tests)) return PlanProblem.Where(plan);
        var where = new List<CdaCondition>();
        foreach (var test in tests)
        {
            if (CdaPath.Parse(test.Path) is not { } path) return PlanProblem.Path(plan, "where", test.Path);
            where.Add(new(path, test));
        }

        var columns = new List<CdaPath[]>();
        foreach (var column in plan.Columns)
        {
            var paths = new List<CdaPath>();
            foreach (var alternative in column.Path.Split(" | ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (CdaPath.Parse(alternative) is not { } path) return PlanProblem.Path(plan, column.Name, alternative);
                paths.Add(path);
            }

            columns.Add([.. paths]);
        }

        var texts = string.Join('\n', columns.SelectMany(c => c).Select(p => p.Text).Concat(where.Select(w => w.Path.Text)).Append(plan.Row ?? ""));
        return new CdaPlan([.. plan.Match], row, [.. where], [.. columns], [.. plan.Columns.Select(c => c.Time)], texts);
    }

    public bool IsFor(IReadOnlyList<string> types)
    {
        foreach (var match in Match)
            if (match == "*" || types.Contains(match)) return true;
        return false;
    }
}
