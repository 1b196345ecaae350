using System.Data.Common;
using Yunnao.Trust.Control;

namespace Yunnao.Trust.Audit;

/// <summary>The audit's tables: reading and writing of rows, nothing else.</summary>
internal static class AuditStore
{
    public const string Columns = "seq, at, kind, who, purpose, what, subject, rows, outcome, details, hash";

    /// <summary>The last event as the head says, with what proves the head; null before the first.</summary>
    public sealed record Head(long Sequence, byte[] Hash, string Suite, int KeyId, byte[] Mac);

    public static async Task<Head?> HeadAsync(DbConnection connection, string forUpdate, CancellationToken cancellation) =>
        (await connection.RowsAsync(
            r => new Head(r.GetInt64(0), (byte[])r[1], r.GetString(2), (int)r.GetInt64(3), (byte[])r[4]),
            $"SELECT seq, hash, suite, key_id, mac FROM audit_head WHERE id = 1{forUpdate}", cancellation).ConfigureAwait(false)).FirstOrDefault();

    public static Task PutHeadAsync(DbConnection connection, Head head, CancellationToken cancellation) => connection.ExecuteAsync(
        """
        INSERT INTO audit_head (id, seq, hash, suite, key_id, mac) VALUES (1, @seq, @hash, @suite, @key, @mac)
        ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, suite = excluded.suite, key_id = excluded.key_id, mac = excluded.mac
        """,
        cancellation, ("seq", head.Sequence), ("hash", head.Hash), ("suite", head.Suite), ("key", (long)head.KeyId), ("mac", head.Mac));

    /// <summary>Writes the head of an empty audit, unless another process was quicker.</summary>
    public static Task BeginAsync(DbConnection connection, Head head, CancellationToken cancellation) => connection.ExecuteAsync(
        "INSERT INTO audit_head (id, seq, hash, suite, key_id, mac) VALUES (1, @seq, @hash, @suite, @key, @mac) ON CONFLICT (id) DO NOTHING",
        cancellation, ("seq", head.Sequence), ("hash", head.Hash), ("suite", head.Suite), ("key", (long)head.KeyId), ("mac", head.Mac));

    public static AuditEntry Read(DbDataReader r) => new(
        r.GetInt64(0), ControlTime.Time(r.GetInt64(1)), r.GetString(2), r.GetString(3), r.TextOrNull(4), r.TextOrNull(5),
        r.NumberOrNull(6) is { } subject ? unchecked((ulong)subject) : null, r.NumberOrNull(7), r.GetString(8), r.TextOrNull(9), (byte[])r[10]);
}
