using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Yunnao.Trust.Control;
using Yunnao.Trust.Keys;

namespace Yunnao.Trust.Audit;

/// <summary>
/// The hash of an event over the hash of the one before: of the previous hash (32 bytes), sequence and time (8 bytes each, big-endian), then
/// each field as its length in bytes (4, big-endian; all ones when it is missing) and its bytes: UTF-8, or 8 bytes big-endian of a number.
/// </summary>
internal sealed class AuditChain(Suite suite)
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    /// <summary>What the first event stands on.</summary>
    public static byte[] Genesis(Suite suite) => Hashing.Hash(suite, "yunnao audit 1"u8);

    public byte[] Next(ReadOnlySpan<byte> previous, AuditEntry entry)
    {
        _bytes.ResetWrittenCount();
        _bytes.Write(previous);
        Number(entry.Sequence);
        Number(entry.At.Micros());
        Text(entry.Kind);
        Text(entry.Who);
        Text(entry.Purpose);
        Text(entry.What);
        Number(entry.Subject is { } subject ? unchecked((long)subject) : null);
        Number(entry.Rows);
        Text(entry.Outcome);
        Text(entry.Details);
        return Hashing.Hash(suite, _bytes.WrittenSpan);
    }

    private void Number(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(8), number);
        _bytes.Advance(8);
    }

    private void Number(long? number)
    {
        Length(number is null ? -1 : 8);
        if (number is { } there) Number(there);
    }

    private void Text(string? text)
    {
        if (text is null)
        {
            Length(-1);
            return;
        }

        Length(Encoding.UTF8.GetByteCount(text));
        _bytes.Advance(Encoding.UTF8.GetBytes(text, _bytes.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
    }

    private void Length(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(4), length);
        _bytes.Advance(4);
    }
}
