namespace Yunnao.Trust.Callers;

/// <summary>What data are asked for: an id of <c>standards/policies/purposes.csv</c>.</summary>
public readonly record struct Purpose(string Id)
{
    /// <inheritdoc/>
    public override string ToString() => Id;
}
