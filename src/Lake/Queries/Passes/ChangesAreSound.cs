using Yunnao.Kernel;

namespace Yunnao.Lake.Queries.Passes;

/// <summary>Changes are rows, of a time that does not run backwards.</summary>
internal static class ChangesAreSound
{
    public static Problem? Check(ScopedQuery scoped)
    {
        if (scoped.Query.Changes is not { } changes) return null;
        if (scoped.Query.Grouped) return Refuse("Changes are rows, not groups.");
        return changes.After.Batch > changes.UpTo.Batch || changes.After.Move > changes.UpTo.Move ? Refuse("Changes begin before they end.") : null;
    }

    private static Problem Refuse(Sentence message) => new(ProblemKind.Incorrect, "query.page", message);
}
