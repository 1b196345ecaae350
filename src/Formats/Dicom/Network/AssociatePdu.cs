using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Yunnao.Formats.Dicom.Network;

/// <summary>
/// A-ASSOCIATE-RQ or A-ASSOCIATE-AC (DICOM PS3.8, 9.3.2 and 9.3.3, with the user information of PS3.7 annex D.3.3). Items that are not known are
/// passed over, as the standard asks for.
/// </summary>
public sealed record AssociatePdu
{
    /// <summary>The application context of DICOM (PS3.7, annex A.2.1).</summary>
    public const string DicomContext = "1.2.840.10008.3.1.1.1";

    private const int FixedLength = 68;
    private const byte ApplicationContextItem = 0x10;
    private const byte ProposedContextItem = 0x20;
    private const byte AnsweredContextItem = 0x21;
    private const byte AbstractSyntaxItem = 0x30;
    private const byte TransferSyntaxItem = 0x40;
    private const byte UserInformationItem = 0x50;
    private const byte MaxLengthItem = 0x51;
    private const byte ImplementationClassItem = 0x52;
    private const byte AsynchronousItem = 0x53;
    private const byte RoleItem = 0x54;
    private const byte ImplementationVersionItem = 0x55;
    private const byte IdentityItem = 0x58;

    public required string CalledAe { get; init; }

    public required string CallingAe { get; init; }

    public string ApplicationContext { get; init; } = DicomContext;

    public IReadOnlyList<PresentationContext> Contexts { get; init; } = [];

    /// <summary>The longest body of P-DATA-TF that the writer of this can take; 0 for any.</summary>
    public uint MaxLength { get; init; }

    public string ImplementationClass { get; init; } = "";

    public string ImplementationVersion { get; init; } = "";

    /// <summary>Operations that the asking side may have under way at once, and those that it can serve at once; null when it says nothing, 0 for any number.</summary>
    public (ushort Invoked, ushort Performed)? Window { get; init; }

    public IReadOnlyList<RoleSelection> Roles { get; init; } = [];

    /// <summary>True when the one who asks says who its user is (PS3.7, D.3.3.7); who that is, is not kept.</summary>
    public bool HasIdentity { get; init; }

    /// <summary>True when bit 0 of the protocol version is set (9.3.2).</summary>
    public bool IsVersionOne { get; init; } = true;

    /// <summary>Reads the body; null when its lengths contradict each other or its text is none.</summary>
    public static AssociatePdu? Read(ReadOnlySpan<byte> body, bool isRequest)
    {
        if (body.Length < FixedLength) return null;
        var items = new Items(isRequest);
        if (!items.Read(body[FixedLength..])) return null;
        return new()
        {
            IsVersionOne = (BinaryPrimitives.ReadUInt16BigEndian(body) & 1) != 0,
            CalledAe = AeTitle(body.Slice(4, 16)),
            CallingAe = AeTitle(body.Slice(20, 16)),
            ApplicationContext = items.ApplicationContext,
            Contexts = items.Contexts,
            MaxLength = items.MaxLength,
            ImplementationClass = items.ImplementationClass,
            ImplementationVersion = items.ImplementationVersion,
            Window = items.Window,
            Roles = items.Roles,
            HasIdentity = items.HasIdentity,
        };
    }

