using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// Memory that the disk takes from as it is: its first byte stands as far behind the beginning of a page as that byte will stand in the file. Rented, since
/// the collector moves and clears other memory.
/// </summary>
internal sealed class PageBuffer
{
    /// <summary>What of a file and of memory goes to the disk by itself begins at multiples of it and has such a length: no disk wants more.</summary>
    public const int Page = 4096;

    private const int Smallest = 1 << 16;
    private const long MostKept = 64 << 20;
    private static readonly ConcurrentBag<byte[]>[] Idle = [.. Enumerable.Range(0, 32).Select(_ => new ConcurrentBag<byte[]>())];
    private static long _kept;
    private readonly int _phase;
    private byte[] _array;

    private PageBuffer(byte[] array, int start, int length, int phase) => (_array, Memory, _phase) = (array, array.AsMemory(start, length), phase);

    /// <summary>How far behind the beginning of a page a position is.</summary>
    public static int Used(long position) => (int)(position & (Page - 1));

    /// <summary>How far before the end of a page a position is; 0 where one begins.</summary>
    public static int Rest(long position) => (int)(-position & (Page - 1));

    /// <summary>The bytes: as many as were asked for, or more. Nothing after <see cref="Return"/>.</summary>
    public Memory<byte> Memory { get; private set; }

    /// <summary>Bytes with room for a length, and for a page behind it.</summary>
    /// <param name="phase">How far behind the beginning of a page the first one stands.</param>
    public static PageBuffer Rent(int length, int phase)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length + phase + (2 * Page), Smallest));
        if (Idle[BitOperations.Log2((uint)size)].TryTake(out var array)) Interlocked.Add(ref _kept, -size);
        else array = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        var start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) & (Page - 1)) + phase;
        return new(array, start, size - start, phase);
    }

    /// <summary>Room for more, with what stands in this one, which is given back.</summary>
    public PageBuffer Grow(int length)
    {
        var larger = Rent(Math.Max(length, Memory.Length * 2), _phase);
        Memory.CopyTo(larger.Memory);
        Return();
        return larger;
    }

    public void Return()
    {
        var array = _array;
        (_array, Memory) = ([], default);
        if (array.Length == 0 || Interlocked.Read(ref _kept) > MostKept) return;
        Interlocked.Add(ref _kept, array.Length);
        Idle[BitOperations.Log2((uint)array.Length)].Add(array);
    }
}
