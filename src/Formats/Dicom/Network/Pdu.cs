using System.Buffers.Binary;

namespace Yunnao.Formats.Dicom.Network;

/// <summary>The frame of every protocol data unit, and the small fixed ones (DICOM PS3.8, 9.3).</summary>
public static class Pdu
{
    /// <summary>Type, a reserved byte, and the length of what follows.</summary>
    public const int HeaderLength = 6;

    /// <summary>Length of the item, context and message control header of a presentation data value.</summary>
    public const int ValueHeaderLength = 6;

    /// <summary>What A-ASSOCIATE-RQ may be long here: 128 contexts with 60 transfer syntaxes of 64 characters each are 520,000 bytes.</summary>
    public const int MostAssociate = 1 << 20;

    private const int ShortBody = 4;

    /// <summary>Reads type and length of the body; the first six bytes must be there.</summary>
    public static (PduType Type, uint Length) ReadHeader(ReadOnlySpan<byte> bytes) =>
        (bytes[0] is >= 1 and <= 7 ? (PduType)bytes[0] : PduType.None, BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    /// <summary>Writes type and length of the body.</summary>
    public static void WriteHeader(Span<byte> bytes, PduType type, int length)
    {
        bytes[0] = (byte)type;
        bytes[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)length);
    }

    /// <summary>A-RELEASE-RQ (9.3.6).</summary>
    public static byte[] ReleaseRequest() => Short(PduType.ReleaseRequest, 0, 0, 0);

    /// <summary>A-RELEASE-RP (9.3.7).</summary>
    public static byte[] ReleaseResponse() => Short(PduType.ReleaseResponse, 0, 0, 0);

    /// <summary>A-ABORT (9.3.8).</summary>
    /// <param name="byProvider">True when the protocol was broken, false when the user gave up.</param>
    public static byte[] Abort(bool byProvider, AbortReason reason) => Short(PduType.Abort, 0, (byte)(byProvider ? 2 : 0), (byte)reason);

    /// <summary>A-ASSOCIATE-RJ (9.3.4).</summary>
    public static byte[] Reject(Rejection rejection) => Short(PduType.AssociateReject, rejection.Result, rejection.Source, rejection.Reason);

    /// <summary>Reads the body of A-ASSOCIATE-RJ; zeros where it is too short.</summary>
    public static Rejection ReadReject(ReadOnlySpan<byte> body) => body.Length < ShortBody ? default : new(body[1], body[2], body[3]);

    private static byte[] Short(PduType type, byte second, byte third, byte fourth)
    {
        var bytes = new byte[HeaderLength + ShortBody];
        WriteHeader(bytes, type, ShortBody);
        (bytes[7], bytes[8], bytes[9]) = (second, third, fourth);
        return bytes;
    }
}
