namespace Yunnao.Formats;

/// <summary>What a condition asks of the values at its path.</summary>
internal enum ConditionKind
{
    /// <summary><c>=</c>, <c>in</c>: at least one value is among those named.</summary>
    In,

    /// <summary><c>!=</c>: no value is the one named; also true when there is no value.</summary>
    NotIn,

    /// <summary><c>exists</c>: there is a value.</summary>
    Exists,
}
