using System.IO.Pipelines;
using System.Text;
using Xunit;
using Yunnao.Services.Imaging.Web;

namespace Yunnao.Tests.Unit.Imaging;

/// <summary>Parts of multipart messages, however the connection cuts them.</summary>
public sealed class PartReaderTests
{
    private const string Message = "a preamble\r\n--cut here\r\nContent-Type: application/dicom\r\nContent-Location: x\r\n\r\nfirst\r\n--cut her\r\n\r\n--cut here\r\n\r\n\r\n--cut here\r\ncontent-type:application/dicom+json; a=b\r\n\r\n{}\r\n--cut here--\r\nan epilogue";
    private static readonly string[] Parts = ["application/dicom|first\r\n--cut her\r\n", "|", "application/dicom+json; a=b|{}"];

    [Theory]
    [InlineData(Message)]
    [InlineData("--cut here\r\nContent-Type: application/dicom\r\n\r\nfirst\r\n--cut her\r\n\r\n--cut here\r\n\r\n\r\n--cut here\r\nContent-Type: application/dicom+json; a=b\r\n\r\n{}\r\n--cut here--")]
    public async Task All_parts_come_whatever_the_pieces(string message)
    {
        for (var size = 1; size <= message.Length; size++) Assert.Equal(Parts, await ReadAsync(message, size, "cut here"));
    }

    [Fact]
    public async Task A_body_without_a_boundary_is_one_part() => Assert.Equal(["|" + Message], await ReadAsync(Message, 7, null));

    [Fact]
    public async Task What_is_not_read_of_a_part_is_passed_over()
    {
        var parts = new PartReader(Pieces(Message, 5), "cut here");
        var count = 0;
        while (await parts.NextAsync(TestContext.Current.CancellationToken)) count++;
        Assert.Equal(3, count);
    }

    [Fact]
    public async Task A_message_that_is_cut_off_is_told_apart_from_one_that_ends()
    {
        var end = Message.IndexOf("--cut here--", StringComparison.Ordinal) + "--cut here".Length;
        for (var length = 0; length < end; length++)
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(Message[..length], 16, "cut here"));
    }

    [Fact]
    public async Task A_head_without_an_end_is_refused_before_it_fills_the_memory() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync("--b\r\nX: " + new string('x', 100_000), 4096, "b"));

    private static async Task<List<string>> ReadAsync(string message, int size, string? boundary)
    {
        var (parts, found) = (new PartReader(Pieces(message, size), boundary), new List<string>());
        while (await parts.NextAsync(TestContext.Current.CancellationToken))
        {
            var text = new StringBuilder(parts.ContentType).Append('|');
            for (var bytes = await parts.ReadAsync(TestContext.Current.CancellationToken); !bytes.IsEmpty; bytes = await parts.ReadAsync(TestContext.Current.CancellationToken)) text.Append(Encoding.Latin1.GetString(bytes));
            found.Add(text.ToString());
        }

        return found;
    }

    /// <summary>A body that comes in pieces of a size, each in a buffer of its own.</summary>
    private static PipeReader Pieces(string message, int size) => PipeReader.Create(new Dribble(Encoding.Latin1.GetBytes(message), size), new StreamPipeReaderOptions(bufferSize: 16, minimumReadSize: 1));

    private sealed class Dribble(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
