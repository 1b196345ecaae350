using System.Globalization;
using System.Text.Json.Serialization;
using Cronos;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Trust.Callers;

namespace Yunnao.Services.Exports;

/// <summary>An export that is made again and again: approved once, made by its times until it ends, each time only of what is new since the run before.</summary>
/// <param name="Id">26 characters, in the order of requests.</param>
/// <param name="Who">The recipient.</param>
/// <param name="RightsEpoch">How often the recipient's rights had been changed by then; after another change it is paused.</param>
/// <param name="Times">Minute, hour, day of the month, month, day of the week, as in a crontab, in the server's time zone.</param>
/// <param name="Days">How many days the files of a run are kept.</param>
/// <param name="Until">After this there is no further run.</param>
public sealed record StandingOrder(
    string Id, string Who, long RightsEpoch, ExportOrder Order, string Times, StandingState State, DateTimeOffset Created, int Days, DateTimeOffset Until)
{
    private const char RunMark = 's';
    private const int MarkAt = 12, OwnDigits = 13;

    /// <summary>The recipient as it was when it asked; null for the local administrator.</summary>
    [JsonIgnore]
    public Caller? Caller { get; init; }

    public string? DecidedBy { get; init; }

    /// <summary>Why it was refused, or the code of what paused it.</summary>
    public string? Reason { get; init; }

    /// <summary>When it is due next.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>The export of its newest run.</summary>
    public string? LastRun { get; init; }

    /// <summary>Where the newest run that was whole ends: the next one begins there. Null for all.</summary>
    [JsonConverter(typeof(LakeMarkJson))]
    public LakeMark? Mark { get; init; }

    /// <summary>The export of the run that is due at <see cref="Next"/>: always the same one.</summary>
    [JsonIgnore]
    public string RunId => string.Create(CultureInfo.InvariantCulture, $"{Next!.Value.ToUnixTimeMilliseconds():x12}{RunMark}{Id[^OwnDigits..]}");

    /// <summary>True for an export that a standing order made.</summary>
    public static bool IsRun(string export) => export is { Length: > MarkAt } && export[MarkAt] == RunMark;

    /// <summary>The first time after a moment. Problem: <c>export.times</c>.</summary>
    public static Result<DateTimeOffset> NextOf(string times, DateTimeOffset after, TimeZoneInfo zone)
    {
        try
        {
            if (CronExpression.Parse(times).GetNextOccurrence(after, zone) is { } next) return next.ToUniversalTime();
        }
        catch (Exception e) when (e is CronFormatException or ArgumentException)
        {
            // Answered below.
        }

        return new Problem(ProblemKind.Incorrect, "export.times", "times is minute, hour, day of the month, month and day of the week: \"30 2 * * *\" is every day at half past two, \"0 6 * * MON\" each Monday at six.", new(Path: "times"));
    }
}
