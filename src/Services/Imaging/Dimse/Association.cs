using System.Buffers.Binary;
using Yunnao.Formats.Dicom.Network;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>
/// An association that has been agreed on (DICOM PS3.8): messages in both directions until one side releases or aborts. One reader; writers
/// take turns by themselves.
/// </summary>
internal sealed class Association : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly PduReader _reader;
    private readonly DimseWriter _writer;
    private readonly DimseLimits _limits;
    private readonly Dictionary<byte, AgreedContext> _contexts;
    private ReadOnlyMemory<byte> _body;
    private int _messageId;

    public Association(Stream stream, PduReader reader, DimseLimits limits, AssociatePdu peer, IEnumerable<AgreedContext> contexts, CancellationToken cancellation)
    {
        (_stream, _reader, _limits, Peer) = (stream, reader, limits, peer);
        _contexts = contexts.ToDictionary(c => c.Id);
        _writer = new(stream, peer.MaxLength, limits.SendPatience, cancellation);
    }

    /// <summary>What the peer said of itself.</summary>
    public AssociatePdu Peer { get; }

    public IReadOnlyCollection<AgreedContext> Contexts => _contexts.Values;

    /// <summary>How it ended; None while it lives.</summary>
    public AssociationEnd End { get; private set; }

    /// <summary>Operations of the peer that may be under way at once.</summary>
    public int Window { get; init; } = 1;

    /// <summary>The id of the next message that is sent from here.</summary>
    public ushort NextMessageId() => (ushort)(Interlocked.Increment(ref _messageId) & 0xFFFF);

    /// <summary>The next command; null when the association has ended.</summary>
    public async Task<DimseMessage?> ReceiveAsync()
    {
        byte[] bytes = [];
        while (await NextAsync().ConfigureAwait(false) is { } fragment)
        {
            if (!fragment.IsCommand || !_contexts.TryGetValue(fragment.Context, out var context) || bytes.Length + fragment.Data.Length > DimseCommand.MostBytes) break;
            bytes = [.. bytes, .. fragment.Data.Span];
            if (!fragment.IsLast) continue;
            if (DimseCommand.Read(bytes) is { } command) return new(context, command);
            break;
        }

        if (End == AssociationEnd.None) await AbortAsync(AbortReason.UnexpectedParameter, AssociationEnd.Violated).ConfigureAwait(false);
        return null;
    }

    /// <summary>Hands the data set of a message over, piece by piece; false when the association ended before its end.</summary>
    public async ValueTask<bool> ReadDataSetAsync(DimseMessage message, Func<ReadOnlyMemory<byte>, ValueTask> take)
    {
        while (await NextAsync().ConfigureAwait(false) is { } fragment)
        {
            if (fragment.IsCommand || fragment.Context != message.Context.Id)
            {
                await AbortAsync(AbortReason.UnexpectedPdu, AssociationEnd.Violated).ConfigureAwait(false);
                return false;
            }

            await take(fragment.Data).ConfigureAwait(false);
            if (fragment.IsLast) return true;
        }

        return false;
    }

    /// <summary>The data set of a message in memory; null when the association ended, or the data set was longer than a query may be (it is aborted then).</summary>
    public async ValueTask<byte[]?> ReadDataSetAsync(DimseMessage message)
    {
        using var bytes = new MemoryStream();
        var whole = await ReadDataSetAsync(message, part =>
        {
            if (bytes.Length <= _limits.MostIdentifier) bytes.Write(part.Span);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        if (!whole) return null;
        if (bytes.Length <= _limits.MostIdentifier) return bytes.ToArray();
        await AbortAsync(AbortReason.InvalidParameterValue, AssociationEnd.Violated).ConfigureAwait(false);
        return null;
    }

    public ValueTask SendAsync(AgreedContext context, DimseCommand command, ReadOnlyMemory<byte>? data = null) => _writer.SendAsync(context.Id, command, data);

    public ValueTask SendAsync(AgreedContext context, DimseCommand command, Stream data) => _writer.SendAsync(context.Id, command, data);

    /// <summary>Ends the association in peace: asks for the release and waits for the answer.</summary>
    public async ValueTask ReleaseAsync()
    {
        if (End != AssociationEnd.None) return;
        await TrySendAsync(Pdu.ReleaseRequest()).ConfigureAwait(false);
        while (End == AssociationEnd.None)
        {
            var (type, _, end) = await _reader.ReadAsync(_limits.Artim).ConfigureAwait(false);
            if (type == PduType.ReleaseRequest) await TrySendAsync(Pdu.ReleaseResponse()).ConfigureAwait(false);
            if (type is PduType.ReleaseResponse or PduType.ReleaseRequest) End = AssociationEnd.Released;
            else if (type == PduType.Abort) End = AssociationEnd.Aborted;
            else if (type == PduType.None) End = end;
        }
    }

    /// <summary>Ends the association at once.</summary>
    public async ValueTask AbortAsync(AbortReason reason, AssociationEnd end = AssociationEnd.Aborted)
    {
        if (End != AssociationEnd.None) return;
        End = end;
        await TrySendAsync(Pdu.Abort(byProvider: end != AssociationEnd.Aborted, reason)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        _reader.Dispose();
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<Fragment?> NextAsync()
    {
        while (_body.IsEmpty)
        {
            if (End != AssociationEnd.None) return null;
            var (type, body, end) = await _reader.ReadAsync(_limits.Idle).ConfigureAwait(false);
            switch (type)
            {
                case PduType.Data:
                    _body = body;
                    break;
                case PduType.ReleaseRequest:
                    await TrySendAsync(Pdu.ReleaseResponse()).ConfigureAwait(false);
                    End = AssociationEnd.Released;
                    return null;
                case PduType.Abort:
                    End = AssociationEnd.Aborted;
                    return null;
                case PduType.None when end == AssociationEnd.Lost:
                    End = end;
                    return null;
                case PduType.None:
                    await AbortAsync(end == AssociationEnd.Violated ? AbortReason.UnrecognisedPdu : AbortReason.NotSpecified, end).ConfigureAwait(false);
                    return null;
                default:
                    await AbortAsync(AbortReason.UnexpectedPdu, AssociationEnd.Violated).ConfigureAwait(false);
                    return null;
            }
        }

        if (TryTakeFragment(out var fragment)) return fragment;
        await AbortAsync(AbortReason.InvalidParameterValue, AssociationEnd.Violated).ConfigureAwait(false);
        return null;
    }

    private bool TryTakeFragment(out Fragment fragment)
    {
        fragment = default;
        var body = _body.Span;
        if (body.Length < Pdu.ValueHeaderLength) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(body);
        if (length < 2 || length > body.Length - 4) return false;
        fragment = new(body[4], (body[5] & 1) != 0, (body[5] & 2) != 0, _body.Slice(Pdu.ValueHeaderLength, (int)length - 2));
        _body = _body[(4 + (int)length)..];
        return true;
    }

    private async ValueTask TrySendAsync(byte[] unit)
    {
        try
        {
            await _writer.SendAsync(unit).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer has gone without waiting for this.
        }
    }
}
