using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Yunnao.Kernel;

namespace Yunnao.Trust.Keys;

/// <summary>
/// All keys of a platform, each wrapped by the master key, in one file <c>ring.json</c>. Of each use one key is current and makes what is new;
/// the retired ones go on reading what they made. Ids are drawn at random, so that a ring which is made anew after a loss names none of the
/// lost keys: what they encrypted is then known to lack its key, and is not taken for damaged. All members may be called from any thread.
/// </summary>
public sealed partial class KeyRing : IDisposable
{
    // Earlier versions counted from 1; what is drawn is above all that they can have made.
    private const int LeastId = 1 << 16;
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private IMasterKey _master;
    private volatile FrozenDictionary<int, DataKey> _keys;
    private DateTime _read;
    private long _looked;

    private KeyRing(string file, Suite suite, IMasterKey master, TimeProvider time, IEnumerable<DataKey> keys)
    {
        (_file, Suite, _master, _time, _keys) = (file, suite, master, time, keys.ToFrozenDictionary(k => k.Id));
        (_read, _looked) = (File.GetLastWriteTimeUtc(file), time.GetTimestamp());
    }

    /// <summary>The algorithms of what is new.</summary>
    public Suite Suite { get; }

    /// <summary>All keys, oldest first.</summary>
    public IEnumerable<DataKey> Keys => InOrder(_keys.Values);

    /// <summary>Id of the master key that wraps them.</summary>
    public string MasterId => _master.Id;

    /// <summary>
    /// Opens the keys of a data folder: <c>keys/ring.json</c>, wrapped by <c>keys/master.key</c> unless another master key is given; both are
    /// created where there are none. What is not given is as <see cref="KeySettings"/> say. Problems: <c>keys.*</c>.
    /// </summary>
    public static Result<KeyRing> Open(string folder, Suite? suite = null, IMasterKey? master = null, TimeProvider? time = null)
    {
        var file = Path.Combine(folder, "keys", "ring.json");
        if (!KeySettings.Suite().Try(out var chosen, out var problem)) return problem;
        chosen = suite ?? chosen;
        if (master is null && !KeySettings.Master(folder, create: !File.Exists(file), chosen).Try(out master, out problem)) return problem;
        return Read(file, master).Try(out var keys, out problem) ? new KeyRing(file, chosen, master, time ?? TimeProvider.System, keys) : problem;
    }

    /// <summary>
    /// Opens a copy of a ring that lies elsewhere, such as beside a backup, to read by it; nothing is made in it. Problems: <c>keys.ring-damaged</c>, <c>keys.unwrap</c>.
    /// </summary>
    /// <param name="master">The key that wraps it; belongs to the ring when it was opened.</param>
    public static Result<KeyRing> OpenCopy(string file, IMasterKey master) =>
        Read(file, master).Try(out var keys, out var problem) ? new KeyRing(file, Suite.Aes, master, TimeProvider.System, keys) : problem;

    /// <summary>The key that makes what is new; created when there is none yet.</summary>
    public DataKey Current(KeyUse use, Suite suite)
    {
        LookAgain();
        return Newest(use, suite) ?? Add(use, suite, onlyIfMissing: true);
    }

    /// <summary>The key that makes what is new, of the suite that it was last rotated to; created in the ring's suite when there is none yet.</summary>
    public DataKey Current(KeyUse use)
    {
        LookAgain();
        return Lasting(use);
    }

    /// <summary>The key of a use that is never replaced, because what it made is compared with what it makes: whatever its suite; created when there is none.</summary>
    public DataKey Lasting(KeyUse use) => _keys.Values.Where(k => k.Use == use && !k.Retired).MaxBy(k => k.Created) ?? Add(use, Suite, onlyIfMissing: true);

    /// <summary>The key of an id. Problem: <c>keys.unknown</c>.</summary>
    public Result<DataKey> Find(int id)
    {
        if (_keys.TryGetValue(id, out var key)) return key;

        // Another process may have made it since.
        LookAgain(now: true);
        return _keys.TryGetValue(id, out key)
            ? key
            : new Problem(ProblemKind.Unavailable, "keys.unknown", $"Key {id} is not in the ring. Restore {Path.GetFileName(_file)} from a later backup.");
    }

    /// <summary>Takes a key that was kept elsewhere into the ring; the same bytes again are the same key.</summary>
    public DataKey Import(KeyUse use, Suite suite, ReadOnlySpan<byte> bytes)
    {
        foreach (var key in _keys.Values)
        {
            if (key.Use == use && key.Suite == suite && key.Bytes.AsSpan().SequenceEqual(bytes)) return key;
        }

        return Add(use, suite, onlyIfMissing: false, bytes.ToArray());
    }

    /// <summary>Makes a new key for a use; from now on it makes what is new, and the old ones read what they made.</summary>
    public DataKey Rotate(KeyUse use, Suite suite) => Add(use, suite, onlyIfMissing: false);

