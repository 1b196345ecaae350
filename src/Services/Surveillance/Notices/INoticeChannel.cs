using Yunnao.Services.Surveillance.Alarms;

namespace Yunnao.Services.Surveillance.Notices;

/// <summary>A way to tell somebody of an alarm.</summary>
public interface INoticeChannel
{
    /// <summary>Kind of channel, for the lake's list of notices: <c>webhook</c>, <c>mail</c>.</summary>
    string Kind { get; }

    /// <summary>Who is told: an address without any secret.</summary>
    string Target { get; }

    /// <summary>Tells of one alarm. Null when it was taken; otherwise why not, in a few words without the answer's text.</summary>
    Task<string?> SendAsync(Alarm alarm, CancellationToken cancellation);
}
