using Yunnao.Kernel;

namespace Yunnao.Formats.Fhir;

/// <summary>A row plan compiled for one resource type.</summary>
/// <param name="Number">Which plan it is.</param>
/// <param name="Row">Steps to the children that make rows; null: the resource does.</param>
/// <param name="Columns">For each column its paths, in the order to try them.</param>
internal sealed record FhirPlan(int Number, string Type, FhirStep[]? Row, FhirCondition[] Where, FhirPath[][] Columns)
{
    public static Result<FhirPlan> Compile(RowPlan plan, int number, string type, JsonNames names)
    {
        FhirStep[]? row = null;
        if (plan.Row is { } text && (row = FhirPath.ParseSteps(text, names)) is null) return PlanProblem.Row(plan);
        if (!Condition.TryParse(plan.Where, out var tests)) return PlanProblem.Where(plan);
        var where = new List<FhirCondition>();
        foreach (var test in tests)
        {
            if (FhirPath.Parse(test.Path, names) is not { } path) return PlanProblem.Path(plan, "where", test.Path);

            // A condition on another type's element asks nothing of this one.
            if (path.For(type, row) is { } mine) where.Add(new(mine, test));
        }

        var columns = new List<FhirPath[]>();
        foreach (var column in plan.Columns)
        {
            var paths = new List<FhirPath>();
            foreach (var alternative in column.Path.Split(" | ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (FhirPath.Parse(alternative, names) is not { } path) return PlanProblem.Path(plan, column.Name, alternative);
                if (path.For(type, row) is { } mine) paths.Add(mine);
            }

            columns.Add([.. paths]);
        }

        return new FhirPlan(number, type, row, [.. where], [.. columns]);
    }

    /// <summary>Marks what this plan reads in a report.</summary>
    public void Map(ElementCounts counts)
    {
        var root = counts.Of(Type);
        foreach (var path in Columns.SelectMany(c => c).Concat(Where.Select(w => w.Path)))
            Map(path.FromResource || Row is null ? root : Map(root, Row), path.Steps);
    }

    private static ElementNode Map(ElementNode from, FhirStep[] steps)
    {
        var node = from;
        foreach (var step in steps)
        {
            if (node.Child(System.Text.Encoding.UTF8.GetBytes(step.Text)) is not { } child) return node;
            node = child;
            if (step.Filter is { } filter) Map(node, filter);
        }

        node.Mapped = true;
        return node;
    }
}
