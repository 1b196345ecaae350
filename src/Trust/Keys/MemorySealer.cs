namespace Yunnao.Trust.Keys;

/// <summary>
/// Encrypts content that grows in memory: chunk after chunk as it comes, from its clear bytes straight into the encrypted ones. See
/// <see cref="SealedHead"/> for the layout; the length is that of <see cref="SealingStream.LengthOf"/>.
/// </summary>
public sealed class MemorySealer : IDisposable
{
    private readonly SealedHead _head;
    private readonly Aead _aead;
    private int _chunk;

    public MemorySealer(DataKey key)
    {
        _head = SealedHead.New(key);
        _aead = _head.Open(key, []);
    }

    /// <summary>Bytes of the encrypted content that will not change any more, but for its head.</summary>
    public int Length => SealedHead.Length + (_chunk * SealedHead.SealedChunkLength);

    /// <summary>Encrypts those whole chunks of the content so far that are not encrypted yet.</summary>
    /// <param name="clear">All clear bytes so far, from the first on.</param>
    /// <param name="output">The encrypted content, with room for that of <paramref name="clear"/>; may have moved since the last call.</param>
    public void Advance(ReadOnlySpan<byte> clear, Span<byte> output)
    {
        while ((_chunk + 1) * SealedHead.ChunkLength <= clear.Length) Seal(clear.Slice(_chunk * SealedHead.ChunkLength, SealedHead.ChunkLength), output, last: false);
    }

    /// <summary>Encrypts the rest and writes the head; nothing comes after it.</summary>
    /// <returns>Length of the encrypted content.</returns>
    public int Complete(ReadOnlySpan<byte> clear, Span<byte> output)
    {
        Advance(clear, output);
        Seal(clear[(_chunk * SealedHead.ChunkLength)..], output, last: true);
        _head.Bytes.CopyTo(output);
        return (int)SealingStream.LengthOf(clear.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => _aead.Dispose();

    private void Seal(ReadOnlySpan<byte> clear, Span<byte> output, bool last)
    {
        Span<byte> nonce = stackalloc byte[Aead.NonceLength];
        SealedHead.Nonce(_chunk, last, nonce);
        _aead.Seal(nonce, clear, output.Slice(SealedHead.Length + (_chunk * SealedHead.SealedChunkLength), clear.Length + Aead.TagLength), []);
        _chunk++;
    }
}
