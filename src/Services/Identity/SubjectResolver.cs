using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Yunnao.Lake.DuckDb.Functions;

namespace Yunnao.Services.Identity;

/// <summary>
/// Local patient numbers to subjects, in memory for speed and in the vault for good. A number never seen before gets a new random
/// subject at once; <see cref="WriteNew"/> brings those into the vault before the lake commits.
/// </summary>
/// <remarks>
/// Identity is deterministic for now: the same valid ID number is the same person, else a person is a local number within an institution.
/// The in-memory key is a seeded 128-bit hash that never leaves the process.
/// </remarks>
/// <param name="vault">Where the subjects are for good.</param>
/// <param name="mostRemembered">Local numbers kept in memory, at 24 bytes each; when there are more, some are forgotten and asked of the vault again.</param>
/// <param name="mostWaiting">Numbers never seen before that wait to be written before those who bring more have to wait, too.</param>
public sealed class SubjectResolver(Vault vault, int mostRemembered = 1 << 22, int mostWaiting = 100_000) : ISubjectResolver
{
    private const int MissesBeforeListing = 2000;
    private const int MostListed = 1_000_000;
    private const int WrittenAtOnce = 256;
    private const byte Separator = 0x1F;
    private static readonly TimeSpan s_betweenWrites = TimeSpan.FromMilliseconds(5);

    // By the hash of this process; numbers that were listed from the vault and not met yet, by its keyed hash.
    private readonly SubjectCache _known = new(mostRemembered);
    private readonly Dictionary<string, Institution> _institutions = new(StringComparer.Ordinal);
    private Dictionary<UInt128, (string Organisation, string Local, ulong Subject)> _new = [];
    private Dictionary<UInt128, (string Organisation, string Local, ulong Subject)> _writing = [];
    private bool _isWriting;
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
    private readonly object _turn = new();

    /// <inheritdoc/>
    public ulong Resolve(ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> local)
    {
        var memory = MemoryKey(organisation, local);
        return _known.TryGet(memory, out var subject) ? subject : ResolveMiss(memory, organisation, local);
    }

    /// <summary>Takes what a record says of a person: links the local number to the subject that has the same ID number, and keeps the values.</summary>
    /// <returns>A change when the local number was known as another subject before this.</returns>
    internal SubjectChange? Learn(VaultWriter writer, LocalIdentity identity)
    {
        byte[] organisation = Encoding.UTF8.GetBytes(identity.Organisation), local = Encoding.UTF8.GetBytes(identity.Local);
        var key = vault.KeyOf(organisation, local);
        var memory = MemoryKey(organisation, local);
        lock (_turn)
        {
            var fresh = !_known.TryGet(memory, out var subject) && !TryFind(InstitutionOf(identity.Organisation), key, out subject);
            var before = fresh ? null : writer.Read(key, identity.Organisation);
            var merged = before is null ? identity : Merge(before, identity);
            var linked = merged.Values.TryGetValue("id_number", out var idNumber) ? writer.FindSubject("id_number", idNumber) : null;
            ulong? old = null;
            if (linked is { } same)
            {
                if (!fresh && same != subject) old = subject;
                subject = same;
            }
            else if (fresh)
            {
                subject = NewSubject();
            }

            if (before is null || old is not null || !SameValues(before, merged)) writer.Put(key, merged, subject, before is not null);
            _new.Remove(key);
            _known.Put(memory, subject);
            if (old is not null)
            {
                // It may have been listed as who it was.
                _known.Put(key, subject);
                vault.Merges.Forget();
            }

            return old is { } moved ? new SubjectChange(writer.IsUsed(moved) ? identity.Organisation : null, moved, subject) : null;
        }
    }

    /// <summary>Takes that a local number was replaced by another one of the institution: they are one person from now on. Numbers never seen before become known.</summary>
    internal void Merge(VaultWriter writer, string organisation, string prior, string surviving, int batch, DateTimeOffset now)
    {
        var none = new Dictionary<string, string>();
        foreach (var local in (string[])[prior, surviving]) Learn(writer, new(organisation, local, none));
        writer.Merge(organisation, KeyOf(prior), KeyOf(surviving), batch, now);

        UInt128 KeyOf(string local) => vault.KeyOf(Encoding.UTF8.GetBytes(organisation), Encoding.UTF8.GetBytes(local));
    }

