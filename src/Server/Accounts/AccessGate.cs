using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using Yunnao.Server.Connect;
using Yunnao.Trust.Control;
using Yunnao.Trust.Revocation;

namespace Yunnao.Server.Accounts;

/// <summary>
/// Whether a token that is sound is still wanted. A caller's generation is read once and kept until its rights are taken back; single tokens
/// that were revoked are known in this process at once and from other processes within a second.
/// </summary>
public sealed partial class AccessGate(IServiceScopeFactory scopes, ControlDb control, Revocations revocations, TimeProvider time, ILogger<AccessGate> log) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>How far back a look goes, so that clocks of several machines may differ by that.</summary>
    private static readonly TimeSpan s_overlap = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTime> _dead = new(StringComparer.Ordinal);
    private DateTime? _read;

    private sealed record Known(int Generation, CancellationToken TakenBack);

    /// <summary>True while the token's caller is in the generation that the token was made in, and neither the token nor its authorization was revoked.</summary>
    public async ValueTask<bool> AllowsAsync(string caller, bool application, int generation, string? token, string? authorization, CancellationToken cancellation)
    {
        if ((token is not null && _dead.ContainsKey(token)) || (authorization is not null && _dead.ContainsKey(authorization))) return false;
        if (!_known.TryGetValue(caller, out var known) || known.TakenBack.IsCancellationRequested || generation > known.Generation)
        {
            // A token of a newer generation, which only we sign, was made after rights were changed by another process of which this one has not heard yet.
            // Watched before it is read: what is taken back meanwhile is read again.
            var watch = revocations.Watch(caller);
            _known[caller] = known = new(await ReadGenerationAsync(caller, application, cancellation).ConfigureAwait(false), watch);
        }

        return generation == known.Generation;
    }

    /// <summary>Tokens, or all of an authorization, are dead.</summary>
    public async Task EndAsync(IEnumerable<string> tokens, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var now = time.GetUtcNow().UtcDateTime;
        var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            foreach (var token in tokens)
            {
                _dead[token] = now;
                await connection.ExecuteAsync("""INSERT INTO access_change ("Token", "Time") VALUES (@token, @time)""", cancellation, ("token", token), ("time", now)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads what others took back. Done before the first request.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var oldest = now - 2 * ConnectOptions.AccessTokenLife;
        var since = _read is { } read && read - s_overlap > oldest ? read - s_overlap : oldest;
        var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var changes = await connection.RowsAsync(
                r => (Token: r.GetString(0), Time: r.GetDateTime(1)), """SELECT "Token", "Time" FROM access_change WHERE "Time" > @since""", cancellation, ("since", since)).ConfigureAwait(false);
            foreach (var (token, at) in changes) _dead[token] = at;
        }

        _read = now;
        foreach (var (token, _) in _dead.Where(d => d.Value < oldest)) _dead.TryRemove(token, out _);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The model of accounts is made here, and not when the first caller waits for it.
        await Task.Yield();
        await ReadGenerationAsync("-", application: true, stoppingToken).ConfigureAwait(false);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(s_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) return;
            try
            {
                await ReadAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Unread(e.GetType().Name);
            }
        }
    }

    private async Task<int> ReadGenerationAsync(string caller, bool application, CancellationToken cancellation)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return application
                ? await GenerationOfApplicationAsync(scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>(), caller, cancellation).ConfigureAwait(false)
                : await scope.ServiceProvider.GetRequiredService<AccountsDb>().Users.Where(a => a.Id == caller && !a.Disabled).Select(a => (int?)a.Generation).FirstOrDefaultAsync(cancellation).ConfigureAwait(false) ?? -1;
        }
    }

    private static async Task<int> GenerationOfApplicationAsync(IOpenIddictApplicationManager applications, string caller, CancellationToken cancellation) =>
        await applications.FindByClientIdAsync(caller, cancellation).ConfigureAwait(false) is { } found
            ? (await ApplicationFacts.OfAsync(applications, found, cancellation).ConfigureAwait(false)).Generation
            : -1;

    [LoggerMessage(3101, LogLevel.Warning, "What was revoked elsewhere could not be read ({Type}); trying again")]
    private partial void Unread(string type);
}
