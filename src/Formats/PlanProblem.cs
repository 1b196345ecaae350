using Yunnao.Kernel;

namespace Yunnao.Formats;

/// <summary>The problem of a plan that cannot be compiled: a path or condition of a mapping that is not in the language of its format.</summary>
internal static class PlanProblem
{
    public static Problem Path(RowPlan plan, string column, string path) =>
        new(ProblemKind.Incorrect, "mapping.path", $"'{path}' is not a path of this format.", new Place(Path: $"{plan.Table}.{column}"));

    public static Problem Where(RowPlan plan) =>
        new(ProblemKind.Incorrect, "mapping.where", $"'{plan.Where}' is not a condition (PATH = VALUE, !=, in VALUES, exists, joined by and).", new Place(Path: plan.Table));

    public static Problem Row(RowPlan plan) =>
        new(ProblemKind.Incorrect, "mapping.row", $"'{plan.Row}' does not name what makes a row.", new Place(Path: plan.Table));
}
