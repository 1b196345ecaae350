using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// Files of images one behind the other in few large files (packs): a billion small files would cost the file system more than the images.
/// Only the last pack grows. Each file is encrypted by itself, those of earlier versions stand in clear. One writer; any number of readers.
/// </summary>
internal sealed partial class PackFolder : IDisposable
{
    private const int OpenAtOnce = 256;
    private const int KeepSize = 1;
    private const int PunchHole = 2;
    private const int StartWriting = 2;
    private const int Page = 4096;
    private readonly Lock _tail = new();
    private readonly string _folder;
    private readonly long _packSize;
    private readonly KeyRing _keys;
    private readonly ConcurrentDictionary<int, SafeFileHandle> _open = new();
    private SafeFileHandle _last;
    private PackRun? _run;
    private int _runs;
    private long _version;
    private readonly PackRoom? _room;
    private readonly bool _flushes;

    // Of the last pack, with the zeros behind its end.
    private long _length;
    private bool _hasRoom;

    private PackFolder(string folder, long packSize, KeyRing keys, int last, long room, bool flushes)
    {
        (_folder, _packSize, _keys, LastPack, _flushes) = (folder, packSize, keys, last, flushes);
        _last = OpenForWriting(last);
        End = _length = RandomAccess.GetLength(_last);
        _room = room > 0 ? new(this, folder, room) : null;
    }

    /// <summary>Number of the pack that grows.</summary>
    public int LastPack { get; private set; }

    /// <summary>Where its records end and the next one goes (bytes). Behind it may be zeros; after a crash it is the length of the file until the zeros are cut off.</summary>
    public long End { get; private set; }

    /// <summary>Opens the packs of a folder, which is created if absent.</summary>
    /// <param name="packSize">A pack that has reached this length is followed by another.</param>
    /// <param name="room">The most zeros that are written behind the end while nobody stores (bytes); see <see cref="PackRoom"/>.</param>
    /// <param name="flushes">False where what is stored is not flushed: the system writes it when it likes.</param>
    public static PackFolder Open(string folder, long packSize, KeyRing keys, long room = 0, bool flushes = true)
    {
        Directory.CreateDirectory(folder);
        var last = Directory.EnumerateFiles(folder, "*.pack").Select(NumberOf).DefaultIfEmpty(1).Max();
        return new(folder, packSize, keys, last, room, flushes);
    }

    /// <summary>Files that are about to come one after another. Closed by its owner.</summary>
    public PackRun Begin()
    {
        lock (_tail) _runs++;
        return new(this);
    }

    /// <summary>
    /// Writes records with their files behind each other; they are on the disk after <see cref="Flush"/>. Nothing of them stays when it throws. The
    /// headers are written last: a killed process leaves no record that is not whole.
    /// </summary>
    /// <returns>Their places, in the order given.</returns>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public PackPlace[] Append(IReadOnlyList<PackEntry> files)
    {
        lock (_tail)
        {
            var (pack, end) = (LastPack, End);
            try
            {
                if (End >= _packSize) StartPack();
                var places = new PackPlace[files.Count];
                var position = End;
                for (var i = 0; i < files.Count; i++)
                {
                    places[i] = new(LastPack, position, files[i].Record.Length, files[i].Record.IsObject);
                    position += files[i].Record.Size;
                }

                WriteBodies(files, places);
                Span<byte> header = stackalloc byte[PackRecord.HeaderLength];
                for (var i = 0; i < files.Count; i++)
                {
                    header.Clear();
                    files[i].Record.Write(header);
                    RandomAccess.Write(_last, header, places[i].Offset);
                }

                _room?.Use(position - End);
                End = position;
                _length = Math.Max(_length, End);
                _version++;
                return places;
            }
            catch
            {
                CutBack(pack, end);
                throw;
            }
        }
    }

    /// <summary>Returns when everything that was appended is on the disk.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public void Flush() => Durability.FlushData(_last);

    /// <summary>Takes back what was appended behind a position.</summary>
    public void CutBack(int pack, long end)
    {
        lock (_tail)
        {
            _version++;
            while (LastPack > pack)
            {
                _last.Dispose();
                _open.TryRemove(LastPack, out _);
                File.Delete(PathOf(LastPack));
                _last = OpenForWriting(--LastPack);
            }

            RandomAccess.SetLength(_last, end);
            End = _length = end;
        }
    }

    /// <summary>Zeros behind the end (bytes).</summary>
    internal long Room
    {
        get
        {
            lock (_tail) return _length - End;
        }
    }

    /// <summary>Writes zeros behind the last byte, while nobody stores; false when somebody does, or the pack would become too long.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    internal bool TryAddRoom(ReadOnlySpan<byte> zeros)
    {
        lock (_tail)
        {
            if (_last.IsClosed || _runs > 0 || _length + zeros.Length > _packSize) return false;
            RandomAccess.Write(_last, zeros, _length);
            _length += zeros.Length;
            return _hasRoom = true;
        }
    }

    /// <summary>
    /// Where the next record goes, for one who is alone in writing ahead of its turn, and the version of the end that it holds for; null while
    /// others store too, since theirs would come between.
    /// </summary>
    internal (long Position, long Version)? Claim(PackRun run)
    {
        lock (_tail)
        {
            if (_runs > 1 || End >= _packSize) return null;
            _run = run;
            return (End, _version);
        }
    }

