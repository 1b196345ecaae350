using System.Runtime.CompilerServices;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>The scores of up to <see cref="Most"/> windows, shortest first, kept in place; unused ones have zero points.</summary>
[InlineArray(Most)]
public struct WindowScores : IEquatable<WindowScores>
{
    /// <summary>Most windows of a detector.</summary>
    public const int Most = 4;

    private WindowScore _first;

    public static bool operator ==(WindowScores left, WindowScores right) => left.Equals(right);

    public static bool operator !=(WindowScores left, WindowScores right) => !left.Equals(right);

    public readonly bool Equals(WindowScores other) => ((ReadOnlySpan<WindowScore>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is WindowScores other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(this[0], this[1], this[2], this[3]);
}
