using System.Data.Common;
using Yunnao.Kernel;
using Yunnao.Trust.Control;
using Yunnao.Trust.Keys;

namespace Yunnao.Trust.Audit;

/// <summary>
/// Reads the whole audit in its order and proves it: every hash, no gap, the head, every signature. Within a transaction of the caller, so that
/// events which are appended meanwhile are not taken for a fault.
/// </summary>
internal sealed class AuditVerifier(DbConnection connection, KeyRing keys)
{
    private const int MostProblems = 20;
    private readonly List<Problem> _problems = [];

    public async Task<AuditProof> RunAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        var seals = await connection.RowsAsync(
            r => new AuditSeal(r.GetInt64(0), ControlTime.Time(r.GetInt64(1)), (byte[])r[2], (int)r.GetInt64(3), (byte[])r[4]),
            "SELECT seq, at, hash, key_id, signature FROM audit_seal ORDER BY seq", cancellation).ConfigureAwait(false);
        var head = await AuditStore.HeadAsync(connection, "", cancellation).ConfigureAwait(false);
        var suite = head is not null && Enum.TryParse<Suite>(head.Suite, out var known) ? known : Suite.Aes;
        var (events, lastHash, proven) = await EventsAsync(suite, seals, progress, cancellation).ConfigureAwait(false);
        Head(head, events, lastHash);
        return new(events, seals.Count, proven, _problems);
    }

    private async Task<(long Events, byte[] Hash, long Sealed)> EventsAsync(Suite suite, List<AuditSeal> seals, IProgress<long>? progress, CancellationToken cancellation)
    {
        var chain = new AuditChain(suite);
        var (expected, hash, sealedUpTo, next) = (0L, AuditChain.Genesis(suite), 0L, 0);
        await using var command = connection.Command($"SELECT {AuditStore.Columns} FROM audit_event ORDER BY seq");
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var entry = AuditStore.Read(reader);
            expected++;
            if (entry.Sequence != expected)
            {
                Add("audit.missing", $"Event {expected} is missing; the next that is there is {entry.Sequence}.");
                expected = entry.Sequence;
            }
            else if (!chain.Next(hash, entry).AsSpan().SequenceEqual(entry.Hash))
            {
                Add("audit.changed", $"Event {entry.Sequence} is not what was written, or does not follow the one before it.");
            }

            hash = entry.Hash;
            while (next < seals.Count && seals[next].Sequence <= entry.Sequence)
            {
                if (Seal(seals[next], entry)) sealedUpTo = entry.Sequence;
                next++;
            }

            if (entry.Sequence % 10_000 == 0) progress?.Report(entry.Sequence);
        }

        foreach (var seal in seals.Skip(next)) Add("audit.tail", $"Event {seal.Sequence} was signed and is not there.");
        return (expected, hash, sealedUpTo);
    }

    private bool Seal(AuditSeal seal, AuditEntry entry)
    {
        var good = seal.Sequence == entry.Sequence && seal.Hash.AsSpan().SequenceEqual(entry.Hash)
            && keys.Find(seal.KeyId).Try(out var key, out _) && key.Use == KeyUse.AuditSeal
            && Signing.Verify(key.Suite, Signing.PublicKey(key.Suite, key.Bytes), AuditSeal.Signed(seal.Sequence, seal.At, seal.Hash), seal.Signature);
        if (!good) Add("audit.seal", $"The signature over event {seal.Sequence} does not hold.");
        return good;
    }

    private void Head(AuditStore.Head? head, long events, byte[] hash)
    {
        if (head is null)
        {
            if (events > 0) Add("audit.tail", "The head of the audit is missing.");
            return;
        }

        var proven = keys.Find(head.KeyId).Try(out var key, out _) && AuditLog.HeadMac(key, head.Sequence, head.Hash).AsSpan().SequenceEqual(head.Mac);
        if (!proven) Add("audit.tail", "The head of the audit is not what was written.");
        else if (head.Sequence != events || !head.Hash.AsSpan().SequenceEqual(hash)) Add("audit.tail", $"The audit ends with event {events}; its head says {head.Sequence}.");
    }

    private void Add(string code, Sentence message)
    {
        if (_problems.Count < MostProblems) _problems.Add(new(ProblemKind.Fault, code, message));
    }
}
