namespace Yunnao.Services.Watch;

/// <summary>How to watch a drop.</summary>
public sealed class WatchOptions
{
    /// <summary>Id of the source mapping, for what no <c>sources.csv</c> in the drop decides.</summary>
    public string? Mapping { get; init; }

    /// <summary>Move a file to <c>done</c> or <c>failed</c> of the drop, where its <c>sources.csv</c> does not say otherwise.</summary>
    public bool Moves { get; init; }

    /// <summary>A file that may still be growing is loaded when it has not changed for so long.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(5);
}
