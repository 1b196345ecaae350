using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using Yunnao.Server.Connect;
using Yunnao.Trust.Revocation;

namespace Yunnao.Server.Accounts;

/// <summary>
/// Whether a token that is sound is still wanted. A caller's generation is read once and kept until its rights are taken back; single tokens
/// that were revoked are known in this process at once and from other processes within a second.
/// </summary>
public sealed partial class AccessGate(IServiceScopeFactory scopes, Revocations revocations, TimeProvider time, ILogger<AccessGate> log) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTime> _dead = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private long _last;

    private sealed record Known(int Generation, CancellationToken TakenBack);

    /// <summary>True while the token's caller is in the generation that the token was made in, and neither the token nor its authorization was revoked.</summary>
    public async ValueTask<bool> AllowsAsync(string caller, bool application, int generation, string? token, string? authorization, CancellationToken cancellation)
    {
        if ((token is not null && _dead.ContainsKey(token)) || (authorization is not null && _dead.ContainsKey(authorization))) return false;
        if (!_known.TryGetValue(caller, out var known) || known.TakenBack.IsCancellationRequested)
        {
            // Watched before it is read: what is taken back meanwhile is read again.
            var watch = revocations.Watch(caller);
            _known[caller] = known = new(await ReadGenerationAsync(caller, application, cancellation).ConfigureAwait(false), watch);
        }

        return generation == known.Generation;
    }

    /// <summary>A token, or all of an authorization, is dead.</summary>
    public async Task EndAsync(AccountsDb db, IEnumerable<string> tokens, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(tokens);
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var token in tokens)
        {
            db.AccessChanges.Add(new() { Token = token, Time = now });
            _dead[token] = now;
        }

        await db.SaveChangesAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads what others took back. Done before the first request.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                var db = scope.ServiceProvider.GetRequiredService<AccountsDb>();
                var (last, oldest) = (_last, time.GetUtcNow().UtcDateTime - 2 * ConnectOptions.AccessTokenLife);
                var changes = await db.AccessChanges.AsNoTracking().Where(c => c.Number > last && c.Time > oldest).OrderBy(c => c.Number).ToListAsync(cancellation).ConfigureAwait(false);
                foreach (var change in changes)
                {
                    _dead[change.Token] = change.Time;
                    _last = change.Number;
                }

                foreach (var (token, at) in _dead.Where(d => d.Value < oldest)) _dead.TryRemove(token, out _);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
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
