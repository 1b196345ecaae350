using Microsoft.Data.Sqlite;

namespace Yunnao.Services.Identity;

/// <summary>One transaction of the vault: what a batch learned about persons. Written before the lake's own commit, so no row ever points to an unknown subject.</summary>
internal sealed class VaultWriter : IDisposable
{
    private readonly Vault _vault;
    private readonly SqliteConnection _connection;
    private bool _open = true;
    private readonly SqliteCommand _keep;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _look;
    private readonly SqliteCommand _byLookup;
    private readonly SqliteCommand _sealed;
    private readonly SqliteCommand _others;
    private readonly SqliteCommand _move;

    public VaultWriter(SqliteConnection connection, Vault vault, int batch)
    {
        (_vault, _connection) = (vault, connection);
        Execute("BEGIN IMMEDIATE");
        _keep = Command("INSERT INTO identity_history SELECT organisation, key, $batch, subject, sealed FROM identity WHERE key = $key AND organisation = $organisation", "$key", "$organisation");
        _put = Command("INSERT OR REPLACE INTO identity (key, organisation, subject, sealed, batch) VALUES ($key, $organisation, $subject, $sealed, $batch)", "$key", "$organisation", "$subject", "$sealed");
        _look = Command("INSERT OR IGNORE INTO lookup (kind, value, organisation, key) VALUES ($kind, $value, $organisation, $key)", "$kind", "$value", "$organisation", "$key");
        _byLookup = Command("SELECT i.subject FROM lookup l JOIN identity i USING (organisation, key) WHERE l.kind = $kind AND l.value = $value ORDER BY i.batch, key LIMIT 1", "$kind", "$value");
        _sealed = Command("SELECT sealed FROM identity WHERE key = $key AND organisation = $organisation", "$key", "$organisation");
        _others = Command("SELECT count(*) FROM identity WHERE subject = $subject", "$subject");
        _move = Command("INSERT INTO move (batch, organisation, old, new) VALUES ($batch, $organisation, $old, $new)", "$organisation", "$old", "$new");

        SqliteCommand Command(string sql, params string[] parameters)
        {
            var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var name in parameters) command.Parameters.Add(new SqliteParameter(name, null));
            if (sql.Contains("$batch", StringComparison.Ordinal)) command.Parameters.AddWithValue("$batch", batch);
            command.Prepare();
            return command;
        }
    }

    /// <summary>The subject that already has this value (an ID number), or null.</summary>
    public ulong? FindSubject(string kind, string value)
    {
        _byLookup.Parameters[0].Value = kind;
        _byLookup.Parameters[1].Value = Vault.Bytes(_vault.LookupOf(kind, value));
        return _byLookup.ExecuteScalar() is long subject ? unchecked((ulong)subject) : null;
    }

    /// <summary>What the vault holds of a local identity, or null.</summary>
    public LocalIdentity? Read(UInt128 key, string organisation)
    {
        var bytes = Vault.Bytes(key);
        _sealed.Parameters[0].Value = bytes;
        _sealed.Parameters[1].Value = organisation;
        return _sealed.ExecuteScalar() is byte[] sealedValue ? _vault.Unseal(bytes, organisation, sealedValue) : null;
    }

    /// <summary>Writes a local identity; an earlier state of it goes to the history.</summary>
    public void Put(UInt128 key, LocalIdentity identity, ulong subject, bool replaces)
    {
        var bytes = Vault.Bytes(key);
        if (replaces)
        {
            _keep.Parameters[0].Value = bytes;
            _keep.Parameters[1].Value = identity.Organisation;
            _keep.ExecuteNonQuery();
        }

        _put.Parameters[0].Value = bytes;
        _put.Parameters[1].Value = identity.Organisation;
        _put.Parameters[2].Value = unchecked((long)subject);
        _put.Parameters[3].Value = _vault.Seal(identity, bytes);
        _put.ExecuteNonQuery();
        foreach (var (kind, value) in identity.Values)
        {
            if (!Vault.IsLookup(kind)) continue;
            _look.Parameters[0].Value = kind;
            _look.Parameters[1].Value = Vault.Bytes(_vault.LookupOf(kind, value));
            _look.Parameters[2].Value = identity.Organisation;
            _look.Parameters[3].Value = bytes;
            _look.ExecuteNonQuery();
        }
    }

    /// <summary>Notes whose rows this batch moves, in place of what earlier batches noted.</summary>
    public void Move(IEnumerable<SubjectChange> changes)
    {
        Execute("DELETE FROM move");
        foreach (var change in changes)
        {
            _move.Parameters[0].Value = (object?)change.Organisation ?? DBNull.Value;
            _move.Parameters[1].Value = unchecked((long)change.Old);
            _move.Parameters[2].Value = unchecked((long)change.New);
            _move.ExecuteNonQuery();
        }
    }

    /// <summary>Notes that a local number was replaced by another one; both have been learned.</summary>
    public void Merge(string organisation, UInt128 prior, UInt128 surviving, int batch, DateTimeOffset now) =>
        _vault.Merges.Record(organisation, Vault.Bytes(prior), Vault.Bytes(surviving), batch, now);

    /// <summary>True when some local identity is still this subject.</summary>
    public bool IsUsed(ulong subject)
    {
        _others.Parameters[0].Value = unchecked((long)subject);
        return (long)_others.ExecuteScalar()! > 0;
    }

    public void Commit()
    {
        Execute("COMMIT");
        _open = false;
    }

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_keep, _put, _look, _byLookup, _sealed, _others, _move]) command.Dispose();
        if (!_open) return;
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself: it does so when the disk is full or cannot be read. What went wrong is on its way up.
        }

        _vault.Merges.Forget();
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
