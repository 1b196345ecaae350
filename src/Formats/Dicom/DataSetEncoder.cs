using System.Buffers.Binary;

namespace Yunnao.Formats.Dicom;

/// <summary>Writes elements as bytes (PS3.5 7). Sequences and items keep the kind of length they were read with; new ones have a known length.</summary>
internal sealed class DataSetEncoder(ByteBuffer target, TransferSyntax syntax, bool groupLengths)
{
    private bool _explicit = syntax.IsExplicit;
    private bool _big = syntax.IsBigEndian;

    public void DataSet(DicomDataSet set)
    {
        foreach (var element in set) Element(element);
    }

    public void Element(DicomElement element)
    {
        if (element.Tag.IsGroupLength && !groupLengths && element.Tag.Group != 2) return;
        if (element.IsSequence) Sequence(element);
        else if (element.IsEncapsulated) Fragments(element);
        else Value(element);
    }

    /// <summary>Tag, representation and length of a value whose bytes follow.</summary>
    /// <returns>The bytes of the head; a length that is patched later is its last 4 bytes.</returns>
    public void Head(DicomTag tag, Vr vr, uint length)
    {
        UInt16(tag.Group);
        UInt16(tag.Element);
        if (_explicit && vr != Vr.None)
        {
            // PS3.5 6.2.2: what does not fit into a length of 16 bits is written as UN.
            if (!vr.HasLongLength() && length > 0xFFFF) vr = Vr.UN;
            var name = vr.Name();
            target.Add((byte)name[0]);
            target.Add((byte)name[1]);
            if (!vr.HasLongLength())
            {
                UInt16((ushort)length);
                return;
            }

            UInt16(0);
        }

        UInt32(length);
    }

    private void Value(DicomElement element)
    {
        var value = element.Value.Span;
        var vr = element.WrittenVr;
        Head(element.Tag, vr, (uint)((value.Length + 1) & ~1));
        Copy(value, target.Free(value.Length), vr.Width(), element.IsBigEndian != _big);
        target.Advance(value.Length);
        if ((value.Length & 1) == 1) target.Add(element.Vr.Padding());
    }

    /// <summary>Copies numbers, with their bytes turned round where the byte orders differ.</summary>
    public static void Copy(ReadOnlySpan<byte> value, Span<byte> copy, int width, bool turn)
    {
        var whole = turn ? value.Length / width * width : 0;
        if (width == 2 && turn) BinaryPrimitives.ReverseEndianness(Cast<ushort>(value[..whole]), CastTo<ushort>(copy[..whole]));
        else if (width == 4 && turn) BinaryPrimitives.ReverseEndianness(Cast<uint>(value[..whole]), CastTo<uint>(copy[..whole]));
        else if (width == 8 && turn) BinaryPrimitives.ReverseEndianness(Cast<ulong>(value[..whole]), CastTo<ulong>(copy[..whole]));
        else whole = 0;
        value[whole..].CopyTo(copy[whole..]);
    }

    private static ReadOnlySpan<T> Cast<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(bytes);

    private static Span<T> CastTo<T>(Span<byte> bytes)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(bytes);

    private void Sequence(DicomElement element)
    {
        var undefined = element.Node.Has(NodeFlags.Undefined);
        var vr = element.WrittenVr is Vr.UN ? Vr.UN : Vr.SQ;
        Head(element.Tag, vr, uint.MaxValue);
        var start = target.Length;
        var (isExplicit, big) = (_explicit, _big);
        if (vr == Vr.UN) (_explicit, _big) = (false, false);
        foreach (var item in element.Items)
        {
            Head(new(0xFFFE_E000), Vr.None, uint.MaxValue);
            var inner = target.Length;
            DataSet(item);
            if (item.UndefinedLength) Head(new(0xFFFE_E00D), Vr.None, 0);
            else Patch(inner);
        }

        if (undefined) Head(new(0xFFFE_E0DD), Vr.None, 0);
        (_explicit, _big) = (isExplicit, big);
        if (!undefined) Patch(start);
    }

    private void Fragments(DicomElement element)
    {
        Head(element.Tag, element.Vr == Vr.OW ? Vr.OW : Vr.OB, uint.MaxValue);
        foreach (var fragment in element.Fragments)
        {
            Head(new(0xFFFE_E000), Vr.None, (uint)((fragment.Length + 1) & ~1));
            target.Add(fragment.Span);
            if ((fragment.Length & 1) == 1) target.Add(0);
        }

        Head(new(0xFFFE_E0DD), Vr.None, 0);
    }

    private void Patch(int start)
    {
        var length = (uint)(target.Length - start);
        var place = target.Written.Slice(start - 4, 4);
        if (_big) BinaryPrimitives.WriteUInt32BigEndian(place, length);
        else BinaryPrimitives.WriteUInt32LittleEndian(place, length);
    }

    private void UInt16(ushort value)
    {
        var place = target.Free(2);
        if (_big) BinaryPrimitives.WriteUInt16BigEndian(place, value);
        else BinaryPrimitives.WriteUInt16LittleEndian(place, value);
        target.Advance(2);
    }

    private void UInt32(uint value)
    {
        var place = target.Free(4);
        if (_big) BinaryPrimitives.WriteUInt32BigEndian(place, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(place, value);
        target.Advance(4);
    }
}
