using System.Text.Json;

namespace Yunnao.Services.Jobs;

/// <summary>A long piece of work that was asked for, and how far it is. Names, keys and counts only; never a value of a patient.</summary>
/// <param name="Id">26 characters, in the order of creation.</param>
/// <param name="Kind">Which <see cref="IJobKind"/> does it.</param>
/// <param name="Who">Who asked: the caller's id.</param>
/// <param name="Arguments">What the kind was given, as JSON.</param>
/// <param name="Step">What is being done, a word of the kind's own; null while it waits.</param>
/// <param name="Fraction">Part of the step done, 0–1, as far as known.</param>
/// <param name="Attempts">How often it was begun: more than once when the server stopped in between.</param>
/// <param name="Outcome">What came out, as JSON; of a job that failed, the problem.</param>
public sealed record Job(
    string Id, string Kind, string Who, JsonElement Arguments, JobState State, string? Step, double Fraction, int Attempts,
    DateTimeOffset Created, DateTimeOffset? Started, DateTimeOffset? Ended, JsonElement? Outcome)
{
    /// <summary>True when nothing will change any more.</summary>
    public bool Final => State is JobState.Done or JobState.Failed or JobState.Cancelled;
}
