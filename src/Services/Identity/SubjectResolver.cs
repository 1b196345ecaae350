using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
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
/// <param name="mostRemembered">Local numbers kept in memory, those of whole institutions included; when there are more, all are forgotten and asked of the vault again. Some 100 bytes each.</param>
public sealed class SubjectResolver(Vault vault, int mostRemembered = 4_000_000) : ISubjectResolver
{
    private const int MissesBeforePreload = 2000;
    private const int MostPreloaded = 1_000_000;
    private const int WrittenAtOnce = 256;
    private const byte Separator = 0x1F;
    private readonly ConcurrentDictionary<UInt128, ulong> _subjects = new();
    private readonly Dictionary<string, Dictionary<UInt128, ulong>> _preloaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _misses = new(StringComparer.Ordinal);
    private Dictionary<UInt128, (string Organisation, string Local, ulong Subject)> _new = [];
    private Dictionary<UInt128, (string Organisation, string Local, ulong Subject)> _writing = [];
    private int _remembered;
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ulong Resolve(ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> local)
    {
        var memory = MemoryKey(organisation, local);
        return _subjects.TryGetValue(memory, out var subject) ? subject : ResolveMiss(memory, organisation, local);
    }

    /// <summary>Takes what a record says of a person: links the local number to the subject that has the same ID number, and keeps the values.</summary>
    /// <returns>A change when the local number was known as another subject before this.</returns>
    internal SubjectChange? Learn(VaultWriter writer, LocalIdentity identity)
    {
        byte[] organisation = Encoding.UTF8.GetBytes(identity.Organisation), local = Encoding.UTF8.GetBytes(identity.Local);
        var key = vault.KeyOf(organisation, local);
        var memory = MemoryKey(organisation, local);
        lock (_lock)
        {
            var fresh = !_subjects.TryGetValue(memory, out var subject) && !vault.TryFindLocal(identity.Organisation, key, out subject);
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
            Remember(memory, subject);
            if (old is not null) vault.Merges.Forget();
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
    /// Writes the local numbers met since the last call that no record has described yet; false when there are none. May run while rows
    /// are resolved: those who resolve wait for a few numbers at most.
    /// </summary>
    internal bool WriteNew(VaultWriter writer)
    {
        lock (_lock) (_writing, _new) = (_new, []);
        foreach (var some in _writing.OrderBy(m => m.Value.Organisation, StringComparer.Ordinal).ThenBy(m => m.Key).Chunk(WrittenAtOnce))
        {
            lock (_lock)
            {
                foreach (var (key, (organisation, local, subject)) in some) writer.Put(key, new(organisation, local, new Dictionary<string, string>()), subject, replaces: false);
            }
        }

        var any = _writing.Count > 0;
        lock (_lock) _writing = [];
        return any;
    }

    /// <summary>Forgets everything in memory: after a batch that did not commit, the vault alone is right.</summary>
    internal void Forget()
    {
        lock (_lock)
        {
            ForgetKnown();
            _new.Clear();
            _writing = [];
        }
    }

    private void ForgetKnown()
    {
        _subjects.Clear();
        _preloaded.Clear();
        _misses.Clear();
        _remembered = 0;
    }

    private ulong ResolveMiss(UInt128 memory, ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> local)
    {
        var key = vault.KeyOf(organisation, local);
        lock (_lock)
        {
            if (_subjects.TryGetValue(memory, out var known)) return known;
            var name = Encoding.UTF8.GetString(organisation);
            if (!TryFind(name, key, out var subject))
            {
                subject = NewSubject();
                _new[key] = (name, Encoding.UTF8.GetString(local), subject);
            }

            Remember(memory, subject);
            return subject;
        }
    }

    /// <summary>What is read again from the vault, where the transaction of the batch is seen too, need not be kept.</summary>
    private void Remember(UInt128 memory, ulong subject)
    {
        if (++_remembered > mostRemembered) ForgetKnown();
        _subjects[memory] = subject;
    }

    /// <summary>The first misses of an institution ask the vault one by one; after that its whole list is read at once, unless it is very long.</summary>
    private bool TryFind(string organisation, UInt128 key, out ulong subject)
    {
        if (_new.TryGetValue(key, out var met) || _writing.TryGetValue(key, out met))
        {
            subject = met.Subject;
            return true;
        }

        if (_preloaded.TryGetValue(organisation, out var all)) return all.TryGetValue(key, out subject);
        ref var misses = ref CollectionsMarshal.GetValueRefOrAddDefault(_misses, organisation, out _);
        if (++misses != MissesBeforePreload || vault.HasMoreLocals(organisation, MostPreloaded)) return vault.TryFindLocal(organisation, key, out subject);
        all = vault.Locals(organisation).ToDictionary(l => l.Key, l => l.Subject);
        if (_remembered + all.Count > mostRemembered) ForgetKnown();
        _remembered += all.Count;
        _preloaded[organisation] = all;
        return all.TryGetValue(key, out subject);
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
}
