using System.Diagnostics;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// Zeros behind the end of the last pack, on the disk before they are needed, and written while nobody stores. A record that goes over them changes
/// neither the length of the file nor where its blocks are, so its flush writes bytes alone and waits for no journal of the file system; and it is
/// copied into memory that the system holds for the file already, which is sooner also where nothing is flushed. Nothing depends on the zeros: a burst of images that is longer than the room makes the file grow, zeros are no record, and the next opening cuts them off.
/// There is twice as much room as was stored since the opening, so that an archive that takes little does not hold much.
/// </summary>
internal sealed class PackRoom : IDisposable
{
    // Less is not worth the writing.
    private const long Least = 16 << 20;
    private const int FreeOfTheDisk = 16;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private const int Piece = (4 << 20) - (4 * PageBuffer.Page);
    private static readonly ReadOnlyMemory<byte> Zeros = Cleared(PageBuffer.Rent(Piece, phase: 0).Memory[..Piece]);
    private readonly PackTail _tail;
    private readonly string _folder;
    private readonly long _most;
    private readonly Timer _timer;
    private long _wanted;
    private long _used;
    private bool _filling;

    /// <param name="folder">Where the packs are.</param>
    /// <param name="most">The most room (bytes).</param>
    public PackRoom(PackTail tail, string folder, long most)
    {
        (_tail, _folder, _most) = (tail, folder, most);
        _timer = new(_ => Make());
    }

    /// <summary>So many bytes were stored.</summary>
    public void Use(long bytes)
    {
        _wanted = Math.Min(_most, _wanted + 2 * bytes);
        Volatile.Write(ref _used, Stopwatch.GetTimestamp());
        if (_wanted >= Least) _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Writes one piece, when somebody has not just stored, and comes again while there is not enough.</summary>
    private void Make()
    {
        try
        {
            var quiet = Stopwatch.GetElapsedTime(Volatile.Read(ref _used));
            if (quiet >= Quiet)
            {
                var (room, wanted) = (_tail.Room, Volatile.Read(ref _wanted));
                _filling = room < (_filling ? wanted : wanted / 2);
                if (!_filling || !HasSpace(wanted) || !_tail.TryAddRoom(Zeros.Span)) return;
                _tail.Flush();
            }

            _timer.Change(quiet >= Quiet ? TimeSpan.Zero : Quiet - quiet, Timeout.InfiniteTimeSpan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException or ArgumentException)
        {
            // Without room the archive stores as well, only slower.
            _filling = false;
        }
    }

    private static Memory<byte> Cleared(Memory<byte> bytes)
    {
        bytes.Span.Clear();
        return bytes;
    }

    /// <summary>Room is made only where the disk has plenty.</summary>
    private bool HasSpace(long wanted) => new DriveInfo(_folder).AvailableFreeSpace / FreeOfTheDisk > wanted;
}
