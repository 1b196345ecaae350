using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Outlets;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Institutions;

/// <summary>The way of one data set out of an institution.</summary>
/// <param name="Outlet">Null when the institution does not send the data set; its rows are then dropped.</param>
internal sealed record Channel(Row Row, Row Correction, IOutlet? Outlet, FaultMaker Faults)
{
    public long Rows { get; set; }
}
