using System.Collections.Frozen;

namespace Yunnao.Lake.DuckDb.Consents;

/// <summary>All subjects that are one person. Who was merged into whom is turned around once for each state of the merges. Used by many threads.</summary>
internal sealed class MergedPersons
{
    private volatile Merged? _merged;

    private sealed record Merged(FrozenDictionary<ulong, ulong> Survivors, ILookup<ulong, ulong> Into);

    /// <summary>The subject under which the rows of a person are found, then those that were merged into it.</summary>
    /// <param name="survivors">Merged subject → the one under which its rows are found.</param>
    public IReadOnlyList<ulong> Of(ulong subject, FrozenDictionary<ulong, ulong> survivors)
    {
        var merged = _merged;
        if (!ReferenceEquals(merged?.Survivors, survivors)) _merged = merged = new(survivors, survivors.ToLookup(s => s.Value, s => s.Key));
        var survivor = survivors.GetValueOrDefault(subject, subject);
        return [survivor, .. merged!.Into[survivor]];
    }
}
