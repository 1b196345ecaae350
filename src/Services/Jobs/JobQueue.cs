using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yunnao.Kernel;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Jobs;

/// <summary>
/// Does the jobs, one at a time in the order in which they were asked for: what changes the lake is one writer's work anyway. A job that is
/// running when the server stops, or is killed, waits again and is begun again at the next start.
/// </summary>
public sealed partial class JobQueue(JobStore store, IEnumerable<IJobKind> kinds, AuditLog audit, TimeProvider time, ILogger<JobQueue> log) : BackgroundService
{
    private static readonly TimeSpan s_betweenNews = TimeSpan.FromMilliseconds(200), s_afterFailure = TimeSpan.FromSeconds(5), s_longestWait = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, IJobKind> _kinds = kinds.ToDictionary(k => k.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Job> _news = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _waiting = new(0);

    /// <summary>Puts a job at the end of the queue; on return it survives a crash.</summary>
    public async Task<Job> AddAsync(string kind, object arguments, string who, CancellationToken cancellation)
    {
        if (!_kinds.ContainsKey(kind)) throw new ArgumentException($"No kind of job is called '{kind}'.", nameof(kind));
        var now = time.GetUtcNow();
        var id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds():x12}{RandomNumberGenerator.GetHexString(14, lowercase: true)}");
        var job = new Job(id, kind, who, JsonSerializer.SerializeToElement(arguments, ApiJson.Options), JobState.Queued, null, 0, 0, now, null, null, null);
        await store.AddAsync(job, cancellation).ConfigureAwait(false);
        await audit.AppendAsync(new(AuditKind.Job, who) { What = id, Details = new Dictionary<string, string> { ["kind"] = kind } }, cancellation).ConfigureAwait(false);
        _waiting.Release();
        return job;
    }

    /// <summary>A job as it is now. Problem: <c>job.unknown</c>.</summary>
    public async Task<Result<Job>> FindAsync(string id, CancellationToken cancellation)
    {
        if (_news.TryGetValue(id, out var current)) return current;
        return await store.FindAsync(id, cancellation).ConfigureAwait(false) is { } job ? job : new Problem(ProblemKind.NotFound, "job.unknown", "There is no job of this id, or it is another's.");
    }

    /// <summary>The newest jobs, newest first; of one caller, or of all.</summary>
    public async Task<IReadOnlyList<Job>> NewestAsync(string? who, int limit, CancellationToken cancellation) =>
        [.. (await store.NewestAsync(who, limit, cancellation).ConfigureAwait(false)).Select(j => _news.GetValueOrDefault(j.Id, j))];

    /// <summary>Stops a job at the next safe point, or takes it out of the queue. Problems: <c>job.unknown</c>, <c>job.ended</c>.</summary>
    public async Task<Result<Job>> CancelAsync(string id, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, cancellation).ConfigureAwait(false)).Try(out var job, out var problem)) return problem;
        if (_running.TryGetValue(id, out var running))
        {
            await running.CancelAsync().ConfigureAwait(false);
            return job;
        }

        var cancelled = job with { State = JobState.Cancelled, Ended = time.GetUtcNow() };
        return await store.MoveAsync(cancelled, JobState.Queued, cancellation).ConfigureAwait(false)
            ? cancelled
            : new Problem(ProblemKind.Conflict, "job.ended", $"The job has ended: {job.State.ToString().ToLowerInvariant()}.");
    }

    /// <summary>The job each time it has changed, until it is final.</summary>
    public async IAsyncEnumerable<Job> FollowAsync(string id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Job? last = null;
        while (!cancellation.IsCancellationRequested)
        {
            if (!(await FindAsync(id, cancellation).ConfigureAwait(false)).Try(out var job, out _)) yield break;
            if (job != last) yield return last = job;
            if (job.Final) yield break;
            await Task.Delay(s_betweenNews, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _waiting.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await store.NextAsync(stoppingToken).ConfigureAwait(false) is { } job)
                {
                    await RunAsync(job, stoppingToken).ConfigureAwait(false);
                    continue;
                }
            }
            catch (DbException e)
            {
                Unreachable(e.GetType().Name);
                await Task.Delay(s_afterFailure, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await _waiting.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(Job job, CancellationToken stopping)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var running = job with { State = JobState.Running, Started = time.GetUtcNow(), Attempts = job.Attempts + 1 };
        _running[job.Id] = cancel;
        try
        {
            if (!await store.MoveAsync(running, JobState.Queued, CancellationToken.None).ConfigureAwait(false)) return;
            _news[job.Id] = running;
            Began(job.Id, job.Kind, running.Attempts);
            var ended = await EndAsync(running, cancel.Token, stopping).ConfigureAwait(false);
            await store.MoveAsync(ended, JobState.Running, CancellationToken.None).ConfigureAwait(false);
            Ended(job.Id, job.Kind, ended.State);
        }
        finally
        {
            _running.TryRemove(job.Id, out _);
            _news.TryRemove(job.Id, out _);
        }
    }

    private async Task<Job> EndAsync(Job running, CancellationToken cancellation, CancellationToken stopping)
    {
        void Report(string step, double fraction) => _news[running.Id] = running with { Step = step, Fraction = fraction };
        try
        {
            var done = await WriterTurn.WaitAsync(() => _kinds[running.Kind].RunAsync(running.Arguments, Report, cancellation), s_longestWait, time, cancellation).ConfigureAwait(false);
            return done.Try(out var outcome, out var problem)
                ? running with { State = JobState.Done, Ended = time.GetUtcNow(), Fraction = 1, Outcome = JsonSerializer.SerializeToElement(outcome, KeptSentence.Options) }
                : Failed(running, problem);
        }
        catch (OperationCanceledException)
        {
            return stopping.IsCancellationRequested ? running with { State = JobState.Queued, Step = null } : running with { State = JobState.Cancelled, Ended = time.GetUtcNow() };
        }
        catch (Exception e) when (FullDisk.Caused(e))
        {
            return Failed(running, FullDisk.Problem);
        }
        catch (Exception bug)
        {
            // The message of an exception may hold a value of a record; its type and stack do not.
            Broken(running.Id, bug.GetType().FullName, bug.StackTrace);
            return Failed(running, new(ProblemKind.Fault, "job.fault", $"A defect: {bug.GetType()}."));
        }
    }

    private Job Failed(Job running, Problem problem) => running with
    {
        State = JobState.Failed,
        Ended = time.GetUtcNow(),
        Outcome = JsonSerializer.SerializeToElement(new { code = problem.Code, kind = problem.Kind, detail = problem.Message, where = problem.Where }, KeptSentence.Options),
    };

    [LoggerMessage(2101, LogLevel.Information, "Job {Id} ({Kind}) began, attempt {Attempt}")]
    private partial void Began(string id, string kind, int attempt);

    [LoggerMessage(2102, LogLevel.Information, "Job {Id} ({Kind}) ended: {State}")]
    private partial void Ended(string id, string kind, JobState state);

    [LoggerMessage(2104, LogLevel.Warning, "The table of jobs cannot be reached ({Type}); trying again")]
    private partial void Unreachable(string type);

    [LoggerMessage(2103, LogLevel.Error, "Job {Id} ended in a defect: {Type} {Stack}")]
    private partial void Broken(string id, string? type, string? stack);
}
