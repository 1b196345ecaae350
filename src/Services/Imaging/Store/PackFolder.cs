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
    private readonly Lock _tail = new();
    private readonly string _folder;
    private readonly long _packSize;
    private readonly KeyRing _keys;
    private readonly ConcurrentDictionary<int, SafeFileHandle> _open = new();
    private SafeFileHandle _last;

    // The same for whole pages that are flushed: what is written ahead, and room. Null where there is no such way, or nothing is flushed.
    private DirectFile? _direct;

    // The page that the last record ended in, as far as it is used, while nobody else wrote to it: the next record begins there.
    private readonly byte[] _lastPage = new byte[PageBuffer.Page];
    private long _lastPageEnd = -1;
    private readonly PageBuffer _beginning = PageBuffer.Rent(PackRecord.HeaderLength + (2 * PageBuffer.Page), phase: 0);
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
        _last = OpenLast();
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
                if (files is [var only] && TryAppendWhole(only) is { } alone) return [alone];
                SettleAhead();
                if (End >= _packSize) StartPack();
                var places = new PackPlace[files.Count];
                var position = End;
                for (var i = 0; i < files.Count; i++)
                {
                    places[i] = new(LastPack, position, files[i].Record.Length, files[i].Record.IsObject);
                    position += files[i].Record.Size;
                }

                var written = WriteBodies(files, places, position);
                Span<byte> header = stackalloc byte[PackRecord.HeaderLength];
                for (var i = 0; i < files.Count; i++)
                {
                    header.Clear();
                    files[i].Record.Write(header);
                    RandomAccess.Write(_last, header, places[i].Offset);
                }

                Advance(position, written);
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
            SettleAhead();
            _version++;
            while (LastPack > pack)
            {
                _open.TryRemove(LastPack, out _);
                File.Delete(PathOf(LastPack--));
                _last = OpenLast();
            }

            RandomAccess.SetLength(_last, end);
            End = _length = end;
            _lastPageEnd = -1;
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
            SettleAhead();
            if (_direct is not null && (int)(-_length & (PageBuffer.Page - 1)) is var gap and > 0)
            {
                RandomAccess.Write(_last, zeros[..gap], _length);
                _length += gap;
            }

            if (_direct is null || !_direct.TryBegin(zeros, _length) || !_direct.Wait()) RandomAccess.Write(_last, zeros, _length);
            _length += zeros.Length;
            return _hasRoom = true;
        }
    }

    /// <summary>
    /// Where the next record goes, for one who is alone in writing ahead of its turn, the version of the end that it holds for, and at multiples of what
    /// its pieces begin and end; null while others store too, since theirs would come between.
    /// </summary>
    internal (long Position, long Version, int Unit)? Claim(PackRun run)
    {
        lock (_tail)
        {
            if (_runs > 1 || End >= _packSize) return null;
            _run = run;
            return (End, _version, _direct is null ? 1 : PageBuffer.Page);
        }
    }

    /// <summary>Writes encrypted bytes behind the end, where their record will stand if nothing comes between; false when something came.</summary>
    internal bool TryWriteAhead(PackRun run, long version, long position, ReadOnlySpan<byte> bytes)
    {
        lock (_tail)
        {
            if (_run != run || _version != version) return false;
            try
            {
                if (_direct is null) RandomAccess.Write(_last, bytes, position);
                else if (!_direct.TryBegin(bytes, position)) return false;
                return true;
            }
            catch (IOException)
            {
                // Whether there is room is told when the record is appended.
                return false;
            }
        }
    }

    /// <summary>Returns when nothing is being written ahead any more: its memory is free.</summary>
    internal void Settle()
    {
        lock (_tail) SettleAhead();
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
        var header = new byte[PackRecord.HeaderLength];
        (record with { IsErased = true }).Write(header);
        lock (_tail)
        {
            _lastPageEnd = -1;
            if (!record.IsObject) Zero(file, place.Offset + PackRecord.HeaderLength, record.StoredLength);
            RandomAccess.Write(file, header, place.Offset);
        }

        RandomAccess.FlushToDisk(file);
    }

    public void Dispose()
    {
        _room?.Dispose();
        lock (_tail)
        {
            if (_hasRoom && _length > End) RandomAccess.SetLength(_last, End);
            _last.Dispose();
            _direct?.Dispose();
            _direct = null;
        }

        foreach (var handle in _open.Values) handle.Dispose();
    }

    /// <summary>Appends a record of which all but the beginning stands in its place, or is on its way there, past the memory of the system. Null where that is not so.</summary>
    private PackPlace? TryAppendWhole(PackEntry file)
    {
        if (_direct is null || file.Ahead is not { IsWhole: true } ahead || !ahead.StandsAt(End, _run, _version)) return null;
        var (record, bytes, _) = file;
        var place = new PackPlace(LastPack, End, record.Length, record.IsObject);
        var page = _beginning.Memory.Span;
        var used = (int)(End & (PageBuffer.Page - 1));
        if (_lastPageEnd == End) _lastPage.AsSpan(0, used).CopyTo(page);
        else if (RandomAccess.Read(_last, page[..used], End - used) < used) return null;
        record.Write(page.Slice(used, PackRecord.HeaderLength));
        bytes.Span[..ahead.From].CopyTo(page[(used + PackRecord.HeaderLength)..]);
        if (!_direct.TryBegin(page[..(used + PackRecord.HeaderLength + ahead.From)], End - used)) return null;
        if (!_direct.Wait())
        {
            _version++;
            return null;
        }

        var end = End + record.Size;
        used = (int)(end & (PageBuffer.Page - 1));
        _lastPage.AsSpan(0, used).Clear();
        bytes.Span[^Math.Max(0, used - (int)(record.Size - PackRecord.HeaderLength - bytes.Length))..].CopyTo(_lastPage);
        Advance(end, end + (-end & (PageBuffer.Page - 1)));
        _lastPageEnd = end;
        return place;
    }

    private void Advance(long end, long written)
    {
        _room?.Use(end - End);
        (End, _lastPageEnd) = (end, -1);
        _length = Math.Max(_length, Math.Max(end, written));
        _hasRoom |= written > end;
        _version++;
    }

    /// <summary>
    /// Writes the files with zeros for their headers, all in one go but for what stands in its place already. The page that was begun at the end of those is written
    /// whole, with zeros, or it would have to be read.
    /// </summary>
    /// <param name="end">Where the last of them ends.</param>
    /// <returns>Up to where was written.</returns>
    private long WriteBodies(IReadOnlyList<PackEntry> files, PackPlace[] places, long end)
    {
        var (parts, from, written) = (new List<ReadOnlyMemory<byte>>(files.Count * 3), End, end);
        for (var i = 0; i < files.Count; i++)
        {
            var (record, bytes, ahead) = files[i];
            parts.Add(Zeros[..PackRecord.HeaderLength]);
            if (ahead?.StandsAt(places[i].Offset, _run, _version) is true)
            {
                parts.Add(bytes[..ahead.From]);
                RandomAccess.Write(_last, parts, from);
                parts.Clear();
                (from, bytes) = (places[i].Offset + PackRecord.HeaderLength + ahead.To, bytes[ahead.To..]);
                if (_direct is not null) written = end + (-end & (PageBuffer.Page - 1));
            }

            if (bytes.Length > 0) parts.Add(bytes);
            var padding = (int)(record.Size - PackRecord.HeaderLength - record.StoredLength);
            if (padding > 0) parts.Add(Zeros[..padding]);
        }

        if (written > end) parts.Add(Zeros[..(int)(written - end)]);
        if (parts.Count > 0) RandomAccess.Write(_last, parts, from);
        return written;
    }

    private static readonly ReadOnlyMemory<byte> Zeros = new byte[PageBuffer.Page];

    private static void Zero(SafeFileHandle file, long offset, long length)
    {
        var zeros = new byte[1 << 16];
        for (long done = 0; done < length; done += zeros.Length)
            RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - done)), offset + done);

        // Where the file system can, the blocks are given back; where it cannot, zeros stay.
        if (OperatingSystem.IsLinux()) _ = Allocate(file, PunchHole | KeepSize, offset, length);
    }

    /// <summary>Waits for what is being written ahead; when it was not written, nothing of it counts.</summary>
    private void SettleAhead()
    {
        if (_direct?.Wait() is false) _version++;
    }

    private void StartPack()
    {
        LastPack++;
        _last = OpenLast();
        End = _length = 0;
        Durability.FlushFolder(_folder);
    }

    /// <summary>The pack that grows now, in the place of the one before.</summary>
    private SafeFileHandle OpenLast()
    {
        _last?.Dispose();
        _direct?.Dispose();
        var file = File.OpenHandle(PathOf(LastPack), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Write);
        _direct = _flushes ? DirectFile.TryOpen(PathOf(LastPack)) : null;
        return file;
    }

    private SafeFileHandle HandleOf(int pack)
    {
        if (_open.TryGetValue(pack, out var handle)) return handle;

        // Handles of packs are kept until the end; there are as many as packs are asked for, at most some hundred in a process that lives long.
        if (_open.Count >= OpenAtOnce && _open.Keys.FirstOrDefault(k => k != LastPack) is var idle and not 0) _open.TryRemove(idle, out _);
        return _open.GetOrAdd(pack, number => File.OpenHandle(PathOf(number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous));
    }

    private string PathOf(int pack) => Path.Combine(_folder, pack.ToString("D8", CultureInfo.InvariantCulture) + ".pack");

    private static int NumberOf(string path) => int.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "fallocate")]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
