using Yunnao.Kernel;

namespace Yunnao.Lake.Queries.Passes;

/// <summary>Every value is of the kind that the holder sees in the column it is compared with, and texts are searched in text columns.</summary>
internal static class ValuesHaveType
{
    public static Problem? Check(ScopedQuery query)
    {
        foreach (var (name, leaf, values) in QueryNames.Leaves(query.Query))
        {
            var kind = query.Table.Find(name)!.Kind;
            if (values.Any(v => v.Kind != kind)) return new(ProblemKind.Incorrect, "query.type", $"{name} is compared with values of kind {kind}.");
            if (leaf is Filter.Compare { Comparison: not (Comparison.Equal or Comparison.NotEqual) } && kind == ValueKind.Boolean)
            {
                return new(ProblemKind.Incorrect, "query.type", $"{name} is true or false and has no order.");
            }
        }

        return null;
    }
}
