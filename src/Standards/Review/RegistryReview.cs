using Yunnao.Kernel;

namespace Yunnao.Standards.Review;

/// <summary>
/// What a sound registry may still have wrong: names that drift, OIDs that are another entry's, value sets that are not those of the
/// standard. These are findings for a person to judge; none of them stops a load.
/// </summary>
public static class RegistryReview
{
    /// <summary>All findings by file and line. Their codes (<c>review.*</c>) are in docs/problems.md.</summary>
    /// <param name="reference">An imported registry to compare with, or null.</param>
    public static IReadOnlyList<Problem> Of(Registry registry, Registry? reference)
    {
        IEnumerable<Problem> findings = [.. NameReview.Of(registry), .. OidReview.Twice(registry)];
        if (reference is not null) findings = findings.Concat(OidReview.Against(registry, reference)).Concat(CodesReview.Of(registry, reference));
        return [.. findings.OrderBy(f => f.Where!.File, StringComparer.Ordinal).ThenBy(f => f.Where!.Line).ThenBy(f => f.Message.ToString(), StringComparer.Ordinal)];
    }

    internal static Problem Finding(string code, SourceLine at, Sentence message) => new(ProblemKind.Incorrect, code, message, new Place(at.File, at.Line));
}