    /// <summary>Writes encrypted bytes behind the end, where their record will stand if nothing comes between, and has the disk begin with them where they will be flushed; false when something came.</summary>
    internal bool TryWriteAhead(PackRun run, long version, long position, ReadOnlySpan<byte> bytes)
    {
        lock (_tail)
        {
            if (_run != run || _version != version) return false;
            try
            {
                RandomAccess.Write(_last, bytes, position);
            }
            catch (IOException)
            {
                // Whether there is room is told when the record is appended.
                return false;
            }

            // Pages that are not full yet will be written to again.
            var from = position / Page * Page;
            if (_flushes && OperatingSystem.IsLinux()) _ = StartWriteOut(_last, from, ((position + bytes.Length) / Page * Page) - from, StartWriting);
            return true;
        }
    }

    internal void Close(PackRun run)
    {
        lock (_tail)
        {
            _runs--;
            if (_run == run) _run = null;
        }
    }

    /// <summary>Opens the file at a place.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="UnauthorizedAccessException">Its key is not there, which is no damage.</exception>
    public PackedFile Open(PackPlace place)
    {
        Span<byte> beginning = stackalloc byte[PackRecord.HeaderLength + SealedReader.HeadLength];
        var (pack, start) = (HandleOf(place.Pack), place.Offset + PackRecord.HeaderLength);
        if (RandomAccess.Read(pack, beginning, place.Offset) < beginning.Length || !PackRecord.Seals(beginning)) return new(pack, start, null);
        if (SealedReader.Open(beginning[PackRecord.HeaderLength..], place.Length, _keys).Try(out var reader, out var problem)) return new(pack, start, reader);
        throw problem.Code == "keys.unknown" ? new UnauthorizedAccessException(problem.Message.ToString()) : new InvalidDataException("A file in a pack is not what was written.");
    }

    /// <summary>The record at a place; null when there is none.</summary>
    public PackRecord? ReadRecord(int pack, long offset)
    {
        if (!File.Exists(PathOf(pack))) return null;
        Span<byte> header = stackalloc byte[PackRecord.HeaderLength];
        var filled = 0;
        while (filled < header.Length)
        {
            var read = RandomAccess.Read(HandleOf(pack), header[filled..], offset + filled);
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
            var read = RandomAccess.Read(HandleOf(pack), window, at);
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
    public long LengthOf(int pack) => File.Exists(PathOf(pack)) ? RandomAccess.GetLength(HandleOf(pack)) : 0;

    /// <summary>Erases the file of a record: its bytes are overwritten with zeros and given back to the file system; the header stays, marked.</summary>
    public void Erase(PackPlace place)
    {
        if (ReadRecord(place.Pack, place.Offset) is not { } record) return;
        using var file = File.OpenHandle(PathOf(place.Pack), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (!record.IsObject) Zero(file, place.Offset + PackRecord.HeaderLength, record.StoredLength);
        var header = new byte[PackRecord.HeaderLength];
        (record with { IsErased = true }).Write(header);
        RandomAccess.Write(file, header, place.Offset);
        RandomAccess.FlushToDisk(file);
    }

    public void Dispose()
    {
        _room?.Dispose();
        lock (_tail)
        {
            if (_hasRoom && _length > End) RandomAccess.SetLength(_last, End);
            _last.Dispose();
        }

        foreach (var handle in _open.Values) handle.Dispose();
    }

    /// <summary>Writes the files with zeros for their headers, all in one go but for what stands in its place already.</summary>
    private void WriteBodies(IReadOnlyList<PackEntry> files, PackPlace[] places)
    {
        var (parts, from) = (new List<ReadOnlyMemory<byte>>(files.Count * 3), End);
        for (var i = 0; i < files.Count; i++)
        {
            var (record, bytes, ahead) = files[i];
            parts.Add(Zeros[..PackRecord.HeaderLength]);
            if (ahead is { Length: > 0 } && ahead.StandsAt(places[i].Offset, _run, _version))
            {
                parts.Add(bytes[..PackAhead.Head]);
                RandomAccess.Write(_last, parts, from);
                parts.Clear();
                var done = PackAhead.Head + ahead.Length;
                (from, bytes) = (places[i].Offset + PackRecord.HeaderLength + done, bytes[done..]);
            }

            if (bytes.Length > 0) parts.Add(bytes);
            var padding = (int)(record.Size - PackRecord.HeaderLength - record.StoredLength);
            if (padding > 0) parts.Add(Zeros[..padding]);
        }

        if (parts.Count > 0) RandomAccess.Write(_last, parts, from);
    }

    private static readonly ReadOnlyMemory<byte> Zeros = new byte[PackRecord.HeaderLength];

    private static void Zero(SafeFileHandle file, long offset, long length)
    {
        var zeros = new byte[1 << 16];
        for (long done = 0; done < length; done += zeros.Length)
            RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - done)), offset + done);

        // Where the file system can, the blocks are given back; where it cannot, zeros stay.
        if (OperatingSystem.IsLinux()) _ = Allocate(file, PunchHole | KeepSize, offset, length);
    }

    private void StartPack()
    {
        _last.Dispose();
        LastPack++;
        _last = OpenForWriting(LastPack);
        End = _length = 0;
        Durability.FlushFolder(_folder);
    }

    private SafeFileHandle OpenForWriting(int pack) => File.OpenHandle(PathOf(pack), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Write);

    private SafeFileHandle HandleOf(int pack)
    {
        if (_open.TryGetValue(pack, out var handle)) return handle;

        // Handles of packs are kept until the end; there are as many as packs are asked for, at most some hundred in a process that lives long.
        if (_open.Count >= OpenAtOnce && _open.Keys.FirstOrDefault(k => k != LastPack) is var idle and not 0) _open.TryRemove(idle, out _);
        return _open.GetOrAdd(pack, number => File.OpenHandle(PathOf(number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous));
    }

    private string PathOf(int pack) => Path.Combine(_folder, pack.ToString("D8", CultureInfo.InvariantCulture) + ".pack");

    private static int NumberOf(string path) => int.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int StartWriteOut(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "fallocate")]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
