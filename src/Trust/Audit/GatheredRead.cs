using Yunnao.Kernel;
using Yunnao.Lake.Queries;

namespace Yunnao.Trust.Audit;

/// <summary>A read that <see cref="AuditedLake.AheadAsync"/> answered, to be told with others of the same answer.</summary>
/// <param name="Problem">Why it gave nothing; null when it went well.</param>
public sealed record GatheredRead(Query Query, long Rows, Problem? Problem = null);
