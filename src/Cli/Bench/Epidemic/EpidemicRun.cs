namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>What the parts of <c>bench epidemic</c> are told.</summary>
internal sealed record EpidemicRun
{
    /// <summary>Folder of the public epidemic series, or null where it is absent.</summary>
    public required string? Data { get; init; }

    public required int Counties { get; init; }

    public required int Diseases { get; init; }

    public required int Seeds { get; init; }

    public required ulong FirstSeed { get; init; }

    /// <summary>Writes a text by key to standard error.</summary>
    public required Action<string, object[]> Say { get; init; }

    public required CancellationToken Cancellation { get; init; }
}
