using System.Buffers;
using Xunit;
using Yunnao.Formats.Dicom.Network;

namespace Yunnao.Tests.Unit.Imaging;

public sealed class PduTests
{
    private static readonly AssociatePdu Request = new()
    {
        CalledAe = "YUNNAO",
        CallingAe = "SIXTEEN_LETTERS_",
        Contexts = [.. Enumerable.Range(0, 128).Select(i => new PresentationContext((byte)(i * 2 + 1), $"1.2.840.10008.5.1.4.1.1.{i}", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"]))],
        MaxLength = 16384,
        ImplementationClass = "1.2.3",
        ImplementationVersion = "TEST",
        Window = (5, 1),
        Roles = [new("1.2.840.10008.5.1.4.1.1.2", Scu: false, Scp: true)],
    };

    [Fact]
    public void A_request_reads_as_it_was_written()
    {
        var bytes = Request.Write(isRequest: true);
        Assert.Equal((PduType.AssociateRequest, (uint)bytes.Length - 6), Pdu.ReadHeader(bytes));
        var read = AssociatePdu.Read(bytes.AsSpan(6), isRequest: true)!;
        Assert.Equal((Request.CalledAe, Request.CallingAe, Request.MaxLength, Request.ImplementationClass, Request.ImplementationVersion), (read.CalledAe, read.CallingAe, read.MaxLength, read.ImplementationClass, read.ImplementationVersion));
        Assert.Equal(Request.Window, read.Window);
        Assert.Equal(Request.Roles, read.Roles);
        Assert.Equal(Request.Contexts.Select(c => (c.Id, c.AbstractSyntax, string.Join(',', c.TransferSyntaxes))), read.Contexts.Select(c => (c.Id, c.AbstractSyntax, string.Join(',', c.TransferSyntaxes))));
    }

    [Fact]
    public void A_request_that_is_cut_off_or_damaged_is_refused_or_read_but_never_throws()
    {
        var bytes = Request.Write(isRequest: true)[6..];
        for (var length = 0; length < bytes.Length; length++) AssociatePdu.Read(bytes.AsSpan(0, length), isRequest: true);
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = bytes.ToArray();
            for (var k = 0; k < 3; k++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            AssociatePdu.Read(damaged, isRequest: i % 2 == 0);
        }
    }

    [Fact]
    public void A_command_reads_as_it_was_written()
    {
        DimseCommand[] commands =
        [
            new() { Field = DimseField.StoreRequest, MessageId = 7, SopClass = "1.2.3", SopInstance = "1.2.3.45", Priority = 0, HasDataSet = true, MoveOriginator = "MOVER", MoveOriginatorMessageId = 3 },
            new() { Field = DimseField.MoveResponse, MessageId = 9, SopClass = "1.2", Status = 0xFF00, Remaining = 4, Completed = 1, Failed = 0, Warning = 2 },
            new() { Field = DimseField.ActionRequest, MessageId = 1, SopClass = "1.2", SopInstance = "1.2.1", ActionType = 1, HasDataSet = true },
            new() { Field = DimseField.CancelRequest, MessageId = 2 },
            new() { Field = DimseField.MoveRequest, MessageId = 2, SopClass = "1.2.3.4", MoveDestination = "DEST", Priority = 2, HasDataSet = true },
        ];
        foreach (var command in commands)
        {
            var output = new ArrayBufferWriter<byte>();
            command.Write(output);
            Assert.Equal(0, output.WrittenCount % 2);
            Assert.Equal(command, DimseCommand.Read(output.WrittenSpan));
            for (var length = 0; length < output.WrittenCount; length++) DimseCommand.Read(output.WrittenSpan[..length]);
        }
    }
}
