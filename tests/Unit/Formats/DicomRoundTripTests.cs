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
