using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>Finds the name that was probably meant.</summary>
internal sealed class NearNames
{
    // A registry with a wrong file in it has thousands of unknown names; the first hundreds of hints say enough.
    private const int MostHints = 300;
    private int _given;

    /// <summary>A clause to append to a message: <c>; did you mean 'x'?</c>, or nothing when no name is near.</summary>
    public Sentence Hint(string word, IEnumerable<string> candidates)
    {
        if (word.Length == 0 || Interlocked.Increment(ref _given) > MostHints) return "";
        var limit = Math.Max(1, word.Length / 3);
        string? best = null;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - word.Length) > limit) continue;
            var distance = Distance(word, candidate, limit);
            if (distance > limit || (best is not null && distance == limit && string.CompareOrdinal(candidate, best) >= 0)) continue;
            (best, limit) = (candidate, distance);
        }

        return best is null ? (Sentence)"" : $"; did you mean '{best}'?";
    }

    /// <summary>Edit distance (insert, delete, replace, swap neighbours), ignoring case; more than <paramref name="limit"/> when it is larger.</summary>
    private static int Distance(string a, string b, int limit)
    {
        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> previous = stackalloc int[b.Length + 1];
        Span<int> current = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = Same(a[i - 1], b[j - 1]);
                var cost = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1])) cost = Math.Min(cost, before[j - 2] + 1);
                current[j] = cost;
                least = Math.Min(least, cost);
            }

            if (least > limit) return limit + 1;
            var free = before;
            before = previous;
            previous = current;
            current = free;
        }

        return previous[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
