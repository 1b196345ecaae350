using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using Yunnao.Formats.Dicom.Network;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>
/// Reads whole protocol data units from a connection. The buffer grows with what has arrived, not with what a length field promises, and
/// never over the bound of the unit's kind.
/// </summary>
/// <param name="mostData">The longest body of P-DATA-TF, as announced.</param>
/// <param name="patience">How long one unit may take from its first byte to its last.</param>
internal sealed class PduReader(Stream stream, uint mostData, TimeSpan patience, CancellationToken cancellation) : IDisposable
{
    private const int MostShort = 64;

    // A thread that waits for so long in the system itself is woken by the data. A connection of which nobody waits like this has the runtime told of each piece of them,
    // from then on, by three threads more. At most as many wait as there are processors, and not for a peer that does not send as fast as is read.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);
    private const int Much = 16 << 10;
    private const int MostLittle = 8;
    private static int _waiting;

    private readonly Socket? _socket = (stream as NetworkStream)?.Socket;

    // Pieces in a row that were short; too many from a peer of whom nothing came when it was waited for.
    private int _little;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(32 << 10);
    private readonly CancellationTokenSource _late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    private int _start;
    private int _end;

    /// <summary>The next unit; of type None, with the reason, when there is none. The body is valid until the next call.</summary>
    /// <param name="idle">How long to wait for its first byte.</param>
    public async ValueTask<(PduType Type, ReadOnlyMemory<byte> Body, AssociationEnd End)> ReadAsync(TimeSpan idle)
    {
        if (_start == _end && await FillAsync(1, idle).ConfigureAwait(false) is var silent and not AssociationEnd.None) return (PduType.None, default, silent);
        if (await FillAsync(Pdu.HeaderLength, patience).ConfigureAwait(false) is var broken and not AssociationEnd.None) return (PduType.None, default, broken);
        var (type, length) = Pdu.ReadHeader(_buffer.AsSpan(_start));
        if (length > Bound(type)) return (PduType.None, default, AssociationEnd.Violated);
        var whole = Pdu.HeaderLength + (int)length;
        if (await FillAsync(whole, patience).ConfigureAwait(false) is var ended and not AssociationEnd.None) return (PduType.None, default, ended);
        var body = _buffer.AsMemory(_start + Pdu.HeaderLength, (int)length);
        _start += whole;
        return (type, body, AssociationEnd.None);
    }

    public void Dispose()
    {
        _late.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private uint Bound(PduType type) => type switch
    {
        PduType.Data => mostData,
        PduType.AssociateRequest or PduType.AssociateAccept => Pdu.MostAssociate,
        PduType.None => 0,
        _ => MostShort,
    };

    private async ValueTask<AssociationEnd> FillAsync(int need, TimeSpan within)
    {
        if (_end - _start >= need) return AssociationEnd.None;
        var since = Stopwatch.GetTimestamp();
        try
        {
            while (_end - _start < need)
            {
                cancellation.ThrowIfCancellationRequested();
                MakeRoom(need);
                var read = IsThere() ? _socket!.Receive(_buffer.AsSpan(_end)) : await ReceiveAsync(within - Stopwatch.GetElapsedTime(since), _buffer.AsMemory(_end)).ConfigureAwait(false);
                if (read == 0) return AssociationEnd.Lost;
                _end += read;
                _little = read >= Much ? 0 : _little + 1;
            }

            return AssociationEnd.None;
        }
        catch (OperationCanceledException)
        {
            return cancellation.IsCancellationRequested ? AssociationEnd.Aborted : AssociationEnd.TimedOut;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return AssociationEnd.Lost;
        }
    }

    /// <summary>True when data of a quick peer are there, or come in a moment.</summary>
    private bool IsThere()
    {
        if (_socket is null || _little > MostLittle) return false;
        try
        {
            if (Interlocked.Increment(ref _waiting) <= Environment.ProcessorCount && _socket.Poll(Moment, SelectMode.SelectRead)) return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        _little = MostLittle + 1;
        return false;
    }

    private async ValueTask<int> ReceiveAsync(TimeSpan within, Memory<byte> room)
    {
        if (within <= TimeSpan.Zero) await _late.CancelAsync().ConfigureAwait(false);
        else _late.CancelAfter(within);
        var read = await stream.ReadAsync(room, _late.Token).ConfigureAwait(false);
        _late.CancelAfter(Timeout.InfiniteTimeSpan);
        return read;
    }

    private void MakeRoom(int need)
    {
        if (_start == _end) (_start, _end) = (0, 0);
        if (_end < _buffer.Length && _start + need <= _buffer.Length) return;
        var kept = _end - _start;
        if (_start > 0 && kept < _buffer.Length)
        {
            _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        }
        else if (kept == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(_start, kept).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        (_start, _end) = (0, kept);
    }
}
