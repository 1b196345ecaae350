using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using Yunnao.Trust.Control;

namespace Yunnao.Trust.Audit;

/// <summary>
/// The connection over which one process appends to the audit, kept open with its prepared statements: opening one and writing new statements
/// for every group cost several times what the rows do. PostgreSQL gets the rows as a binary COPY, SQLite one by one.
/// </summary>
internal sealed class AuditSession : IAsyncDisposable
{
    /// <summary>Pages of the write-ahead log between two checkpoints: each one writes pages of the indexes at random places, which more of it saves.</summary>
    private const int CheckpointPages = 16_384;

    private static readonly string[] s_columns = AuditStore.Columns.Split(", ");

    private readonly DbConnection _connection;
    private readonly ControlDialect _dialect;
    private readonly DbCommand? _insert;

    private AuditSession(DbConnection connection, ControlDialect dialect)
    {
        (_connection, _dialect) = (connection, dialect);
        if (dialect.IsPostgreSql) return;
        _insert = connection.Command($"INSERT INTO audit_event ({AuditStore.Columns}) VALUES ({string.Join(", ", s_columns.Select(c => "@" + c))})");
        foreach (var column in s_columns) _insert.Add("@" + column, null);
    }

    public static async Task<AuditSession> OpenAsync(ControlDb control)
    {
        var connection = await control.ConnectAsync().ConfigureAwait(false);
        try
        {
            var session = new AuditSession(connection, control.Dialect);
            if (session._insert is not null)
            {
                await connection.ExecuteAsync($"PRAGMA wal_autocheckpoint = {CheckpointPages}", default).ConfigureAwait(false);
                await session._insert.PrepareAsync().ConfigureAwait(false);
            }

            return session;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// One group: <paramref name="chain"/> is given the head as no other writer can change it until the commit, and gives the entries that
    /// follow it and the new head. All of it is on the disk on return.
    /// </summary>
    /// <param name="first">The head of an empty audit.</param>
    public async Task CommitAsync(Func<AuditStore.Head> first, Func<AuditStore.Head, (IReadOnlyList<AuditEntry> Entries, AuditStore.Head Head)> chain)
    {
        await using var transaction = await _connection.BeginTransactionAsync().ConfigureAwait(false);
        if (await AuditStore.HeadAsync(_connection, _dialect.ForUpdate, default).ConfigureAwait(false) is not { } head)
        {
            var empty = first();
            await AuditStore.BeginAsync(_connection, empty, default).ConfigureAwait(false);
            head = await AuditStore.HeadAsync(_connection, _dialect.ForUpdate, default).ConfigureAwait(false) ?? empty;
        }

        var (entries, next) = chain(head);
        if (_connection is NpgsqlConnection postgreSql) await CopyAsync(postgreSql, entries).ConfigureAwait(false);
        else Insert(entries, transaction);
        await AuditStore.PutHeadAsync(_connection, next, default).ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_insert is not null) await _insert.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private void Insert(IReadOnlyList<AuditEntry> entries, DbTransaction transaction)
    {
        _insert!.Transaction = transaction;
        var to = _insert.Parameters;
        foreach (var e in entries)
        {
            ReadOnlySpan<object?> values =
            [
                e.Sequence, e.At.Micros(), e.Kind, e.Who, e.Purpose, e.What, e.Subject is { } subject ? unchecked((long)subject) : null, e.Rows, e.Outcome, e.Details, e.Hash,
            ];
            for (var i = 0; i < values.Length; i++) to[i].Value = values[i] ?? DBNull.Value;
            _insert.ExecuteNonQuery();
        }
    }

    private static async Task CopyAsync(NpgsqlConnection connection, IReadOnlyList<AuditEntry> entries)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY audit_event ({AuditStore.Columns}) FROM STDIN (FORMAT BINARY)").ConfigureAwait(false);
        foreach (var e in entries)
        {
            copy.StartRow();
            copy.Write(e.Sequence, NpgsqlDbType.Bigint);
            copy.Write(e.At.Micros(), NpgsqlDbType.Bigint);
            Text(e.Kind);
            Text(e.Who);
            Text(e.Purpose);
            Text(e.What);
            Number(e.Subject is { } subject ? unchecked((long)subject) : null);
            Number(e.Rows);
            Text(e.Outcome);
            Text(e.Details);
            copy.Write(e.Hash, NpgsqlDbType.Bytea);
        }

        await copy.CompleteAsync().ConfigureAwait(false);

        void Text(string? text)
        {
            if (text is null) copy.WriteNull();
            else copy.Write(text, NpgsqlDbType.Text);
        }

        void Number(long? number)
        {
            if (number is { } there) copy.Write(there, NpgsqlDbType.Bigint);
            else copy.WriteNull();
        }
    }
}
