namespace Yunnao.Services.Exports;

/// <summary>How a leaked file stands to one recipient.</summary>
/// <param name="Export">The newest of the recipient's marked exports for the purpose.</param>
/// <param name="Rows">Rows of the file that are one certain row of what the recipient is shown.</param>
/// <param name="LeftOut">How many of them the recipient was never given: none, if it is the source.</param>
/// <param name="Expected">How many that would be of anybody else's file.</param>
/// <param name="Pseudonyms">Pseudonyms in the file that only this recipient has.</param>
/// <param name="Compared">Columns by which rows were found again.</param>
/// <param name="FalsePositive">How probable it is that the file looks like this and is not this recipient's, all that were looked at taken together.</param>
/// <param name="Named">True when that is at most one in a million.</param>
public sealed record Suspect(
    string Who, string Purpose, string Export, DateTimeOffset Created, string DataSet, long Rows, long LeftOut, double Expected, long Pseudonyms, IReadOnlyList<string> Compared, double FalsePositive,
    bool Named)
{
    /// <summary>One less the probability of a false positive.</summary>
    public double Confidence => 1 - FalsePositive;
}
