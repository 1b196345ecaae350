using Yunnao.Kernel;
using Yunnao.Lake.Objects;

namespace Yunnao.Trust.Keys;

/// <summary>Encrypts objects under the key of the use <see cref="KeyUse.Objects"/>; see <see cref="SealedHead"/> for the layout.</summary>
public sealed class ObjectCipher(KeyRing keys) : IObjectCipher
{
    /// <inheritdoc/>
    public int HeadLength => SealedHead.Length;

    /// <inheritdoc/>
    public Stream Seal(Stream output) => new SealingStream(output, keys.Current(KeyUse.Objects), leaveOpen: true);

    /// <inheritdoc/>
    public Result<Stream> Open(Stream input) => OpeningStream.Open(input, keys).Try(out var opened, out var problem) ? opened : problem;

    /// <inheritdoc/>
    public bool IsSealed(ReadOnlySpan<byte> head) => OpeningStream.IsSealed(head);

    /// <inheritdoc/>
    public bool IsCurrent(ReadOnlySpan<byte> head) => SealedHead.Read(head) is { } read && read.KeyId == keys.Current(KeyUse.Objects).Id;

    /// <inheritdoc/>
    public long ClearLength(long length) => SealedHead.ClearLength(length);
}
