using CsCheck;
using Xunit;
using Yunnao.Formats.Dicom;

namespace Yunnao.Tests.Formats.Dicom;

/// <summary>Random data sets, written in every uncompressed syntax and as JSON, come back equal.</summary>
public sealed class DicomRoundTripTests
{
    private static readonly DictionaryEntry[] Entries =
        [.. DicomDictionary.Entries().Where(e => e.VrText.Length == 2 && e.Tag.Group is > 8 and < 0x6000 && !e.Tag.IsGroupLength && e.Tag != Tags.SpecificCharacterSet && DicomDictionary.Find(e.Tag) == e)];

    private static readonly DicomTag[] Sequences = [.. Entries.Where(e => e.Vr == Vr.SQ).Select(e => e.Tag)];

    private static readonly Gen<string> Text = Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.Char["张三李四 -äé"]), 1, 12].Select(t => t.Trim()).Where(t => t.Length > 0);

    [Fact]
    public void In_every_uncompressed_syntax_and_json()
    {
        DataSet(3).Sample(set =>
        {
            var json = DicomJson.Write(set, new DicomJsonOptions { LargestInline = int.MaxValue });
            foreach (var syntax in new[] { TransferSyntax.ImplicitLittle, TransferSyntax.ExplicitLittle, TransferSyntax.ExplicitBig })
            {
                var bytes = DicomWriter.WriteDataSet(set, syntax).Value;
                var back = DicomReader.Read(bytes, new DicomReadOptions { Syntax = syntax, DataSetOnly = true }).Value;
                Assert.Empty(back.Problems);
                Assert.Equal(json, DicomJson.Write(back.DataSet, new DicomJsonOptions { LargestInline = int.MaxValue }));
                Assert.Equal(bytes, DicomWriter.WriteDataSet(back.DataSet, syntax).Value);
            }

            var read = DicomJson.Read(json).Value[0];
            Assert.Equal(json, DicomJson.Write(read, new DicomJsonOptions { LargestInline = int.MaxValue }));
        }, iter: 300);
    }

    /// <summary>PS3.5 6.2.2: what came as UN is what it is in implicit little endian, sequences too, whatever is around it; and it is written as it came.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void As_un_it_is_read_by_the_dictionary(bool big)
    {
        var (options, syntax) = (new DicomJsonOptions { LargestInline = int.MaxValue }, big ? TransferSyntax.ExplicitBig : TransferSyntax.ExplicitLittle);
        DataSet(3).Sample(set =>
        {
            var plain = DicomWriter.WriteDataSet(set, TransferSyntax.ImplicitLittle).Value;
            var expected = DicomReader.Read(plain, new DicomReadOptions { Syntax = TransferSyntax.ImplicitLittle, DataSetOnly = true }).Value;
            var unnamed = UnnamedForm.Of(plain, big);
            var read = DicomReader.Read(unnamed, new DicomReadOptions { Syntax = syntax, DataSetOnly = true }).Value;
            Assert.Empty(read.Problems);
            Assert.Equal(DicomJson.Write(expected.DataSet, options), DicomJson.Write(read.DataSet, options));
            Assert.Equal(unnamed, DicomWriter.WriteDataSet(read.DataSet, syntax).Value);
            Assert.Equal(plain, DicomWriter.WriteDataSet(read.DataSet, TransferSyntax.ImplicitLittle).Value);
        }, iter: 150);
    }

    /// <summary>The creator is known from the standard, its elements are not: they stay UN, with their bytes; those with a representation keep it.</summary>
    [Fact]
    public void Private_elements_are_carried_with_their_bytes()
    {
        var set = new DicomBuilder()
            .Set(new DicomTag(0x0029, 0x0010), "ACME 1.0").SetBytes(new(0x0029, 0x1001), Vr.US, new byte[] { 7, 0 }).SetBytes(new(0x0029, 0x1002), Vr.LO, "text"u8.ToArray())
            .SetBytes(new(0x0031, 0x1005), Vr.UN, new byte[] { 1, 2, 3, 4 }).Build();
        var written = DicomReader.Read(DicomWriter.WriteDataSet(set, TransferSyntax.ExplicitLittle).Value, new DicomReadOptions { Syntax = TransferSyntax.ExplicitLittle, DataSetOnly = true }).Value.DataSet;
        Assert.True(written.TryGetPrivate(0x0029, "ACME 1.0", 0x01, out var number) && number.TryGetInteger(0, out var seven) && seven == 7);
        Assert.Equal("text", written.GetString(new(0x0029, 0x1002)));
        var unnamed = DicomReader.Read(UnnamedForm.Of(DicomWriter.WriteDataSet(set, TransferSyntax.ImplicitLittle).Value, big: false), new DicomReadOptions { Syntax = TransferSyntax.ExplicitLittle, DataSetOnly = true }).Value.DataSet;
        Assert.True(unnamed.TryGetPrivate(0x0029, "ACME 1.0", 0x01, out var bytes));
        Assert.Equal((Vr.UN, "0700"), (bytes.Vr, Convert.ToHexString(bytes.Value.Span)));
        Assert.Equal(
            """{"00290010":{"vr":"LO","Value":["ACME 1.0"]},"00291001":{"vr":"UN","InlineBinary":"BwA="},"00291002":{"vr":"UN","InlineBinary":"dGV4dA=="},"00311005":{"vr":"UN","InlineBinary":"AQIDBA=="}}""",
            System.Text.Encoding.UTF8.GetString(DicomJson.Write(unnamed)));
    }

    /// <summary>What cannot be what the dictionary says stays a value of UN, and costs nothing of what follows.</summary>
    [Theory]
    [InlineData("2800100055 4E0000 03000000 010203 00", "00280010")]
    [InlineData("08001511 554E0000 08000000 0102030405060708", "00081115")]
    [InlineData("08001511 554E0000 02000000 FEFF", "00081115")]
    public void A_value_that_does_not_fit_stays_un(string hex, string tag)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal) + "52000D20" + "4C4F0200" + "6162");
        var read = DicomReader.Read(bytes, new DicomReadOptions { Syntax = TransferSyntax.ExplicitLittle, DataSetOnly = true }).Value.DataSet;
        Assert.Equal(Vr.UN, read.Single(e => e.Tag.ToHex() == tag).Vr);
    }

    private static Gen<DicomDataSet> DataSet(int depth) =>
        Gen.Select(Gen.Int[0, Entries.Length - 1].Array[0, 12], Gen.Int, Text.Array[1, 3], Gen.Byte.Array[0, 40], depth > 0 ? Gen.Select(Gen.Int[0, Sequences.Length - 1], DataSet(depth - 1).Array[0, 2]).Array[0, 2] : Gen.Const(Array.Empty<(int, DicomDataSet[])>()))
            .Select((indexes, number, texts, bytes, nested) =>
            {
                var builder = new DicomBuilder();
                builder.Set(Tags.SpecificCharacterSet, "ISO_IR 192");
                foreach (var entry in indexes.Select(i => Entries[i])) Add(builder, entry, number, texts, bytes);
                foreach (var (sequence, items) in nested) builder.SetItems(Sequences[sequence], items);
                return builder.Build();
            });

    private static void Add(DicomBuilder builder, DictionaryEntry entry, int number, string[] texts, byte[] bytes)
    {
        var (tag, vr) = (entry.Tag, entry.Vr);
        switch (vr)
        {
            case Vr.PN: builder.Set(tag, new PersonName("Zhang^San", texts[0], "")); break;
            case Vr.LO or Vr.SH or Vr.UC: builder.Set(tag, texts); break;
            case Vr.LT or Vr.ST or Vr.UT: builder.Set(tag, texts[0]); break;
            case Vr.UI: builder.Set(tag, "1.2.840.10008.1.1", "2.25.7"); break;
            case Vr.IS or Vr.SL or Vr.SV or Vr.FD: builder.Set(tag, number, number / 2); break;
            case Vr.US: builder.Set(tag, number & 0xFFFF); break;
            case Vr.SS: builder.Set(tag, (short)number); break;
            case Vr.UL or Vr.UV: builder.Set(tag, number & 0x7FFF_FFFF); break;
            case Vr.FL: builder.Set(tag, (float)number / 7); break;
            case Vr.DS: builder.Set(tag, number / 7.0); break;
            case Vr.AT: builder.Set(tag, "00100010", "7FE00010"); break;
            case Vr.DA: builder.Set(tag, "20240229"); break;
            case Vr.SQ: builder.SetItems(tag); break;
            default:
                if (vr.IsBulk()) builder.SetBytes(tag, vr, bytes.AsMemory(0, bytes.Length / 8 * 8));
                else builder.SetEmpty(tag);
                break;
        }
    }
}
