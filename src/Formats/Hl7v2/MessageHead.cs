using System.Text;

namespace Yunnao.Formats.Hl7v2;

/// <summary>What an acknowledgement needs of a message: some fields of its MSH segment, as they were sent.</summary>
public sealed class MessageHead
{
    private readonly byte[][] _fields;

    private MessageHead(byte separator, byte[][] fields) => (Separator, _fields) = (separator, fields);

    /// <summary>The field separator, MSH-1.</summary>
    public byte Separator { get; }

    /// <summary>True when the sender asks for the enhanced mode: MSH-15 or MSH-16 has a value (HL7 2.5, 2.9.3).</summary>
    public bool IsEnhanced => Field(15).Length > 0 || Field(16).Length > 0;

    /// <summary>Reads the head of a message; null when it does not begin with a usable MSH segment.</summary>
    public static MessageHead? Read(ReadOnlySpan<byte> message)
    {
        message = message.TrimStart(" \r\n\t"u8);
        if (message.StartsWith("\uFEFF"u8)) message = message[3..];
        if (message.Length < 8 || !message.StartsWith("MSH"u8) || char.IsAsciiLetterOrDigit((char)message[3]) || message[3] < ' ') return null;
        var separator = message[3];
        var end = message.IndexOfAny((byte)'\r', (byte)'\n');
        var rest = (end < 0 ? message : message[..end])[4..];
        var fields = new List<byte[]> { Array.Empty<byte>(), new[] { separator } };
        while (fields.Count < 32)
        {
            var next = rest.IndexOf(separator);
            fields.Add((next < 0 ? rest : rest[..next]).ToArray());
            if (next < 0) break;
            rest = rest[(next + 1)..];
        }

        return fields[2].Length == 0 ? null : new(separator, [.. fields]);
    }

    /// <summary>A field of MSH by its number, as it was sent; empty when there is none.</summary>
    public ReadOnlySpan<byte> Field(int number) => number < _fields.Length ? _fields[number] : default;

    /// <summary>True when the sender wants an accept acknowledgement (MSH-15) for the outcome: AL always, ER and SU only for that outcome, NE never.</summary>
    public bool WantsAccept(bool accepted) => Wants(Field(15), accepted);

    /// <summary>As <see cref="WantsAccept"/>, of the application acknowledgement (MSH-16).</summary>
    public bool WantsApplication(bool accepted) => Wants(Field(16), accepted);

    /// <summary>The trigger event, MSH-9.2, in ASCII; empty when there is none.</summary>
    public string Trigger
    {
        get
        {
            var type = Field(9);
            var component = _fields[2][0];
            var at = type.IndexOf(component);
            if (at < 0) return "";
            var trigger = type[(at + 1)..];
            var end = trigger.IndexOf(component);
            if (end >= 0) trigger = trigger[..end];
            return trigger.Length is > 0 and <= 8 && !trigger.ContainsAnyExceptInRange((byte)'0', (byte)'Z') ? Encoding.ASCII.GetString(trigger) : "";
        }
    }

    private static bool Wants(ReadOnlySpan<byte> condition, bool accepted) =>
        condition.SequenceEqual("AL"u8) || (accepted ? condition.SequenceEqual("SU"u8) : condition.SequenceEqual("ER"u8));
}
