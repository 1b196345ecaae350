using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Yunnao.Kernel;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Identity;

/// <summary>
/// The only place that knows who a subject is: a SQLite file of its own. Every identifying value in it is encrypted; beside it
/// stand keyed hashes for exact look-up, so that nothing can be read or guessed from the file without the key.
/// </summary>
/// <remarks>
/// <c>identity</c>: one row a local patient number: its keyed hash, the subject, the sealed values.
/// <c>identity_history</c>: the sealed values that were replaced.
/// <c>move</c>: local identities that became another subject by the last batch that had any, so that their rows are moved even where
/// a crash came between the commit of the vault and that of the lake.
/// <c>merge</c>: local numbers that turned out to be one person, over the identities, which keep their subjects.
/// <c>lookup</c>: keyed hash of an ID number, health card, other number or phone → local identity.
/// </remarks>
public sealed class Vault : IDisposable
{
    /// <summary>The file in the data folder.</summary>
    public const string FileName = "vault.db";

    /// <summary>What a person is found by.</summary>
    internal static readonly string[] LookupKinds = ["id_number", "health_card", "identifier", "phone"];
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _local;
    private readonly VaultCipher _cipher;
    private readonly KeyRing _keys;

    private Vault(SqliteConnection connection, VaultCipher cipher, KeyRing keys)
    {
        (_connection, _cipher, _keys, Merges) = (connection, cipher, keys, new(connection));
        NameBook = BookOf(NameBook.MostOfMemory);
        _local = connection.CreateCommand();
        _local.CommandText = "SELECT subject FROM identity WHERE organisation = $organisation AND key = $key";
        _local.Parameters.Add(new SqliteParameter("$organisation", null));
        _local.Parameters.Add(new SqliteParameter("$key", null));
    }

    /// <summary>Persons who turned out to be one.</summary>
    internal MergeBook Merges { get; }