    /// <summary>
    /// Writes the numbers that are met while rows are resolved, on a thread of its own until <paramref name="resolved"/>. Meanwhile those who resolve
    /// wait when too many numbers wait to be written.
    /// </summary>
    internal Task WriteNewAsync(VaultWriter writer, CancellationToken resolved) => Task.Factory.StartNew(
        () =>
        {
            lock (_turn) _isWriting = true;
            try
            {
                while (!resolved.IsCancellationRequested)
                {
                    if (!WriteNew(writer)) resolved.WaitHandle.WaitOne(s_betweenWrites);
                }
            }
            finally
            {
                lock (_turn)
                {
                    _isWriting = false;
                    Monitor.PulseAll(_turn);
                }
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>
    /// Writes the local numbers met since the last call that no record has described yet; false when there are none. May run while rows
    /// are resolved: those who resolve wait for a few numbers at most.
    /// </summary>
    internal bool WriteNew(VaultWriter writer)
    {
        lock (_turn)
        {
            if (_new.Count == 0) return false;
            (_writing, _new) = (_new, _writing);
            Monitor.PulseAll(_turn);
        }

        foreach (var some in _writing.OrderBy(m => m.Value.Organisation, StringComparer.Ordinal).ThenBy(m => m.Key).Chunk(WrittenAtOnce))
        {
            lock (_turn)
            {
                foreach (var (key, (organisation, local, subject)) in some) writer.Put(key, new(organisation, local, new Dictionary<string, string>()), subject, replaces: false);
            }
        }

        lock (_turn) _writing.Clear();
        return true;
    }

    /// <summary>Forgets everything in memory: after a batch that did not commit, the vault alone is right.</summary>
    internal void Forget()
    {
        lock (_turn)
        {
            _known.Clear();
            _institutions.Clear();
            (_new, _writing) = ([], []);
        }
    }

    private ulong ResolveMiss(UInt128 memory, ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> local)
    {
        var key = vault.KeyOf(organisation, local);
        lock (_turn)
        {
            while (_isWriting && _new.Count >= mostWaiting) Monitor.Wait(_turn);
            if (_known.TryGet(memory, out var known)) return known;
            var institution = InstitutionOf(Encoding.UTF8.GetString(organisation));
            if (!TryFind(institution, key, out var subject))
            {
                subject = NewSubject();
                _new[key] = (institution.Name, Encoding.UTF8.GetString(local), subject);
            }

            _known.Put(memory, subject);
            return subject;
        }
    }

    private Institution InstitutionOf(string name)
    {
        if (!_institutions.TryGetValue(name, out var institution)) _institutions.Add(name, institution = new(name));
        return institution;
    }

    /// <summary>
    /// Of the first misses of an institution, and as soon as anything was forgotten, the vault is asked one by one. In between all numbers of the
    /// institution are in memory, unless they are very many.
    /// </summary>
    private bool TryFind(Institution institution, UInt128 key, out ulong subject)
    {
        if (_new.TryGetValue(key, out var met) || _writing.TryGetValue(key, out met))
        {
            subject = met.Subject;
            return true;
        }

        if (++institution.Misses == MissesBeforeListing && _known.IsWhole && !vault.HasMoreLocals(institution.Name, MostListed))
        {
            foreach (var (listed, of) in vault.Locals(institution.Name)) _known.Put(listed, of);
            institution.IsListed = true;
        }

        return _known.TryGet(key, out subject) || (!(institution.IsListed && _known.IsWhole) && vault.TryFindLocal(institution.Name, key, out subject));
    }

    private UInt128 MemoryKey(ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> local)
    {
        Span<byte> joined = organisation.Length + local.Length < 500 ? stackalloc byte[organisation.Length + local.Length + 1] : new byte[organisation.Length + local.Length + 1];
        organisation.CopyTo(joined);
        joined[organisation.Length] = Separator;
        local.CopyTo(joined[(organisation.Length + 1)..]);
        return XxHash128.HashToUInt128(joined, _seed);
    }

    private static ulong NewSubject() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    private static LocalIdentity Merge(LocalIdentity before, LocalIdentity now)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (kind, value) in before.Values) values[kind] = value;
        foreach (var (kind, value) in now.Values) values[kind] = value;
        return now with { Values = values };
    }

    private static bool SameValues(LocalIdentity a, LocalIdentity b) =>
        a.Values.Count == b.Values.Count && a.Values.All(v => b.Values.TryGetValue(v.Key, out var other) && other == v.Value);

    private sealed class Institution(string name)
    {
        public string Name { get; } = name;

        /// <summary>Numbers that were not in memory.</summary>
        public int Misses { get; set; }

        /// <summary>True when all numbers of the institution that the vault held then were put into memory.</summary>
        public bool IsListed { get; set; }
    }
}
