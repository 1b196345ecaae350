using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Institutions;

/// <summary>What all institutions share of a data set.</summary>
internal sealed record RowKind(RowShape Shape, FaultMaker Faults);
