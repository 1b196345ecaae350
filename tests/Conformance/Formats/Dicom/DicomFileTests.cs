using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Pixels;

namespace Yunnao.Tests.Formats.Dicom;

/// <summary>Every object of the shared imaging data: read, read again in pieces, written again, converted and back.</summary>
public sealed class DicomFileTests
{
    [Fact]
    public void Every_object_is_read()
    {
        var excluded = Exclusions.Of("read");
        var refused = ImagingData.Objects().Where(name => !DicomReader.Read(ImagingData.Read(name)).Ok);
        Assert.Equal(457, ImagingData.Objects().Count());
        Assert.Equal(excluded, refused);
    }

    [Fact]
    public void Written_in_its_own_syntax_an_object_has_the_bytes_it_had()
    {
        var different = new List<string>();
        foreach (var (name, bytes, file) in Files())
        {
            var written = DicomWriter.Write(file);
            if (!written.Ok || !written.Value.AsSpan().SequenceEqual(bytes)) different.Add(name);
        }

        Assert.Equal(Exclusions.Of("bytes"), different.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_header_read_from_a_stream_is_that_of_the_whole_object()
    {
        foreach (var (name, bytes, file) in Files())
        {
            var options = new DicomReadOptions { LargestValue = 1 << 16 };
            var fromPieces = await DicomReader.ReadHeaderAsync(PipeReader.Create(new PiecesStream(bytes, 997)), options, TestContext.Current.CancellationToken);
            var fromFile = await DicomReader.ReadHeaderAsync(new MemoryStream(bytes), options, TestContext.Current.CancellationToken);
            var fromMemory = DicomReader.ReadHeader(bytes);
            foreach (var header in new[] { fromPieces, fromFile, fromMemory })
            {
                Assert.True(header.Ok, name);
                Assert.Equal(Show(file.Meta, bytes), Show(header.Value.Meta, bytes));
                Assert.Equal(file.DataSetOffset, header.Value.DataSetOffset);
                var whole = Show(file.DataSet, bytes);
                var head = Show(header.Value.DataSet, file.Syntax.IsDeflated ? null : bytes);
                Assert.True(whole.StartsWith(head, StringComparison.Ordinal) || file.Syntax.IsDeflated, $"{name}\n{head}\n{whole}");
                Assert.Equal(file.DataSet.Contains(Tags.PixelData), header.Value.DataSet.Contains(Tags.PixelData));
            }
        }
    }

    [Fact]
    public void Converted_to_another_syntax_and_back_an_object_says_the_same()
    {
        foreach (var (name, bytes, file) in Files())
        {
            if (file.Syntax.IsEncapsulated || file.Problems.Count > 0) continue;
            foreach (var other in new[] { TransferSyntax.ExplicitLittle, TransferSyntax.ExplicitBig, TransferSyntax.ImplicitLittle, TransferSyntax.Deflated })
            {
                var there = DicomReader.Read(DicomWriter.Write(file, other).Value).Value;
                Assert.Equal(other, there.Syntax);
                Assert.Empty(there.Problems);
                var back = DicomReader.Read(DicomWriter.Write(there, file.Syntax).Value).Value;
                var isExact = other.IsExplicit && file.Syntax.IsExplicit;
                Assert.True(Show(file.DataSet, null, isExact) == Show(back.DataSet, null, isExact), $"{name} by {other.Name}");
            }
        }
    }

    [Fact]
    public async Task Frames_are_found_from_the_header_where_they_are_found_in_the_whole()
    {
        foreach (var (name, bytes, file) in Files())
        {
            if (file.Syntax.IsDeflated || !file.DataSet.Contains(Tags.PixelData)) continue;
            var whole = FrameIndex.Of(file);
            var stream = new MemoryStream(bytes);
            var header = (await DicomReader.ReadHeaderAsync(stream, cancel: TestContext.Current.CancellationToken)).Value;
            var index = await FrameIndex.ReadAsync(stream, header, TestContext.Current.CancellationToken);
            Assert.Equal(whole.Ok, index.Ok);
            if (whole.Ok) Assert.True(whole.Value.Frames.SequenceEqual(index.Value.Frames), name);
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes, DicomFile File)> Files()
    {
        foreach (var name in ImagingData.Objects())
        {
            var bytes = ImagingData.Read(name);
            if (DicomReader.Read(bytes).Try(out var file, out _)) yield return (name, bytes, file);
        }
    }

    /// <summary>A data set as text, a line an element, with digests of values. A deferred value is looked up in the bytes.</summary>
    private static string Show(DicomDataSet set, byte[]? bytes, bool exact = true, string indent = "")
    {
        var text = new StringBuilder();
        foreach (var element in set)
        {
            if (element.Tag.IsGroupLength) continue;
            if (element.IsEncapsulated || element.Deferred is { Length: < 0 })
            {
                // Only the beginning is compared: a header ends here.
                return text.ToString();
            }

            // In implicit syntaxes the representation of private elements is lost, and where the standard leaves a choice it may change.
            if (!exact && element.Tag.IsPrivate) continue;
            var value = element.Deferred is { } deferred && bytes is not null
                ? bytes.AsSpan((int)deferred.Offset, (int)Math.Min(deferred.Length, bytes.Length - deferred.Offset)) : element.Value.Span;
            var sum = new HashCode();
            sum.AddBytes(value);
            var shown = element.IsBigEndian ? string.Join('|', element.Strings()) : $"{sum.ToHashCode():X8}";
            text.Append(CultureInfo.InvariantCulture, $"{indent}{element.Tag} {(exact ? element.Vr.Name() : "")} {value.Length} {shown}\n");
            foreach (var item in element.Items) text.Append(indent).Append("item\n").Append(Show(item, bytes, exact, indent + "  "));
        }

        return text.ToString();
    }
}
