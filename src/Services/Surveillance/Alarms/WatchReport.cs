using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>What one run of early warning did.</summary>
/// <param name="From">First day judged.</param>
/// <param name="To">Last day judged.</param>
/// <param name="Findings">Findings of all days.</param>
/// <param name="Raised">Numbers of the alarms that are new.</param>
/// <param name="SinceCommit">From the commit of the newest batch to the alarms; null when there is no batch.</param>
public sealed record WatchReport(CountReport Counted, DateOnly From, DateOnly To, int Findings, IReadOnlyCollection<int> Raised, TimeSpan Duration, TimeSpan? SinceCommit);
