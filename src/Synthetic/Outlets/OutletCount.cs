namespace Yunnao.Synthetic.Outlets;

/// <summary>What an outlet has written.</summary>
internal sealed class OutletCount
{
    /// <summary>Records: rows, resources, or the rows inside messages.</summary>
    public long Rows { get; set; }

    public long Bytes { get; set; }
}
