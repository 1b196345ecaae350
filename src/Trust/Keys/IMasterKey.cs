using Yunnao.Kernel;

namespace Yunnao.Trust.Keys;

/// <summary>
/// The key that wraps all others. It never leaves its holder: a file that only its owner reads (<see cref="FileMasterKey"/>) or a hardware
/// security module reached by PKCS #11.
/// </summary>
public interface IMasterKey : IDisposable
{
    /// <summary>Names the key in what it wrapped: a digest of it, or the label in the module.</summary>
    string Id { get; }

    /// <summary>Encrypts a key.</summary>
    /// <param name="context">Bound to the result; the same is needed to unwrap it.</param>
    byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> context);

    /// <summary>Decrypts what <see cref="Wrap"/> wrote. Problem: <c>keys.unwrap</c> (another master key, another context, or damage).</summary>
    Result<byte[]> Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context);
}
