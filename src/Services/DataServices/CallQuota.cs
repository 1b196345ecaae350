using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.DataServices;

/// <summary>
/// Counts what each caller takes: requests in the running minute, requests and rows in the running day (UTC). Days are written to the control
/// database every few seconds; a server that is killed forgets those seconds, no more.
/// </summary>
public sealed class CallQuota(DataOptions options, UsageStore store, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_writeEvery = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Taken> _callers = new(StringComparer.Ordinal);

    private sealed class Taken(int day, long requests, long rows)
    {
        public Lock Gate { get; } = new();

        public int Day { get; set; } = day;

        public long Requests { get; set; } = requests;

        public long Rows { get; set; } = rows;

        public long Minute { get; set; }

        public int InMinute { get; set; }

        public long NewRequests { get; set; }

        public long NewRows { get; set; }
    }

    /// <summary>Counts a request, or says why it is not answered and how many seconds to wait. Problems: <c>data.too-often</c>, <c>data.quota</c>.</summary>
    public async ValueTask<(Problem? Problem, int Wait)> TakeAsync(string caller, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (day, minute) = (DateOnly.FromDateTime(now.UtcDateTime).DayNumber, now.ToUnixTimeSeconds() / 60);
        if (!_callers.TryGetValue(caller, out var taken))
        {
            var (requests, rows) = await store.ReadAsync(day, caller, cancellation).ConfigureAwait(false);
            taken = _callers.GetOrAdd(caller, _ => new Taken(day, requests, rows));
        }

        var limits = LimitsOf(caller);
        lock (taken.Gate)
        {
            if (taken.Day != day) (taken.Day, taken.Requests, taken.Rows) = (day, 0, 0);
            if (taken.Minute != minute) (taken.Minute, taken.InMinute) = (minute, 0);
            if (taken.Requests >= limits.RequestsPerDay || taken.Rows >= limits.RowsPerDay)
            {
                return (new(ProblemKind.Busy, "data.quota", $"The day's share ({limits.RequestsPerDay} requests, {limits.RowsPerDay} rows) is used up."), (int)(86_400 - now.ToUnixTimeSeconds() % 86_400));
            }

            if (taken.InMinute >= limits.RequestsPerMinute)
            {
                return (new(ProblemKind.Busy, "data.too-often", $"More than {limits.RequestsPerMinute} requests in this minute."), (int)(60 - now.ToUnixTimeSeconds() % 60));
            }

            taken.InMinute++;
            taken.Requests++;
            taken.NewRequests++;
            return (null, 0);
        }
    }

    /// <summary>Counts a request of anybody but the local administrator, or answers it with 429, the problem and <c>Retry-After</c>.</summary>
    internal async ValueTask<ProblemAnswer?> RefuseAsync(HttpContext http)
    {
        if (CallerId.IsLocal(http.User) || await TakeAsync(CallerId.Of(http.User), http.RequestAborted).ConfigureAwait(false) is not ({ } refused, var wait)) return null;
        http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        return new(refused) { Status = StatusCodes.Status429TooManyRequests };
    }

    /// <summary>What a caller took today, and what it may take.</summary>
    public async Task<UsageView> UsageAsync(string caller, CancellationToken cancellation)
    {
        await WriteAsync().ConfigureAwait(false);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var (requests, rows) = await store.ReadAsync(today.DayNumber, caller, cancellation).ConfigureAwait(false);
        return new(caller, today, requests, rows, LimitsOf(caller));
    }

    /// <summary>What all callers took on a day, most requests first; today when nothing is said.</summary>
    public async Task<IReadOnlyList<UsageView>> UsageOfDayAsync(DateOnly? day, CancellationToken cancellation)
    {
        await WriteAsync().ConfigureAwait(false);
        var of = day ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return [.. (await store.ReadDayAsync(of.DayNumber, cancellation).ConfigureAwait(false)).Select(u => new UsageView(u.Caller, of, u.Requests, u.Rows, LimitsOf(u.Caller)))];
    }

    private DataLimits LimitsOf(string caller) => options.LimitsOf.GetValueOrDefault(caller, options.Limits);

    /// <summary>Counts rows that were given.</summary>
    public void Count(string caller, long rows)
    {
        if (!_callers.TryGetValue(caller, out var taken)) return;
        lock (taken.Gate) (taken.Rows, taken.NewRows) = (taken.Rows + rows, taken.NewRows + rows);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(s_writeEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await WriteAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteAsync()
    {
        var (day, news) = (DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber, new List<(string, long, long)>());
        foreach (var (caller, taken) in _callers)
        {
            lock (taken.Gate)
            {
                if (taken.NewRequests + taken.NewRows > 0) news.Add((caller, taken.NewRequests, taken.NewRows));
                (taken.NewRequests, taken.NewRows) = (0, 0);
            }
        }

        if (news.Count == 0) return;
        try
        {
            await store.AddAsync(day, news, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException)
        {
            // The counts in memory still hold; these seconds are missing after a restart.
        }
    }
}
