using System.Buffers.Binary;
using Yunnao.Trust.Control;

namespace Yunnao.Trust.Audit;

/// <summary>A signature over the chain up to an event.</summary>
public sealed record AuditSeal(long Sequence, DateTimeOffset At, byte[] Hash, int KeyId, byte[] Signature)
{
    /// <summary>What is signed: sequence and time (8 bytes each, big-endian), then the hash of the event.</summary>
    internal static byte[] Signed(long sequence, DateTimeOffset at, ReadOnlySpan<byte> hash)
    {
        var bytes = new byte[16 + hash.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, sequence);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), at == default ? 0 : at.Micros());
        hash.CopyTo(bytes.AsSpan(16));
        return bytes;
    }
}
