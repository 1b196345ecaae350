using System.Collections.Frozen;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>Persons in the order in which their rows lie, a few first and then more and more: a page is mostly full before the last of them.</summary>
internal static class PersonParts
{
    /// <summary>So many times as many persons are in the next part.</summary>
    private const int Growth = 4;

    /// <summary>Those under whom the rows of some persons are found, each once, in order.</summary>
    /// <param name="from">Whoever comes before is left out.</param>
    public static ulong[] InOrder(IEnumerable<ulong> persons, ulong from, FrozenDictionary<ulong, ulong> survivors) =>
        [.. persons.Select(p => survivors.GetValueOrDefault(p, p)).Where(p => p >= from).Distinct().Order()];

    /// <summary>Part after part of them; at least one, which may be empty.</summary>
    /// <param name="first">Persons of the first part.</param>
    public static IEnumerable<ArraySegment<ulong>> Of(ulong[] persons, int first)
    {
        var (done, next) = (0, first);
        do
        {
            yield return new(persons, done, Math.Min(next, persons.Length - done));
            (done, next) = (done + next, Growth * next);
        }
        while (done < persons.Length);
    }
}
