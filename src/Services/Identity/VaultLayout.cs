using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Yunnao.Kernel;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Identity;

/// <summary>
/// The layout of the vault's file by its <c>user_version</c>. 0: keys of its own in a file of 64 bytes (<c>keys/vault.key</c>, or where YUNNAO_VAULT_KEY_FILE says),
/// values as nonce, tag, ciphertext. 1: keys of the ring, values begin with the id of their key.
/// </summary>
internal static class VaultLayout
{
    private const int KeyLength = 32;
    private const long Newest = 1;
    private static readonly string[] s_sealed = ["identity", "identity_history"];

    /// <summary>
    /// Makes the tables, or brings an old vault to the newest layout: its keys go into the ring first, then all values are rewritten in one
    /// transaction, then the old file of keys is deleted; killed anywhere, the next opening goes on. Problems: <c>vault.key-missing</c>,
    /// <c>vault.key-damaged</c>, <c>vault.newer</c>.
    /// </summary>
    public static Problem? Make(SqliteConnection connection, string folder, KeyRing keys)
    {
        var file = Environment.GetEnvironmentVariable("YUNNAO_VAULT_KEY_FILE") is { Length: > 0 } named ? named : Path.Combine(folder, "keys", "vault.key");
        var version = Number(connection, "PRAGMA user_version");
        if (version > Newest) return new(ProblemKind.Unsupported, "vault.newer", $"The vault was written by a newer program (layout {version}); start that one.");
        var any = Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'identity'") > 0 && Number(connection, "SELECT count(*) FROM (SELECT 1 FROM identity LIMIT 1)") > 0;
        Execute(connection, """
            CREATE TABLE IF NOT EXISTS identity (organisation TEXT NOT NULL, key BLOB NOT NULL, subject INTEGER NOT NULL, sealed BLOB NOT NULL, batch INTEGER NOT NULL, PRIMARY KEY (organisation, key)) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS identity_subject ON identity (subject);
            CREATE TABLE IF NOT EXISTS identity_history (organisation TEXT NOT NULL, key BLOB NOT NULL, batch INTEGER NOT NULL, subject INTEGER NOT NULL, sealed BLOB NOT NULL);
            CREATE INDEX IF NOT EXISTS identity_batch ON identity (batch);
            CREATE INDEX IF NOT EXISTS identity_history_batch ON identity_history (batch);
            CREATE TABLE IF NOT EXISTS lookup (kind TEXT NOT NULL, value BLOB NOT NULL, organisation TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (kind, value, organisation, key)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS merge (number INTEGER PRIMARY KEY, organisation TEXT NOT NULL, prior BLOB NOT NULL, surviving BLOB NOT NULL, batch INTEGER NOT NULL, recorded INTEGER NOT NULL, undone INTEGER, undone_by TEXT, told INTEGER NOT NULL DEFAULT 0);
            CREATE TABLE IF NOT EXISTS move (batch INTEGER NOT NULL, organisation TEXT, old INTEGER NOT NULL, new INTEGER NOT NULL);
            """);
        if (any && version < Newest && Adopt(connection, file, keys) is { } problem) return problem;
        if (any && !keys.Keys.Any(k => k.Use == KeyUse.VaultLookup))
            return new(ProblemKind.Unavailable, "vault.key-missing", "The vault holds persons, but their keys are not in the ring. Restore keys/ring.json and its master key.", new(folder));
        Execute(connection, $"PRAGMA user_version = {Newest}");
        if (any && File.Exists(file)) File.Delete(file);
        return null;
    }

    private static Problem? Adopt(SqliteConnection connection, string file, KeyRing keys)
    {
        if (!File.Exists(file))
            return new(ProblemKind.Unavailable, "vault.key-missing", "The vault exists but its key file does not. Restore the key file, or set YUNNAO_VAULT_KEY_FILE.", new(file));
        var bytes = File.ReadAllBytes(file);
        if (bytes.Length != 2 * KeyLength)
            return new(ProblemKind.Unavailable, "vault.key-damaged", $"A vault key file has {2 * KeyLength} bytes; this one has {bytes.Length}.", new(file));
        var key = keys.Import(KeyUse.Vault, Suite.Aes, bytes.AsSpan(0, KeyLength));
        keys.Import(KeyUse.VaultLookup, Suite.Aes, bytes.AsSpan(KeyLength));
        CryptographicOperations.ZeroMemory(bytes);
        var id = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(id, key.Id);
        var prefix = Convert.ToHexString(id);

        // Nonce (12), tag (16), ciphertext become id, nonce, ciphertext, tag: the same key and the same nonce, nothing is decrypted.
        var rewrite = string.Join(' ', s_sealed.Select(t =>
            $"UPDATE {t} SET sealed = CAST(x'{prefix}' || substr(sealed, 1, 12) || substr(sealed, 29) || substr(sealed, 13, 16) AS BLOB);"));
        Execute(connection, $"BEGIN IMMEDIATE; {rewrite} PRAGMA user_version = {Newest}; COMMIT;");
        return null;
    }

    /// <summary>The one number that a statement gives.</summary>
    public static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
