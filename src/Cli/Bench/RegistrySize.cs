namespace Yunnao.Cli.Bench;

/// <summary>How large a made registry is.</summary>
internal sealed record RegistrySize(int DataSets, int Items, int ValueSets, int Codes)
{
    /// <summary>Data elements: one serves about three items.</summary>
    public int Elements => Math.Max(8, Items / 3);
}
