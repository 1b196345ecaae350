using System.Globalization;
using System.Text;

namespace Yunnao.Formats.Hl7v2;

/// <summary>Writes acknowledgements (HL7 2.5, 2.9): an MSH and an MSA segment in the separators of the message they answer.</summary>
public static class Acknowledgement
{
    /// <summary>The acknowledgement of a message.</summary>
    /// <param name="head">Of the message; null when it had none.</param>
    /// <param name="code">AA, AE, AR (original mode, application); CA, CE, CR (enhanced mode, accept).</param>
    /// <param name="text">What went wrong, for people; empty when nothing did.</param>
    /// <param name="number">Makes MSH-10 of the acknowledgement unique among those of this process.</param>
    public static byte[] Write(MessageHead? head, string code, string text, DateTimeOffset now, long number)
    {
        var answer = new ByteBuffer();
        var separator = head?.Separator ?? (byte)'|';
        void Field(ReadOnlySpan<byte> value)
        {
            answer.Add(separator);
            answer.Add(value);
        }

        answer.Add("MSH"u8);
        Field(head is null ? "^~\\&"u8 : head.Field(2));
        for (var i = 0; i < 4; i++) Field(head is null ? default : head.Field(i < 2 ? i + 5 : i + 1));
        Field(Encoding.ASCII.GetBytes(now.ToString("yyyyMMddHHmmsszz", CultureInfo.InvariantCulture) + "00"));
        Field(default);
        Field(Type(head));
        Field(Encoding.ASCII.GetBytes($"{now.ToUnixTimeSeconds():x}{number:x}"));
        Field(head is { } given && given.Field(11).Length > 0 ? given.Field(11) : "P"u8);
        Field(head is { } versioned && versioned.Field(12).Length > 0 ? versioned.Field(12) : "2.5"u8);
        answer.Add("\rMSA"u8);
        Field(Encoding.ASCII.GetBytes(code));
        Field(head is null ? default : head.Field(10));
        if (text.Length > 0) Field(Encoding.ASCII.GetBytes(text));
        answer.Add((byte)'\r');
        return answer.Written.ToArray();
    }

    private static byte[] Type(MessageHead? head)
    {
        if (head is null || head.Trigger.Length == 0) return "ACK"u8.ToArray();
        var component = (char)head.Field(2)[0];
        return Encoding.ASCII.GetBytes($"ACK{component}{head.Trigger}");
    }
}
