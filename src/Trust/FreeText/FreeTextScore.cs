namespace Yunnao.Trust.FreeText;

/// <summary>
/// How well the scanner does on texts whose truth is known. A piece is found when every character of it lies in findings, whatever their
/// kind: what counts is that nothing stays readable.
/// </summary>
public sealed class FreeTextScore
{
    private readonly SortedDictionary<string, (long All, long Found)> _kinds = new(StringComparer.Ordinal);
    private long _hidden;
    private long _needlessly;

    /// <summary>Kinds of truth seen, each with how many pieces there were and how many of them were found.</summary>
    public IReadOnlyDictionary<string, (long All, long Found)> Kinds => _kinds;

    /// <summary>Of all characters that were hidden, the share that had to be.</summary>
    public double Precision => _hidden == 0 ? 1 : 1 - (double)_needlessly / _hidden;

    /// <summary>Share of the pieces of these kinds that were found.</summary>
    public double Recall(params ReadOnlySpan<string> kinds)
    {
        var (all, found) = (0L, 0L);
        foreach (var kind in kinds)
        {
            if (!_kinds.TryGetValue(kind, out var count)) continue;
            (all, found) = (all + count.All, found + count.Found);
        }

        return all == 0 ? 1 : (double)found / all;
    }

    /// <summary>Counts one text.</summary>
    /// <param name="truth">What had to be found, in the order of the text, without overlap.</param>
    /// <param name="findings">What was found, in the order of the text, without overlap.</param>
    public void Add(IReadOnlyList<(int Start, int Length, string Kind)> truth, IReadOnlyList<Finding> findings)
    {
        foreach (var (start, length, kind) in truth)
        {
            var covered = findings.Sum(f => Overlap(start, start + length, f));
            var (all, found) = _kinds.GetValueOrDefault(kind);
            _kinds[kind] = (all + 1, covered == length ? found + 1 : found);
        }

        foreach (var finding in findings)
        {
            _hidden += finding.Length;
            _needlessly += finding.Length - truth.Sum(t => Overlap(t.Start, t.Start + t.Length, finding));
        }
    }

    private static int Overlap(int start, int end, Finding finding) => Math.Max(0, Math.Min(end, finding.End) - Math.Max(start, finding.Start));
}
