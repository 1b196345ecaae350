using Yunnao.Kernel;

namespace Yunnao.Lake.Objects;

/// <summary>How a store encrypts its objects. The lake knows no keys; who keeps them gives one of these.</summary>
public interface IObjectCipher
{
    /// <summary>Bytes at the beginning of a file that <see cref="IsSealed"/> and <see cref="ClearLength"/> look at.</summary>
    int HeadLength { get; }

    /// <summary>A stream that encrypts what is written to it; the output is whole, and still open, when it is disposed.</summary>
    Stream Seal(Stream output);

    /// <summary>The clear bytes of encrypted content, seekable; owns the input. Problems: <c>keys.sealed-damaged</c>, <c>keys.unknown</c>.</summary>
    Result<Stream> Open(Stream input);

    /// <summary>True when content that begins so is encrypted; what was stored before the store had a cipher is not.</summary>
    bool IsSealed(ReadOnlySpan<byte> head);

    /// <summary>True when content that begins so is encrypted under the key that new content gets.</summary>
    bool IsCurrent(ReadOnlySpan<byte> head);

    /// <summary>Clear bytes in encrypted content of this length.</summary>
    long ClearLength(long length);
}
