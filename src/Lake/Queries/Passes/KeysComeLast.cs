namespace Yunnao.Lake.Queries.Passes;

/// <summary>A keyed query is ordered by the record's key in the end, which makes every order total.</summary>
internal static class KeysComeLast
{
    public static ScopedQuery Rewrite(ScopedQuery scoped) => scoped.Query.Keyed
        ? scoped with { Query = scoped.Query with { Order = [.. scoped.Query.Order, new Ordering(Query.KeyColumn)] } }
        : scoped;
}
