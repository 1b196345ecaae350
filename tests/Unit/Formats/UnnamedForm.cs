using System.Buffers.Binary;

namespace Yunnao.Tests.Formats.Dicom;

/// <summary>Makes of a data set one whose elements all have the representation UN: heads in an explicit syntax around values that stay as they are.</summary>
internal static class UnnamedForm
{
    /// <param name="implicitLittle">A data set in implicit little endian without undefined lengths at the top.</param>
    /// <param name="big">True for heads that are high byte first.</param>
    public static byte[] Of(ReadOnlySpan<byte> implicitLittle, bool big)
    {
        using var output = new MemoryStream();
        Span<byte> head = stackalloc byte[12];
        while (!implicitLittle.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(implicitLittle[4..]);
            if (length == uint.MaxValue) throw new ArgumentException("An element has an undefined length.", nameof(implicitLittle));
            var (group, element) = (BinaryPrimitives.ReadUInt16LittleEndian(implicitLittle), BinaryPrimitives.ReadUInt16LittleEndian(implicitLittle[2..]));
            if (big)
            {
                BinaryPrimitives.WriteUInt16BigEndian(head, group);
                BinaryPrimitives.WriteUInt16BigEndian(head[2..], element);
                BinaryPrimitives.WriteUInt32BigEndian(head[8..], length);
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(head, group);
                BinaryPrimitives.WriteUInt16LittleEndian(head[2..], element);
                BinaryPrimitives.WriteUInt32LittleEndian(head[8..], length);
            }

            "UN\0\0"u8.CopyTo(head[4..]);
            output.Write(head);
            output.Write(implicitLittle.Slice(8, (int)length));
            implicitLittle = implicitLittle[(8 + (int)length)..];
        }

        return output.ToArray();
    }
}
