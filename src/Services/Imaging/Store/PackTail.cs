using Microsoft.Win32.SafeHandles;
using Yunnao.Lake.Objects;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// The end of the last pack, where all that is stored goes. What comes is written behind the last record, most of it before its turn; the
/// head of a record is written last. One appends at a time.
/// </summary>
internal sealed class PackTail : IDisposable
{
    private static readonly ReadOnlyMemory<byte> Zeros = new byte[PageBuffer.Page];
    private readonly Lock _lock = new();
    private readonly PackFiles _files;
    private readonly long _packSize;
    private readonly bool _flushes;
    private readonly PackRoom? _room;
    private SafeFileHandle _last;

    // The same for whole pages that are flushed: what is written ahead, and room. Null where there is no such way, or nothing is flushed.
    private DirectFile? _direct;

    // The page that the last record ended in, as far as it is used, while nobody else wrote to it: the next record begins there.
    private readonly byte[] _lastPage = new byte[PageBuffer.Page];
    private long _lastPageEnd = -1;
    private readonly PageBuffer _beginning = PageBuffer.Rent(2 * PageBuffer.Page, phase: 0);

    // Who writes ahead, and what changes when his place is another's.
    private PackRun? _run;
    private int _runs;
    private long _version;

    // Of the last pack, with the zeros behind its end.
    private long _length;
    private bool _hasRoom;

    /// <param name="packSize">A pack that has reached this length is followed by another.</param>
    /// <param name="room">The most zeros that are written behind the end while nobody stores (bytes); see <see cref="PackRoom"/>.</param>
    /// <param name="flushes">False where what is stored is not flushed: the system writes it when it likes.</param>
    public PackTail(PackFiles files, long packSize, long room, bool flushes)
    {
        (_files, _packSize, _flushes, Pack) = (files, packSize, flushes, files.Last());
        _last = OpenLast();
        End = _length = RandomAccess.GetLength(_last);
        _room = room > 0 ? new(this, files.Folder, room) : null;
    }

    /// <summary>Number of the pack that grows.</summary>
    public int Pack { get; private set; }

    /// <summary>Where its records end and the next one goes (bytes). Behind it may be zeros; after a crash it is the length of the file until the zeros are cut off.</summary>
    public long End { get; private set; }

    /// <summary>Files that are about to come one after another. Closed by its owner.</summary>
    public PackRun Begin()
    {
        lock (_lock) _runs++;
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
        lock (_lock)
        {
            var (pack, end) = (Pack, End);
            try
            {
                if (files is [var only] && TryAppendWhole(only) is { } alone) return [alone];
                SettleAhead();
                if (End >= _packSize) StartPack();
                var places = new PackPlace[files.Count];
                var position = End;
                for (var i = 0; i < files.Count; i++)
                {
                    places[i] = new(Pack, position, files[i].Record.Length, files[i].Record.IsObject);
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
        lock (_lock)
        {
            SettleAhead();
            _version++;
            while (Pack > pack)
            {
                _files.Forget(Pack);
                File.Delete(_files.PathOf(Pack--));
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
            lock (_lock) return _length - End;
        }
    }

    /// <summary>Writes zeros behind the last byte, while nobody stores; false when somebody does, or the pack would become too long.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    internal bool TryAddRoom(ReadOnlySpan<byte> zeros)
    {
        lock (_lock)
        {
            if (_last.IsClosed || _runs > 0 || _length + zeros.Length > _packSize) return false;
            SettleAhead();
            if (_direct is not null && PageBuffer.Rest(_length) is var gap and > 0)
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
        lock (_lock)
        {
            if (_runs > 1 || End >= _packSize) return null;
            _run = run;
            return (End, _version, _direct is null ? 1 : PageBuffer.Page);
        }
    }

    /// <summary>Writes encrypted bytes behind the end, where their record will stand if nothing comes between; false when something came.</summary>
    internal bool TryWriteAhead(PackRun run, long version, long position, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
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
        lock (_lock) SettleAhead();
    }

    internal void Close(PackRun run)
    {
        lock (_lock)
        {
            _runs--;
            if (_run == run) _run = null;
        }
    }

    /// <summary>Writes over bytes of a record that is there already.</summary>
    public void Overwrite(Action write)
    {
        lock (_lock)
        {
            _lastPageEnd = -1;
            write();
        }
    }

    public void Dispose()
    {
        _room?.Dispose();
        lock (_lock)
        {
            if (_hasRoom && _length > End) RandomAccess.SetLength(_last, End);
            _last.Dispose();
            _direct?.Dispose();
            _direct = null;
        }
    }

    /// <summary>Appends a record of which all but the beginning stands in its place, or is on its way there, past the memory of the system. Null where that is not so.</summary>
    private PackPlace? TryAppendWhole(PackEntry file)
    {
        if (_direct is null || file.Ahead is not { IsWhole: true } ahead || !ahead.StandsAt(End, _run, _version)) return null;
        var (record, bytes, _) = file;
        var place = new PackPlace(Pack, End, record.Length, record.IsObject);
        var page = _beginning.Memory.Span;
        var used = PageBuffer.Used(End);
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
        used = PageBuffer.Used(end);
        _lastPage.AsSpan(0, used).Clear();
        bytes.Span[^Math.Max(0, used - (int)(record.Size - PackRecord.HeaderLength - bytes.Length))..].CopyTo(_lastPage);
        Advance(end, end + PageBuffer.Rest(end));
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
                if (_direct is not null) written = end + PageBuffer.Rest(end);
            }

            if (bytes.Length > 0) parts.Add(bytes);
            var padding = (int)(record.Size - PackRecord.HeaderLength - record.StoredLength);
            if (padding > 0) parts.Add(Zeros[..padding]);
        }

        if (written > end) parts.Add(Zeros[..(int)(written - end)]);
        if (parts.Count > 0) RandomAccess.Write(_last, parts, from);
        return written;
    }

    /// <summary>Waits for what is being written ahead; when it was not written, nothing of it counts.</summary>
    private void SettleAhead()
    {
        if (_direct?.Wait() is false) _version++;
    }

    private void StartPack()
    {
        Pack++;
        _last = OpenLast();
        End = _length = 0;
        Durability.FlushFolder(_files.Folder);
    }

    /// <summary>The pack that grows now, in the place of the one before.</summary>
    private SafeFileHandle OpenLast()
    {
        _last?.Dispose();
        _direct?.Dispose();
        var file = File.OpenHandle(_files.PathOf(Pack), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Write);
        _direct = _flushes ? DirectFile.TryOpen(_files.PathOf(Pack)) : null;
        return file;
    }
}
