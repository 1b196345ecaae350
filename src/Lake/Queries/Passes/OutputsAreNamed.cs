namespace Yunnao.Lake.Queries.Passes;

/// <summary>A query that names no outputs asks for every column there is for the holder of its Scope.</summary>
internal static class OutputsAreNamed
{
    public static ScopedQuery Rewrite(ScopedQuery scoped) => scoped.Query.Outputs.Count > 0
        ? scoped
        : scoped with { Query = scoped.Query with { Outputs = [.. scoped.Table.Columns.Select(c => new Output(c.Name))] } };
}
