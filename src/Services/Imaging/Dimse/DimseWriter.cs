using System.Buffers;
using System.Buffers.Binary;
using Yunnao.Formats.Dicom.Network;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Writes messages as P-DATA-TF units of the length the peer takes; several units go out in one piece. One message at a time.</summary>
/// <param name="most">The longest body that the peer takes; 0 for any.</param>
/// <param name="patience">How long the peer may take to accept one piece.</param>
internal sealed class DimseWriter(Stream stream, uint most, TimeSpan patience, CancellationToken cancellation) : IDisposable
{
    private const int Piece = 256 << 10;
    private const int LargestBody = 128 << 10;
    private const int SmallestBody = 1 << 10;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Piece);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly int _body = most == 0 ? LargestBody : (int)Math.Clamp(most, SmallestBody, LargestBody);
    private int _filled;

    /// <summary>Sends a command, and a data set from memory if there is one.</summary>
    public async ValueTask SendAsync(byte context, DimseCommand command, ReadOnlyMemory<byte>? data = null)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await PutCommandAsync(context, command).ConfigureAwait(false);
            if (data is { } bytes) await PutAsync(context, bytes, isCommand: false).ConfigureAwait(false);
            await FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends a command and a data set of which only a piece is in memory at a time.</summary>
    public async ValueTask SendAsync(byte context, DimseCommand command, Stream data)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await PutCommandAsync(context, command).ConfigureAwait(false);
            await PutAsync(context, data).ConfigureAwait(false);
            await FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends a unit that is no message.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> unit)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await WriteAsync(unit).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _turn.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private async ValueTask PutCommandAsync(byte context, DimseCommand command)
    {
        _filled = 0;
        var bytes = new ArrayBufferWriter<byte>(256);
        command.Write(bytes);
        await PutAsync(context, bytes.WrittenMemory, isCommand: true).ConfigureAwait(false);
    }

    private async ValueTask PutAsync(byte context, ReadOnlyMemory<byte> bytes, bool isCommand)
    {
        var largest = _body - Pdu.ValueHeaderLength & ~1;
        do
        {
            var part = Math.Min(bytes.Length, largest);
            await RoomAsync(part).ConfigureAwait(false);
            bytes.Span[..part].CopyTo(_buffer.AsSpan(_filled + Pdu.HeaderLength + Pdu.ValueHeaderLength));
            bytes = bytes[part..];
            Close(context, part, isCommand, bytes.IsEmpty);
        }
        while (!bytes.IsEmpty);
    }

    private async ValueTask PutAsync(byte context, Stream data)
    {
        var largest = _body - Pdu.ValueHeaderLength & ~1;
        var left = data.Length - data.Position;
        do
        {
            var part = (int)Math.Min(left, largest);
            await RoomAsync(part).ConfigureAwait(false);
            await data.ReadExactlyAsync(_buffer.AsMemory(_filled + Pdu.HeaderLength + Pdu.ValueHeaderLength, part), cancellation).ConfigureAwait(false);
            left -= part;
            Close(context, part, isCommand: false, left == 0);
        }
        while (left > 0);
    }

    private void Close(byte context, int part, bool isCommand, bool isLast)
    {
        var unit = _buffer.AsSpan(_filled);
        Pdu.WriteHeader(unit, PduType.Data, Pdu.ValueHeaderLength + part);
        BinaryPrimitives.WriteUInt32BigEndian(unit[Pdu.HeaderLength..], (uint)part + 2);
        unit[10] = context;
        unit[11] = (byte)((isCommand ? 1 : 0) | (isLast ? 2 : 0));
        _filled += Pdu.HeaderLength + Pdu.ValueHeaderLength + part;
    }

    private async ValueTask RoomAsync(int part)
    {
        if (_filled + Pdu.HeaderLength + Pdu.ValueHeaderLength + part > _buffer.Length) await FlushAsync().ConfigureAwait(false);
    }

    private async ValueTask FlushAsync()
    {
        await WriteAsync(_buffer.AsMemory(0, _filled)).ConfigureAwait(false);
        _filled = 0;
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(patience);
        try
        {
            await stream.WriteAsync(bytes, late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException("The peer does not read what it asked for.");
        }
    }
}