    /// <summary>Wraps all keys by another master key. What they encrypted stays as it is.</summary>
    public void Rewrap(IMasterKey master)
    {
        lock (_lock)
        {
            using var held = KeyFile.Hold(_file);
            Write(_keys.Values, master);
            if (!ReferenceEquals(_master, master)) _master.Dispose();
            _master = master;
        }
    }

    /// <summary>32 bytes that belong to a name, derived from the key of a use: the recipient's key of pseudonyms.</summary>
    public byte[] Derive(KeyUse use, Suite suite, string name)
    {
        var key = Newest(use, suite) ?? Lasting(use);
        return Hashing.Keyed(key.Suite, key.Bytes, Encoding.UTF8.GetBytes(name));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _keys.Values) CryptographicOperations.ZeroMemory(key.Bytes);
        _master.Dispose();
    }

    private DataKey? Newest(KeyUse use, Suite suite)
    {
        DataKey? newest = null;
        foreach (var key in _keys.Values)
        {
            if (key.Use == use && !key.Retired && key.Suite == suite && (newest is null || key.Created > newest.Created)) newest = key;
        }

        return newest;
    }

    /// <summary>Reads the file again when another process has written it; looks at most once a second.</summary>
    private void LookAgain(bool now = false)
    {
        if (!now && _time.GetElapsedTime(Interlocked.Read(ref _looked)) < s_lookEvery) return;
        lock (_lock)
        {
            Interlocked.Exchange(ref _looked, _time.GetTimestamp());
            var written = File.GetLastWriteTimeUtc(_file);
            if (written == _read || !Read(_file, _master).Try(out var stored, out _)) return;
            (_keys, _read) = (stored.ToFrozenDictionary(k => k.Id), written);
        }
    }

    private DataKey Add(KeyUse use, Suite suite, bool onlyIfMissing, byte[]? given = null)
    {
        lock (_lock)
        {
            // Another process may have made one since.
            using var held = KeyFile.Hold(_file);
            var known = Read(_file, _master).Try(out var stored, out _) ? stored.Concat(_keys.Values).DistinctBy(k => k.Id).ToList() : [.. _keys.Values];
            if (onlyIfMissing && known.Where(k => k.Use == use && k.Suite == suite && !k.Retired).MaxBy(k => k.Created) is { } made)
            {
                _keys = known.ToFrozenDictionary(k => k.Id);
                return made;
            }

            var bytes = given ?? (use is KeyUse.AuditSeal or KeyUse.ExportSeal ? Signing.NewKey(suite) : RandomNumberGenerator.GetBytes(Aead.KeyBytes));
            var added = new DataKey(NewId(known), use, suite, bytes, _time.GetUtcNow(), Retired: false);
            var all = known.Select(k => k.Use == use ? k with { Retired = true } : k).Append(added).ToList();
            Write(all, _master);
            _keys = all.ToFrozenDictionary(k => k.Id);
            return added;
        }
    }

    private static int NewId(List<DataKey> known)
    {
        int id;
        do id = RandomNumberGenerator.GetInt32(LeastId, int.MaxValue);
        while (known.Exists(k => k.Id == id));
        return id;
    }

    private static IOrderedEnumerable<DataKey> InOrder(IEnumerable<DataKey> keys) => keys.OrderBy(k => k.Created).ThenBy(k => k.Id);

    private static Result<List<DataKey>> Read(string file, IMasterKey master)
    {
        if (!File.Exists(file)) return new List<DataKey>();
        RingFile? ring;
        try
        {
            ring = JsonSerializer.Deserialize(File.ReadAllBytes(file), RingJson.Default.RingFile);
        }
        catch (JsonException)
        {
            ring = null;
        }

        if (ring is null) return new Problem(ProblemKind.Unavailable, "keys.ring-damaged", "The file of the keys cannot be read. Restore it.", new(file));
        var keys = new List<DataKey>();
        foreach (var entry in ring.Keys)
        {
            if (!master.Unwrap(entry.Wrapped, Context(entry.Id, entry.Use, entry.Suite)).Try(out var bytes, out var problem)) return problem with { Where = new(file) };
            keys.Add(new(entry.Id, entry.Use, entry.Suite, bytes, entry.Created, entry.Retired));
        }

        return keys;
    }

    private void Write(IEnumerable<DataKey> keys, IMasterKey master)
    {
        var entries = InOrder(keys).Select(k => new RingEntry(k.Id, k.Use, k.Suite, k.Created, k.Retired, master.Wrap(k.Bytes, Context(k.Id, k.Use, k.Suite))));
        KeyFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(new RingFile(master.Id, [.. entries]), RingJson.Default.RingFile));
    }

    private static byte[] Context(int id, KeyUse use, Suite suite) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"yunnao key {id} {use} {suite}"));

    internal sealed record RingEntry(int Id, KeyUse Use, Suite Suite, DateTimeOffset Created, bool Retired, byte[] Wrapped);

    internal sealed record RingFile(string Master, IReadOnlyList<RingEntry> Keys);

    [JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(RingFile))]
    internal sealed partial class RingJson : JsonSerializerContext;
}
