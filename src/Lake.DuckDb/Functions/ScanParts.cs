namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>What the scans that run have beside the engine.</summary>
internal sealed class ScanParts
{
    public NumberedParts<VerdictMemo> Verdicts { get; } = new();

    public NumberedParts<TallyProgram> Tallies { get; } = new();

    public NumberedParts<BoundList> Bounds { get; } = new();
}
