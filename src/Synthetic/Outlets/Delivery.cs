using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Outlets;

/// <summary>A record on its way out of an institution.</summary>
/// <param name="Fault">The error put into it, or null for a clean record.</param>
/// <param name="Later">True for a corrected record, which goes into a later file.</param>
internal readonly record struct Delivery(Row Row, Fault? Fault = null, bool Later = false);