    /// <summary>The whole unit, with its header.</summary>
    public byte[] Write(bool isRequest)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        var header = output.GetSpan(Pdu.HeaderLength + FixedLength);
        header[..(Pdu.HeaderLength + FixedLength)].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[Pdu.HeaderLength..], 1);
        WriteAeTitle(header.Slice(10, 16), CalledAe);
        WriteAeTitle(header.Slice(26, 16), CallingAe);
        output.Advance(Pdu.HeaderLength + FixedLength);
        WriteText(output, ApplicationContextItem, ApplicationContext);
        foreach (var context in Contexts) WriteContext(output, context, isRequest);
        WriteItem(output, UserInformationItem, WriteUser());
        var bytes = output.WrittenSpan.ToArray();
        Pdu.WriteHeader(bytes, isRequest ? PduType.AssociateRequest : PduType.AssociateAccept, bytes.Length - Pdu.HeaderLength);
        return bytes;
    }

    private byte[] WriteUser()
    {
        var user = new ArrayBufferWriter<byte>(512);
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(four, MaxLength);
        WriteItem(user, MaxLengthItem, four);
        WriteText(user, ImplementationClassItem, ImplementationClass);
        if (Window is var (invoked, performed))
        {
            BinaryPrimitives.WriteUInt16BigEndian(four, invoked);
            BinaryPrimitives.WriteUInt16BigEndian(four[2..], performed);
            WriteItem(user, AsynchronousItem, four);
        }

        foreach (var (sopClass, scu, scp) in Roles)
        {
            var role = new byte[2 + sopClass.Length + 2];
            BinaryPrimitives.WriteUInt16BigEndian(role, (ushort)sopClass.Length);
            Encoding.ASCII.GetBytes(sopClass, role.AsSpan(2));
            (role[^2], role[^1]) = (scu ? (byte)1 : (byte)0, scp ? (byte)1 : (byte)0);
            WriteItem(user, RoleItem, role);
        }

        if (ImplementationVersion.Length > 0) WriteText(user, ImplementationVersionItem, ImplementationVersion);
        return user.WrittenSpan.ToArray();
    }

    private static void WriteContext(ArrayBufferWriter<byte> output, PresentationContext context, bool isRequest)
    {
        var item = new ArrayBufferWriter<byte>(256);
        item.Write((ReadOnlySpan<byte>)[context.Id, 0, context.Result, 0]);
        if (isRequest) WriteText(item, AbstractSyntaxItem, context.AbstractSyntax);
        foreach (var syntax in context.TransferSyntaxes) WriteText(item, TransferSyntaxItem, syntax);
        WriteItem(output, isRequest ? ProposedContextItem : AnsweredContextItem, item.WrittenSpan);
    }

    private static void WriteText(ArrayBufferWriter<byte> output, byte type, string text) => WriteItem(output, type, Encoding.ASCII.GetBytes(text));

    private static void WriteItem(ArrayBufferWriter<byte> output, byte type, ReadOnlySpan<byte> content)
    {
        var header = output.GetSpan(4);
        (header[0], header[1]) = (type, 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], checked((ushort)content.Length));
        output.Advance(4);
        output.Write(content);
    }

    private static void WriteAeTitle(Span<byte> field, string title)
    {
        field.Fill((byte)' ');
        Encoding.ASCII.GetBytes(title.AsSpan(0, Math.Min(title.Length, 16)), field);
    }

    private static string AeTitle(ReadOnlySpan<byte> field) => Encoding.ASCII.GetString(field).Trim(' ', '\0');

    /// <summary>The items of variable number.</summary>
    private sealed class Items(bool isRequest)
    {
        public string ApplicationContext { get; private set; } = "";

        public List<PresentationContext> Contexts { get; } = [];

        public uint MaxLength { get; private set; }

        public string ImplementationClass { get; private set; } = "";

        public string ImplementationVersion { get; private set; } = "";

        public (ushort, ushort)? Window { get; private set; }

        public List<RoleSelection> Roles { get; } = [];

        public bool HasIdentity { get; private set; }

        public bool Read(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                if (!Next(ref bytes, out var type, out var content)) return false;
                if (type == ApplicationContextItem) ApplicationContext = Uid(content);
                if (type is ProposedContextItem or AnsweredContextItem && !ReadContext(content)) return false;
                if (type == UserInformationItem && !ReadUser(content)) return false;
            }

            return true;
        }

        private bool ReadContext(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 4) return false;
            var (id, result) = (bytes[0], isRequest ? (byte)0 : bytes[2]);
            var (abstractSyntax, transfer) = ("", new List<string>(4));
            bytes = bytes[4..];
            while (bytes.Length > 0)
            {
                if (!Next(ref bytes, out var type, out var content)) return false;
                if (type == AbstractSyntaxItem) abstractSyntax = Uid(content);
                if (type == TransferSyntaxItem) transfer.Add(Uid(content));
            }

            Contexts.Add(new(id, abstractSyntax, transfer, result));
            return Contexts.Count <= 128;
        }

        private bool ReadUser(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                if (!Next(ref bytes, out var type, out var content)) return false;
                switch (type)
                {
                    case MaxLengthItem when content.Length >= 4: MaxLength = BinaryPrimitives.ReadUInt32BigEndian(content); break;
                    case ImplementationClassItem: ImplementationClass = Uid(content); break;
                    case ImplementationVersionItem: ImplementationVersion = Encoding.ASCII.GetString(content).Trim(' ', '\0'); break;
                    case AsynchronousItem when content.Length >= 4:
                        Window = (BinaryPrimitives.ReadUInt16BigEndian(content), BinaryPrimitives.ReadUInt16BigEndian(content[2..]));
                        break;
                    case RoleItem when content.Length >= 4:
                        var length = BinaryPrimitives.ReadUInt16BigEndian(content);
                        if (content.Length < length + 4) return false;
                        Roles.Add(new(Uid(content.Slice(2, length)), content[2 + length] == 1, content[3 + length] == 1));
                        break;
                    case IdentityItem: HasIdentity = true; break;
                    default: break;
                }
            }

            return true;
        }

        private static bool Next(ref ReadOnlySpan<byte> bytes, out byte type, out ReadOnlySpan<byte> content)
        {
            type = 0;
            content = default;
            if (bytes.Length < 4) return false;
            type = bytes[0];
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            if (bytes.Length - 4 < length) return false;
            content = bytes.Slice(4, length);
            bytes = bytes[(4 + length)..];
            return true;
        }

        private static string Uid(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes).Trim(' ', '\0');
    }
}
