using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// An approximate set of record keys (a Bloom filter whose bits for one key lie in one 64-bit word), outside managed memory. It never
/// says "no" for a key that is in it; it says "perhaps" for some of the others, at 20 bits a key for about one in 300. Where the wanted
/// size exceeds the limit, the keys are looked at in slices, one pass a slice. Adding and asking are safe from several threads at once.
/// </summary>
internal sealed unsafe class RecordFilter : IDisposable
{
    /// <summary>Bits a key where memory counts.</summary>
    public const int Frugal = 20;

    /// <summary>Bits a key where a wrong "perhaps" costs more than memory.</summary>
    public const int Generous = 64;

    private const int Ahead = 24;

    private readonly ulong _words;
    private ulong* _bits;

    /// <param name="keys">Expected number of keys; more only make "perhaps" more frequent.</param>
    /// <param name="maxBytes">Most memory to use.</param>
    public RecordFilter(long keys, int bitsPerKey, long maxBytes)
    {
        var bytes = Math.Max(4096, keys * bitsPerKey / 8);
        Slices = (int)((bytes + maxBytes - 1) / maxBytes);
        _words = (ulong)(bytes / Slices / 8) + 1;
        _bits = (ulong*)NativeMemory.AlignedAlloc((nuint)_words * 8, 64);
        Clear();
    }

    /// <summary>Memory used.</summary>
    public long Bytes => (long)_words * 8;

    /// <summary>Passes over the keys that are needed.</summary>
    public int Slices { get; }

    /// <summary>The slice of the present pass; keys of others are not looked at.</summary>
    public int Slice { get; private set; }

    /// <summary>Empties the filter and turns to a slice.</summary>
    public void Begin(int slice)
    {
        Slice = slice;
        Clear();
    }

    /// <summary>Adds keys; <paramref name="perhaps"/> tells for each whether it may have been there before.</summary>
    public void Add(ReadOnlySpan<UInt128> keys, Span<bool> perhaps) => Visit(keys, perhaps, add: true);

    /// <summary>Asks for keys; <paramref name="perhaps"/> tells for each whether it may be there.</summary>
    public void Ask(ReadOnlySpan<UInt128> keys, Span<bool> perhaps) => Visit(keys, perhaps, add: false);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_bits);
        _bits = null;
    }

    private void Clear() => NativeMemory.Clear(_bits, (nuint)_words * 8);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(ReadOnlySpan<UInt128> keys, Span<bool> perhaps, bool add)
    {
        ObjectDisposedException.ThrowIf(_bits is null, this);
        Span<ulong> hashes = stackalloc ulong[keys.Length];
        for (var i = 0; i < keys.Length; i++) hashes[i] = Hash(keys[i]);
        for (var i = 0; i < keys.Length; i++)
        {
            // The words are spread over the whole filter: fetching them early hides most of the wait for memory.
            if (Sse.IsSupported && i + Ahead < keys.Length) Sse.Prefetch0(Word(hashes[i + Ahead]));
            perhaps[i] = InSlice(hashes[i]) && (add ? AddOne(hashes[i]) : Holds(hashes[i]));
        }
    }

    private bool InSlice(ulong hash) => Slices == 1 || (int)(hash % (ulong)Slices) == Slice;

    private ulong* Word(ulong hash) => _bits + Math.BigMul(hash, _words, out _);

    private bool Holds(ulong hash)
    {
        var pattern = Pattern(hash);
        return (*Word(hash) & pattern) == pattern;
    }

    private bool AddOne(ulong hash)
    {
        var pattern = Pattern(hash);
        var word = Word(hash);
        if ((*word & pattern) == pattern) return true;
        return (Interlocked.Or(ref *word, pattern) & pattern) == pattern;
    }

    // Five bits, from bits of the product that did not choose the word.
    private static ulong Pattern(ulong hash)
    {
        var h = hash * 0x9E3779B97F4A7C15;
        return (1UL << (int)(h & 63)) | (1UL << (int)((h >> 6) & 63)) | (1UL << (int)((h >> 12) & 63))
            | (1UL << (int)((h >> 18) & 63)) | (1UL << (int)((h >> 24) & 63));
    }

    private static ulong Hash(UInt128 key)
    {
        var h = (ulong)key ^ (ulong)(key >> 64) * 0xD6E8FEB86659FD93;
        h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93;
        return h ^ (h >> 29);
    }
}
