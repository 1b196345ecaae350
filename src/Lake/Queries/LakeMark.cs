namespace Yunnao.Lake.Queries;

/// <summary>A place in the history of a lake: what was committed up to it.</summary>
/// <param name="Batch">Number of the newest batch; 0 before the first.</param>
/// <param name="Move">The newest change of rows in another way than by a batch: taken back, let out of quarantine, judged again, or given another subject; 0 before the first.</param>
public sealed record LakeMark(int Batch, long Move)
{
    /// <summary>True when something that is not in <paramref name="other"/> is in this one.</summary>
    public bool IsAfter(LakeMark other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Batch > other.Batch || Move > other.Move;
    }

    /// <summary>Before everything.</summary>
    public static LakeMark Start { get; } = new(0, 0);
}
