using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Yunnao.Formats.Dicom.Network;

/// <summary>
/// A command set: the elements of group 0000, always implicit VR little endian (DICOM PS3.7, 6.3.1 and annex E). Absent elements are null;
/// elements that are not used here are passed over.
/// </summary>
public sealed record DimseCommand
{
    /// <summary>The longest command set that is read. The longest legal one has some 500 bytes.</summary>
    public const int MostBytes = 16 << 10;

    private const ushort NoDataSet = 0x0101;
    private const ushort WithDataSet = 0x0001;

    public required DimseField Field { get; init; }

    /// <summary>(0000,0110); in a response (0000,0120).</summary>
    public required ushort MessageId { get; init; }

    /// <summary>False when (0000,0800) says that no data set follows.</summary>
    public bool HasDataSet { get; init; }

    /// <summary>(0000,0002), or (0000,0003) of N-ACTION.</summary>
    public string? SopClass { get; init; }

    /// <summary>(0000,1000), or (0000,1001) of N-ACTION.</summary>
    public string? SopInstance { get; init; }

    public ushort? Priority { get; init; }

    public ushort? Status { get; init; }

    /// <summary>(0000,0902), at most 64 characters.</summary>
    public string? ErrorComment { get; init; }

    public string? MoveDestination { get; init; }

    public string? MoveOriginator { get; init; }

    public ushort? MoveOriginatorMessageId { get; init; }

    public ushort? EventType { get; init; }

    public ushort? ActionType { get; init; }

    public ushort? Remaining { get; init; }

    public ushort? Completed { get; init; }

    public ushort? Failed { get; init; }

    public ushort? Warning { get; init; }

    /// <summary>True for the fields with the bit of a response.</summary>
    public bool IsResponse => ((ushort)Field & 0x8000) != 0;

    private bool IsNormalisedRequest => Field is DimseField.ActionRequest;

    /// <summary>Reads a command set; null when its lengths contradict each other or it has no command field.</summary>
    public static DimseCommand? Read(ReadOnlySpan<byte> bytes)
    {
        var command = new DimseCommand { Field = DimseField.None, MessageId = 0 };
        while (bytes.Length > 0)
        {
            if (bytes.Length < 8) return null;
            var (group, element) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]));
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            if (group != 0 || length > bytes.Length - 8) return null;
            var value = bytes.Slice(8, (int)length);
            bytes = bytes[(8 + (int)length)..];
            command = Take(command, element, value);
        }

        return command.Field == DimseField.None ? null : command;
    }

    /// <summary>A response to this request: its message, its class and instance, without a data set.</summary>
    public DimseCommand Respond(ushort status, string? comment = null) => new()
    {
        Field = (DimseField)((ushort)Field | 0x8000),
        MessageId = MessageId,
        SopClass = SopClass,
        SopInstance = SopInstance,
        Status = status,
        ErrorComment = comment,
        ActionType = ActionType,
        EventType = EventType,
    };

    /// <summary>Writes the command set with its group length.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        var elements = new ArrayBufferWriter<byte>(256);
        if (!IsNormalisedRequest) Put(elements, 0x0002, SopClass, '\0');
        else Put(elements, 0x0003, SopClass, '\0');
        Put(elements, 0x0100, (ushort)Field);
        Put(elements, IsResponse || Field == DimseField.CancelRequest ? (ushort)0x0120 : (ushort)0x0110, MessageId);
        Put(elements, 0x0600, MoveDestination, ' ');
        Put(elements, 0x0700, Priority);
        Put(elements, 0x0800, HasDataSet ? WithDataSet : NoDataSet);
        Put(elements, 0x0900, Status);
        Put(elements, 0x0902, ErrorComment is { Length: > 64 } ? ErrorComment[..64] : ErrorComment, ' ');
        if (!IsNormalisedRequest) Put(elements, 0x1000, SopInstance, '\0');
        else Put(elements, 0x1001, SopInstance, '\0');
        Put(elements, 0x1002, EventType);
        Put(elements, 0x1008, ActionType);
        Put(elements, 0x1020, Remaining);
        Put(elements, 0x1021, Completed);
        Put(elements, 0x1022, Failed);
        Put(elements, 0x1023, Warning);
        Put(elements, 0x1030, MoveOriginator, ' ');
        Put(elements, 0x1031, MoveOriginatorMessageId);
        Span<byte> groupLength = stackalloc byte[12];
        groupLength.Clear();
        groupLength[4] = 4;
        BinaryPrimitives.WriteUInt32LittleEndian(groupLength[8..], (uint)elements.WrittenCount);
        output.Write(groupLength);
        output.Write(elements.WrittenSpan);
    }

    private static DimseCommand Take(DimseCommand command, ushort element, ReadOnlySpan<byte> value) => element switch
    {
        0x0002 or 0x0003 => command with { SopClass = Text(value) },
        0x0100 => command with { Field = (DimseField)Number(value) },
        0x0110 or 0x0120 => command with { MessageId = Number(value) },
        0x0600 => command with { MoveDestination = Text(value) },
        0x0700 => command with { Priority = Number(value) },
        0x0800 => command with { HasDataSet = Number(value) != NoDataSet },
        0x0900 => command with { Status = Number(value) },
        0x0902 => command with { ErrorComment = Text(value) },
        0x1000 or 0x1001 => command with { SopInstance = Text(value) },
        0x1002 => command with { EventType = Number(value) },
        0x1008 => command with { ActionType = Number(value) },
        0x1020 => command with { Remaining = Number(value) },
        0x1021 => command with { Completed = Number(value) },
        0x1022 => command with { Failed = Number(value) },
        0x1023 => command with { Warning = Number(value) },
        0x1030 => command with { MoveOriginator = Text(value) },
        0x1031 => command with { MoveOriginatorMessageId = Number(value) },
        _ => command,
    };

    private static ushort Number(ReadOnlySpan<byte> value) => value.Length >= 2 ? BinaryPrimitives.ReadUInt16LittleEndian(value) : (ushort)0;

    private static string Text(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value).Trim(' ', '\0');

    private static void Put(ArrayBufferWriter<byte> output, ushort element, ushort? value)
    {
        if (value is not { } number) return;
        var span = output.GetSpan(10);
        WriteHeader(span, element, 2);
        BinaryPrimitives.WriteUInt16LittleEndian(span[8..], number);
        output.Advance(10);
    }

    private static void Put(ArrayBufferWriter<byte> output, ushort element, string? value, char padding)
    {
        if (value is null) return;
        var length = value.Length + (value.Length & 1);
        var span = output.GetSpan(8 + length);
        WriteHeader(span, element, length);
        Encoding.Latin1.GetBytes(value, span[8..]);
        if (length != value.Length) span[8 + value.Length] = (byte)padding;
        output.Advance(8 + length);
    }

    private static void WriteHeader(Span<byte> span, ushort element, int length)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(span, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(span[2..], element);
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], (uint)length);
    }
}
