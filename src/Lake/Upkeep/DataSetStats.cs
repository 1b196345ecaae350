namespace Yunnao.Lake.Upkeep;

/// <summary>The size of one data set.</summary>
/// <param name="Rows">Current versions.</param>
/// <param name="HistoryRows">Superseded versions.</param>
/// <param name="QuarantineRows">Rows in quarantine.</param>
/// <param name="Bytes">Bytes on disk of the current table, before sharing of blocks between tables.</param>
/// <param name="Sorted">True when the table is clustered by subject and nothing was added since.</param>
public sealed record DataSetStats(string DataSet, long Rows, long HistoryRows, long QuarantineRows, long Bytes, bool Sorted)
{
    /// <summary>Bytes on disk for each current row; 0 of an empty table.</summary>
    public double BytesPerRow => Rows == 0 ? 0 : (double)Bytes / Rows;
}
