using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>What came of reading a registry's folder: everything that could be read, and every problem found on the way.</summary>
/// <param name="Registry">
/// What could be read; null when there is no registry at all. With problems it is partial: good for looking things up,
/// not for compiling or loading data.
/// </param>
/// <param name="Problems">All problems, by file and line. Empty for a sound registry.</param>
public sealed record RegistryLoad(Registry? Registry, IReadOnlyList<Problem> Problems)
{
    /// <summary>What the next reading of the folder can take over; null when there are problems.</summary>
    internal RegistryParts? Parts { get; init; }

    /// <summary>The registry when it is sound; otherwise its first problem, which says how many there are.</summary>
    public Result<Registry> Whole => (Registry, Problems) switch
    {
        ({ } registry, []) => registry,
        (_, [var only]) => only,
        _ => Problems[0] with { Message = $"{Problems[0].Message} ({Problems.Count - 1} more problems: yunnao standards check)" },
    };
}
