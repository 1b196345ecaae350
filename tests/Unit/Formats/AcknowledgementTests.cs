using System.Text;
using Xunit;
using Yunnao.Formats.Hl7v2;

namespace Yunnao.Tests.Formats;

public sealed class AcknowledgementTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(8));

    [Fact]
    public void Sender_and_receiver_change_places_and_the_number_of_the_message_comes_back()
    {
        var head = MessageHead.Read("MSH|^~\\&|LIS|H1|YN|C|20260101||ORU^R01^ORU_R01|M77|P|2.4\rPID|1"u8)!;
        Assert.False(head.IsEnhanced);
        Assert.Equal("MSH|^~\\&|YN|C|LIS|H1|20260102030405+0800||ACK^R01|6956c5251|P|2.4\rMSA|AA|M77\r", Encoding.ASCII.GetString(Acknowledgement.Write(head, "AA", "", Now, 1)));
    }

    [Theory]
    [InlineData("AL", "NE", true, true, false)]
    [InlineData("SU", "AL", true, true, true)]
    [InlineData("ER", "AL", true, false, true)]
    [InlineData("ER", "", false, true, false)]
    public void In_the_enhanced_mode_the_sender_says_what_it_wants_to_hear(string accept, string application, bool accepted, bool wantsAccept, bool wantsApplication)
    {
        var head = MessageHead.Read(Encoding.ASCII.GetBytes($"MSH|^~\\&|||||||ADT^A01|1|P|2.5|||{accept}|{application}\r"))!;
        Assert.True(head.IsEnhanced);
        Assert.Equal((wantsAccept, wantsApplication), (head.WantsAccept(accepted), head.WantsApplication(accepted)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MSH")]
    [InlineData("MSH|")]
    [InlineData("MSHxABCDEF")]
    [InlineData("PID|1|2|3|4")]
    public void What_has_no_head_has_none(string text) => Assert.Null(MessageHead.Read(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Any_bytes_have_a_head_or_none_and_can_be_answered()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = "MSH|^~\\&|A|B|C|D|E||ADT^A01|1|P|2.5|||AL|AL\r"u8.ToArray();
            for (var n = random.Next(6); n >= 0; n--) bytes[3 + random.Next(bytes.Length - 3)] = (byte)random.Next(256);
            Assert.NotEmpty(Acknowledgement.Write(MessageHead.Read(bytes.AsSpan(0, random.Next(bytes.Length))), "AR", "x", Now, i));
        }
    }
}
