using Yunnao.Kernel;

namespace Yunnao.Lake.Queries.Passes;

/// <summary>Aggregates suit the columns they are of, and a grouped result is ordered by its outputs.</summary>
internal static class GroupsAreSound
{
    public static Problem? Check(ScopedQuery scoped)
    {
        var query = scoped.Query;
        foreach (var output in query.Outputs)
        {
            if (output.Name is null)
            {
                if (output.Aggregate != Aggregate.Count) return Refuse("query.outputs", "An output names an item, or counts rows.");
                continue;
            }

            var kind = scoped.Table.Find(output.Name)!.Kind;
            if (output.Aggregate is Aggregate.Sum or Aggregate.Average && kind != ValueKind.Number)
            {
                return Refuse("query.outputs", $"{output.Name} is no number.", output.Name);
            }
        }

        if (query.Outputs.GroupBy(o => o.Title, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return Refuse("query.outputs", $"Two outputs are called {twice.Key}.", twice.Key);
        }

        if (!query.Grouped) return null;
        return query.Order.FirstOrDefault(o => query.OutputOf(o) < 0) is { } stray
            ? Refuse("query.order", $"{stray.Name} is not among the outputs of the grouped result.", stray.Name)
            : null;
    }

    private static Problem Refuse(string code, Sentence message, string? name = null) => new(ProblemKind.Incorrect, code, message, name is null ? null : new(Path: name));
}
