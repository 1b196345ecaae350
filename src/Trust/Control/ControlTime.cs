namespace Yunnao.Trust.Control;

/// <summary>Times as both databases keep them: microseconds since 1970-01-01 UTC.</summary>
internal static class ControlTime
{
    public static long Micros(this DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}
