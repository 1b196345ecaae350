using System.Runtime.CompilerServices;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>The scores of up to <see cref="Most"/> windows, shortest first, kept in place; unused ones have zero points.</summary>
[InlineArray(Most)]
public struct WindowScores
{
    /// <summary>Most windows of a detector.</summary>
    public const int Most = 4;

    private WindowScore _first;
}
