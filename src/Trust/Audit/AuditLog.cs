using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Yunnao.Trust.Control;
using Yunnao.Trust.Keys;

namespace Yunnao.Trust.Audit;

/// <summary>
/// The audit: append-only, each event hashed over the one before, the head kept with a keyed hash, signed from time to time. Events of all
/// callers are committed in groups; whoever appends waits until the own event is on the disk. Several processes may append at once.
/// </summary>
public sealed class AuditLog : IAsyncDisposable
{
    private const int MostWaiting = 65_536;
    private const int MostInGroup = 4096;
    private const int LongestText = 4000;

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ControlDb _control;
    private readonly KeyRing _keys;
    private readonly Suite _suite;
    private readonly TimeProvider _time;
    private readonly Channel<Pending> _waiting = Channel.CreateBounded<Pending>(MostWaiting);
    private readonly Task _writer;

    private readonly record struct Pending(AuditEvent Event, TaskCompletionSource Done);

    public AuditLog(ControlDb control, KeyRing keys, Suite suite, TimeProvider? time = null)
    {
        (_control, _keys, _suite, _time) = (control, keys, suite, time ?? TimeProvider.System);
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Called with each group of events after it is on the disk; must be quick.</summary>
    internal Action<IReadOnlyList<AuditEntry>>? Written { get; set; }

    /// <summary>
    /// Appends an event; completes when it is on the disk. Fails with the database's exception when it cannot be written: then whatever was
    /// to be audited must not be done.
    /// </summary>
    public Task AppendAsync(AuditEvent audited, CancellationToken cancellation = default)
    {
        var pending = new Pending(audited, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return _waiting.Writer.TryWrite(pending) ? pending.Done.Task : WaitAsync(pending, cancellation);
    }

    /// <summary>Signs the chain as it stands; null when nothing was appended since the last seal. Meant for every hour.</summary>
    public async Task<AuditSeal?> SealAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        if (await AuditStore.HeadAsync(connection, _control.Dialect.ForUpdate, cancellation).ConfigureAwait(false) is not { } head) return null;
        if (await connection.NumberAsync("SELECT max(seq) FROM audit_seal", cancellation).ConfigureAwait(false) >= head.Sequence) return null;
        var key = _keys.Current(KeyUse.AuditSeal, _suite);
        var at = ControlTime.Time(_time.GetUtcNow().Micros());
        var seal = new AuditSeal(head.Sequence, at, head.Hash, key.Id, Signing.Sign(key.Suite, key.Bytes, AuditSeal.Signed(head.Sequence, at, head.Hash)));
        await connection.ExecuteAsync(
            "INSERT INTO audit_seal (seq, at, hash, key_id, signature) VALUES (@seq, @at, @hash, @key, @signature)", cancellation,
            ("seq", seal.Sequence), ("at", seal.At.Micros()), ("hash", seal.Hash), ("key", (long)seal.KeyId), ("signature", seal.Signature)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return seal;
    }

    /// <summary>Writes what is waiting and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
    }

    private async Task WaitAsync(Pending pending, CancellationToken cancellation)
    {
        await _waiting.Writer.WriteAsync(pending, cancellation).ConfigureAwait(false);
        await pending.Done.Task.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        var group = new List<Pending>(MostInGroup);
        AuditSession? session = null;
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            while (group.Count < MostInGroup && _waiting.Reader.TryRead(out var pending)) group.Add(pending);
            try
            {
                session ??= await AuditSession.OpenAsync(_control).ConfigureAwait(false);
                var entries = await CommitAsync(session, group).ConfigureAwait(false);
                foreach (var pending in group) pending.Done.SetResult();
                Written?.Invoke(entries);
            }
            catch (Exception e) when (e is DbException or IOException or InvalidOperationException)
            {
                // Everybody who waits is told; the next group tries again over another connection.
                foreach (var pending in group) pending.Done.TrySetException(e);
                if (session is not null) await session.DisposeAsync().ConfigureAwait(false);
                session = null;
            }
        }

        if (session is not null) await session.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<AuditEntry>> CommitAsync(AuditSession session, List<Pending> group)
    {
        var entries = new List<AuditEntry>(group.Count);
        var now = ControlTime.Time(_time.GetUtcNow().Micros());

        // The chain keeps the hash of the suite with which it began, so that one algorithm proves all of it.
        await session.CommitAsync(() => Proven(0, AuditChain.Genesis(_suite), _suite.ToString()), head =>
        {
            var chain = new AuditChain(Enum.Parse<Suite>(head.Suite));
            var (sequence, hash) = (head.Sequence, head.Hash);
            foreach (var (audited, _) in group)
            {
                var entry = Entry(++sequence, now, audited);
                entries.Add(entry = entry with { Hash = chain.Next(hash, entry) });
                hash = entry.Hash;
            }

            return (entries, Proven(sequence, hash, head.Suite));
        }).ConfigureAwait(false);
        return entries;
    }

    private AuditStore.Head Proven(long sequence, byte[] hash, string suite)
    {
        var key = _keys.Current(KeyUse.AuditHead, _suite);
        return new(sequence, hash, suite, key.Id, HeadMac(key, sequence, hash));
    }

    internal static byte[] HeadMac(DataKey key, long sequence, byte[] hash) => Hashing.Keyed(key.Suite, key.Bytes, AuditSeal.Signed(sequence, default, hash));

    private static AuditEntry Entry(long sequence, DateTimeOffset at, AuditEvent e) => new(
        sequence, at, AuditWords.Of(e.Kind), Short(e.Who)!, Short(e.Purpose), Short(e.What), e.Subject, e.Rows, Short(e.Outcome)!,
        e.Details is { Count: > 0 } details ? JsonSerializer.Serialize(new SortedDictionary<string, string>(details.ToDictionary(d => d.Key, d => Short(d.Value)!), StringComparer.Ordinal), s_json) : null, []);

    /// <summary>A text as both databases keep it: not longer than is of use, and without the character that PostgreSQL refuses.</summary>
    private static string? Short(string? text) => text is null ? null
        : (text.Length <= LongestText ? text : text[..LongestText]).Replace('\0', '\uFFFD');
}
