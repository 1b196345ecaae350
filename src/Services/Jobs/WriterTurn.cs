using Yunnao.Kernel;

namespace Yunnao.Services.Jobs;

/// <summary>The lake has one writer. What it is asked for meanwhile (a batch, a release, a backup) waits here for its turn.</summary>
internal static class WriterTurn
{
    private const string Taken = "batch.open";
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(100);

    /// <summary>Tries until another writer is not in the way, or has been for too long. Any other outcome is given as it is.</summary>
    public static async Task<Result<T>> WaitAsync<T>(Func<Task<Result<T>>> attempt, TimeSpan longest, TimeProvider time, CancellationToken cancellation)
    {
        for (var since = time.GetTimestamp(); ;)
        {
            var outcome = await attempt().ConfigureAwait(false);
            if (outcome.Ok || outcome.Problem.Code != Taken || time.GetElapsedTime(since) > longest) return outcome;
            await Task.Delay(s_betweenTries, time, cancellation).ConfigureAwait(false);
        }
    }
}
