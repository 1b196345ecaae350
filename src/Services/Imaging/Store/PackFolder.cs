using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// Files of images one behind the other in few large files (packs): a billion small files would cost the file system more than the images.
/// Only the last pack grows (<see cref="Tail"/>). Each file is encrypted by itself, those of earlier versions stand in clear. One writer; any number of readers.
/// </summary>
internal sealed partial class PackFolder : IDisposable
{
    private const int KeepSize = 1;
    private const int PunchHole = 2;
    private readonly PackFiles _files;
    private readonly KeyRing _keys;

    private PackFolder(PackFiles files, KeyRing keys, PackTail tail) => (_files, _keys, Tail) = (files, keys, tail);

    /// <summary>Where what comes is written.</summary>
    public PackTail Tail { get; }

    /// <summary>Opens the packs of a folder, which is created if absent.</summary>
    /// <param name="packSize">A pack that has reached this length is followed by another.</param>
    /// <param name="room">The most zeros that are written behind the end while nobody stores (bytes); see <see cref="PackRoom"/>.</param>
    /// <param name="flushes">False where what is stored is not flushed: the system writes it when it likes.</param>
    public static PackFolder Open(string folder, long packSize, KeyRing keys, long room = 0, bool flushes = true)
    {
        Directory.CreateDirectory(folder);
        var files = new PackFiles(folder);
        return new(files, keys, new(files, packSize, room, flushes));
    }

    /// <summary>Opens the file at a place.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="UnauthorizedAccessException">Its key is not there, which is no damage.</exception>
    public PackedFile Open(PackPlace place)
    {
        Span<byte> beginning = stackalloc byte[PackRecord.HeaderLength + SealedReader.HeadLength];
        var (pack, start) = (_files.Open(place.Pack), place.Offset + PackRecord.HeaderLength);
        if (RandomAccess.Read(pack, beginning, place.Offset) < beginning.Length || !PackRecord.Seals(beginning)) return new(pack, start, null);
        if (SealedReader.Open(beginning[PackRecord.HeaderLength..], place.Length, _keys).Try(out var reader, out var problem)) return new(pack, start, reader);
        throw problem.Code == "keys.unknown" ? new UnauthorizedAccessException(problem.Message.ToString()) : new InvalidDataException("A file in a pack is not what was written.");
    }

    /// <summary>The record at a place; null when there is none.</summary>
    public PackRecord? ReadRecord(int pack, long offset)
    {
        if (!File.Exists(_files.PathOf(pack))) return null;
        Span<byte> header = stackalloc byte[PackRecord.HeaderLength];
        var filled = 0;
        while (filled < header.Length)
        {
            var read = RandomAccess.Read(_files.Open(pack), header[filled..], offset + filled);
            if (read == 0) return null;
            filled += read;
        }

        return PackRecord.Read(header);
    }

    /// <summary>Offset of the first whole record at or behind an offset; null when there is none. Records begin at multiples of 8.</summary>
    public long? FindRecord(int pack, long from)
    {
        var length = LengthOf(pack);
        if (ReadRecord(pack, from) is { } there && from + there.Size <= length) return from;
        var window = new byte[1 << 20];
        for (var at = from + 8 & ~7L; at < length; at += window.Length)
        {
            var read = RandomAccess.Read(_files.Open(pack), window, at);
            if (!window.AsSpan(0, read).ContainsAnyExcept((byte)0)) continue;
            for (var i = 0; i + 8 <= read; i += 8)
            {
                if (!PackRecord.Begins(window.AsSpan(i))) continue;
                if (ReadRecord(pack, at + i) is { } record && at + i + record.Size <= length) return at + i;
            }
        }

        return null;
    }

    /// <summary>Length of a pack; 0 when there is none.</summary>
    public long LengthOf(int pack) => File.Exists(_files.PathOf(pack)) ? RandomAccess.GetLength(_files.Open(pack)) : 0;

    /// <summary>Erases the file of a record: its bytes are overwritten with zeros and given back to the file system; the header stays, marked.</summary>
    public void Erase(PackPlace place)
    {
        if (ReadRecord(place.Pack, place.Offset) is not { } record) return;
        using var file = File.OpenHandle(_files.PathOf(place.Pack), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var header = new byte[PackRecord.HeaderLength];
        (record with { IsErased = true }).Write(header);
        Tail.Overwrite(() =>
        {
            if (!record.IsObject) Zero(file, place.Offset + PackRecord.HeaderLength, record.StoredLength);
            RandomAccess.Write(file, header, place.Offset);
        });
        RandomAccess.FlushToDisk(file);
    }

    public void Dispose()
    {
        Tail.Dispose();
        _files.Dispose();
    }

    private static void Zero(SafeFileHandle file, long offset, long length)
    {
        var zeros = new byte[1 << 16];
        for (long done = 0; done < length; done += zeros.Length)
            RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - done)), offset + done);

        // Where the file system can, the blocks are given back; where it cannot, zeros stay.
        if (OperatingSystem.IsLinux()) _ = Allocate(file, PunchHole | KeepSize, offset, length);
    }

    [LibraryImport("libc", EntryPoint = "fallocate")]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