    /// <summary>
    /// Opens the vault in a data folder and creates it when it is not there. Problems: <c>vault.key-missing</c>, <c>vault.key-damaged</c>,
    /// <c>vault.newer</c>.
    /// </summary>
    /// <param name="keys">The keys of the folder; they outlive the vault.</param>
    public static Result<Vault> Open(string folder, KeyRing keys)
    {
        Directory.CreateDirectory(folder);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, FileName), Pooling = false }.ToString());
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -65536");
        if (VaultLayout.Make(connection, folder, keys) is not { } problem) return new Vault(connection, new VaultCipher(keys), keys);
        connection.Dispose();
        return problem;
    }

    /// <summary>The person whose ID number, health card or phone this is, by exact look-up; several when institutions disagree.</summary>
    public IReadOnlyList<ulong> Find(string kind, string value)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT i.subject FROM lookup l JOIN identity i USING (organisation, key) WHERE l.kind = $kind AND l.value = $value";
        command.Parameters.AddWithValue("$kind", kind);
        command.Parameters.AddWithValue("$value", Bytes(_cipher.Hash(kind, value)));
        using var reader = command.ExecuteReader();
        var found = new List<ulong>();
        while (reader.Read()) found.Add(SurvivorOf(unchecked((ulong)reader.GetInt64(0))));
        return [.. found.Distinct()];
    }

    /// <summary>The subject under which the person of this one is found: another one where its number was merged.</summary>
    public ulong SurvivorOf(ulong subject) => Merges.Survivors.GetValueOrDefault(subject, subject);

    /// <summary>Who is called what.</summary>
    internal NameBook NameBook { get; }

    /// <summary>A book of the names, which follows what other connections write.</summary>
    internal NameBook BookOf(int most) => new(_connection, _cipher, most);

    /// <summary>The names by which institutions know these persons, decrypted; to compare, for nobody to see. A person comes as often as there are names.</summary>
    internal IEnumerable<(ulong Subject, string Name)> Names(IReadOnlyList<ulong> subjects, CancellationToken cancellation)
    {
        var persons = new Dictionary<ulong, ulong>();
        foreach (var subject in subjects)
            foreach (var one in Merges.PersonOf(subject)) persons[one] = subject;
        return NameBook.Of(persons.Keys, cancellation).Select(n => (persons[n.Subject], n.Name));
    }

    /// <summary>What the institutions say of a person, decrypted. Only for those who may see it.</summary>
    public IReadOnlyList<LocalIdentity> Reveal(ulong subject)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT key, organisation, sealed FROM identity WHERE subject IN ({string.Join(", ", Merges.PersonOf(subject).Select(s => unchecked((long)s)))}) ORDER BY organisation, key";
        using var reader = command.ExecuteReader();
        var found = new List<LocalIdentity>();
        while (reader.Read()) found.Add(Unseal((byte[])reader[0], reader.GetString(1), (byte[])reader[2]));
        return found;
    }

    /// <summary>
    /// Seals every value again that an older key sealed, so that this key is needed no more; returns how many. Runs in transactions of some
    /// thousand rows; stopped anywhere, the rest is done next time.
    /// </summary>
    public long Reseal(CancellationToken cancellation = default)
    {
        var (current, done) = (_keys.Current(KeyUse.Vault).Id, 0L);
        foreach (var table in (ReadOnlySpan<string>)["identity", "identity_history"])
        {
            for (var some = Older(table, current); some.Count > 0; some = Older(table, current))
            {
                cancellation.ThrowIfCancellationRequested();
                using var transaction = _connection.BeginTransaction();
                using var command = _connection.CreateCommand();
                command.CommandText = $"UPDATE {table} SET sealed = $new WHERE key = $key AND organisation = $organisation AND sealed = $old";
                foreach (var (key, organisation, old) in some)
                {
                    command.Parameters.Clear();
                    command.Parameters.AddWithValue("$new", _cipher.Seal(_cipher.Open(old, key), key));
                    command.Parameters.AddWithValue("$key", key);
                    command.Parameters.AddWithValue("$organisation", organisation);
                    command.Parameters.AddWithValue("$old", old);
                    done += command.ExecuteNonQuery();
                }

                transaction.Commit();
            }
        }

        return done;
    }

    private List<(byte[] Key, string Organisation, byte[] Sealed)> Older(string table, int current)
    {
        var id = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(id, current);
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT key, organisation, sealed FROM {table} WHERE substr(sealed, 1, 4) <> $id LIMIT 5000";
        command.Parameters.AddWithValue("$id", id);
        using var reader = command.ExecuteReader();
        var found = new List<(byte[], string, byte[])>();
        while (reader.Read()) found.Add(((byte[])reader[0], reader.GetString(1), (byte[])reader[2]));
        return found;
    }

    /// <summary>Identities in the vault and persons (subjects) behind them.</summary>
    public (long Identities, long Subjects) Count()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT count(*), count(DISTINCT subject) FROM identity";
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    public void Dispose()
    {
        _local.Dispose();
        _connection.Dispose();
        _cipher.Dispose();
    }

    internal UInt128 KeyOf(ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> local) => _cipher.Hash(organisation, local);

    internal UInt128 LookupOf(string kind, string value) => _cipher.Hash(kind, value);

    internal VaultWriter Write(int batch) => new(_connection, this, batch);

    /// <summary>The moves of a batch that the vault has committed and the lake has not, in their order: the lake gives its number to the next one.</summary>
    internal IReadOnlyList<SubjectChange> Torn(int nextBatch)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT organisation, old, new FROM move WHERE batch >= $next ORDER BY rowid";
        command.Parameters.AddWithValue("$next", nextBatch);
        using var reader = command.ExecuteReader();
        var moves = new List<SubjectChange>();
        while (reader.Read()) moves.Add(new(reader.IsDBNull(0) ? null : reader.GetString(0), unchecked((ulong)reader.GetInt64(1)), unchecked((ulong)reader.GetInt64(2))));
        return moves;
    }

    internal bool TryFindLocal(string organisation, UInt128 key, out ulong subject)
    {
        _local.Parameters[0].Value = organisation;
        _local.Parameters[1].Value = Bytes(key);
        var found = _local.ExecuteScalar();
        subject = found is long value ? unchecked((ulong)value) : 0;
        return found is not null;
    }

    /// <summary>True when an institution has more local identities than this.</summary>
    internal bool HasMoreLocals(string organisation, int number)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT 1 FROM identity WHERE organisation = $organisation LIMIT 1 OFFSET $number";
        command.Parameters.AddWithValue("$organisation", organisation);
        command.Parameters.AddWithValue("$number", number);
        return command.ExecuteScalar() is not null;
    }

    /// <summary>All local identities of an institution: keyed hash and subject.</summary>
    internal IEnumerable<(UInt128 Key, ulong Subject)> Locals(string organisation)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT key, subject FROM identity WHERE organisation = $organisation";
        command.Parameters.AddWithValue("$organisation", organisation);
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return (BinaryPrimitives.ReadUInt128BigEndian((byte[])reader[0]), unchecked((ulong)reader.GetInt64(1)));
    }

    internal byte[] Seal(LocalIdentity identity, byte[] key)
    {
        var clear = JsonSerializer.SerializeToUtf8Bytes(new SealedIdentity(identity.Local, identity.Values), SealedJson.Default.SealedIdentity);
        return _cipher.Seal(clear, key);
    }

    internal LocalIdentity Unseal(byte[] key, string organisation, byte[] sealedValue)
    {
        var content = JsonSerializer.Deserialize(_cipher.Open(sealedValue, key), SealedJson.Default.SealedIdentity)!;
        return new(organisation, content.Local, content.Values);
    }

    internal static byte[] Bytes(UInt128 key)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return bytes;
    }

    internal static bool IsLookup(string kind) => LookupKinds.Contains(kind);

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
