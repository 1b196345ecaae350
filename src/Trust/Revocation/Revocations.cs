using System.Collections.Concurrent;
using System.Data.Common;
using Yunnao.Trust.Control;

namespace Yunnao.Trust.Revocation;

/// <summary>
/// Ends what was begun under a right that is taken back. Each caller has an epoch in the control database; a new epoch cancels the token of
/// all Scopes made before, in this process at once and in others when they next look, which they do every second.
/// </summary>
public sealed class Revocations : IAsyncDisposable
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);

    /// <summary>How far back a look goes, so that clocks of several machines may differ by that.</summary>
    private static readonly TimeSpan s_overlap = TimeSpan.FromMinutes(2);

    private readonly ControlDb _control;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _watched = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _known = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _looking;

    internal Revocations(ControlDb control, TimeProvider time)
    {
        (_control, _time) = (control, time);
        _looking = Task.Run(LookAsync);
    }

    /// <summary>When the last look failed, or null. Scopes go on meanwhile; a database that stays away stops the making of new ones.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>The token of all Scopes that are made for a caller from now on until its rights are taken back.</summary>
    public CancellationToken Watch(string caller) => _watched.GetOrAdd(caller, _ => new()).Token;

    /// <summary>Takes back what a caller was given so far: call it whenever roles, organisations or the account itself change. On return it holds here, within 5 s elsewhere.</summary>
    public async Task RevokeAsync(string caller, CancellationToken cancellation = default)
    {
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        var epoch = await connection.NumberAsync(
            """
            INSERT INTO rights_epoch (caller, epoch, changed) VALUES (@caller, 1, @now)
            ON CONFLICT (caller) DO UPDATE SET epoch = rights_epoch.epoch + 1, changed = excluded.changed
            RETURNING epoch
            """,
            cancellation, ("caller", caller), ("now", _time.GetUtcNow().Micros())).ConfigureAwait(false);

        // Known here, so that the next look does not end what is begun from now on.
        _known.AddOrUpdate(caller, epoch!.Value, (_, known) => Math.Max(known, epoch.Value));
        Cancel(caller);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
        _end.Dispose();
    }

    private void Cancel(string caller)
    {
        if (_watched.TryRemove(caller, out var watched)) watched.Cancel();
    }

    private async Task LookAsync()
    {
        var since = _time.GetUtcNow();
        var first = true;
        using var timer = new PeriodicTimer(s_lookEvery, TimeProvider.System);
        try
        {
            do
            {
                try
                {
                    var now = _time.GetUtcNow();
                    await LookAsync(since - s_overlap, silently: first).ConfigureAwait(false);
                    (since, first, FailingSince) = (now, false, null);
                }
                catch (DbException)
                {
                    FailingSince ??= _time.GetUtcNow();
                }
            }
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    /// <summary>Epochs that are new since the last look end the Scopes of their callers.</summary>
    private async Task LookAsync(DateTimeOffset since, bool silently)
    {
        await using var connection = await _control.ConnectAsync(_end.Token).ConfigureAwait(false);
        var changed = await connection.RowsAsync(
            r => (Caller: r.GetString(0), Epoch: r.GetInt64(1)), "SELECT caller, epoch FROM rights_epoch WHERE changed >= @since", _end.Token,
            ("since", since.Micros())).ConfigureAwait(false);
        foreach (var (caller, epoch) in changed)
        {
            var known = _known.GetValueOrDefault(caller);
            if (epoch <= known) continue;
            _known[caller] = epoch;
            if (!silently) Cancel(caller);
        }
    }
}
