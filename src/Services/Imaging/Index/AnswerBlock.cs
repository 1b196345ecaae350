using System.Buffers;
using System.Text;
using System.Text.Json;
using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>
/// The elements of matches, as C-FIND and QIDO-RS deliver them: what the header says, and the counts that are kept beside it. What the instances
/// of a series have in common is put together once.
/// </summary>
/// <param name="wanted">The elements that are asked for.</param>
/// <param name="shown">What the caller sees of what the headers say; null for all of it.</param>
internal sealed class AnswerBlock(QueryLevel level, Func<DicomTag, bool> wanted, Func<HeaderBlock, HeaderBlock>? shown = null)
{
    private readonly List<(DicomTag Tag, ReadOnlyMemory<byte> Text)> _added = [];
    private (StudyRow? Study, SeriesRow? Series, HeaderBlock Block) _common;

    /// <summary>The elements of a match that are wanted, in the order of tags.</summary>
    /// <param name="more">Elements that are added.</param>
    public HeaderBlock Of(ImageAnswer answer, params ReadOnlySpan<(uint Tag, string Vr, string Value)> more)
    {
        HeaderBlock block;
        if (answer.Instance is not { } instance) block = Common(answer);
        else
        {
            if (_common.Study != answer.Study || _common.Series != answer.Series) _common = (answer.Study, answer.Series, Common(answer));
            block = _common.Block.With(instance.Difference.Only(wanted));
        }

        if (shown is not null) block = shown(block).Only(wanted);
        _added.Clear();
        foreach (var (tag, vr, value) in more) Put(tag, vr, value);
        return WithAdded(block);
    }

    private HeaderBlock Common(ImageAnswer answer)
    {
        var block = default(HeaderBlock);
        _added.Clear();
        if (answer.Patient is { } patient)
        {
            block = patient.Header.Only(wanted);
            Put(0x0020_1200, "IS", patient.Studies);
            Put(0x0020_1202, "IS", patient.Series);
            Put(0x0020_1204, "IS", patient.Instances);
        }

        // At the study level the header is the study's; below it, what the series and the instance say is as they say it.
        if (answer.Study is { } study)
        {
            block = block.With(study.Header.Only(wanted));
            Put(0x0008_0061, "CS", study.Modalities);
            Put(0x0008_0062, "UI", study.Classes);
            Put(0x0020_1206, "IS", study.Series);
            Put(0x0020_1208, "IS", study.Instances);
        }

        if (answer.Series is { } series)
        {
            block = block.With(series.Header.Only(level == QueryLevel.Series ? tag => IsOfSeries(tag) && wanted(tag) : wanted));
            Put(0x0020_1209, "IS", series.Instances);
        }

        return WithAdded(block);
    }

    /// <summary>The block as one object of the DICOM JSON model.</summary>
    public static byte[] ToJson(HeaderBlock block)
    {
        var output = new ArrayBufferWriter<byte>(block.Bytes.Length + 64);
        WriteJson(output, block);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the block as one object of the DICOM JSON model.</summary>
    public static void WriteJson(ArrayBufferWriter<byte> output, HeaderBlock block)
    {
        output.Write("{"u8);
        var isFirst = true;
        for (var rest = block.Bytes.Span; HeaderBlock.TryTake(ref rest, out var tag, out var text); isFirst = false)
        {
            HeaderJson.WriteName(output, tag, isFirst);
            output.Write(text);
        }

        output.Write("}"u8);
    }

    /// <summary>Not what differs from instance to instance: the header of a series is that of its first one.</summary>
    private static bool IsOfSeries(DicomTag tag) => tag.Value is not (0x0008_0018 or 0x0020_0013 or 0x7FE0_0010 or 0x7FE0_0008 or 0x7FE0_0009 or 0x0020_0032);

    private void Put(uint tag, string vr, long number)
    {
        if (wanted(new(tag))) _added.Add((new(tag), Encoding.ASCII.GetBytes($$"""{"vr":"{{vr}}","Value":[{{number}}]}""")));
    }

    private void Put(uint tag, string vr, string value)
    {
        if (!wanted(new(tag))) return;
        var values = value.Length == 0 ? "" : ",\"Value\":[" + string.Join(',', value.Split('\\').Select(v => "\"" + JsonEncodedText.Encode(v) + "\"")) + "]";
        _added.Add((new(tag), Encoding.UTF8.GetBytes($$"""{"vr":"{{vr}}"{{values}}}""")));
    }

    private HeaderBlock WithAdded(HeaderBlock block)
    {
        _added.Sort((one, other) => one.Tag.Value.CompareTo(other.Tag.Value));
        return block.With(HeaderBlock.Of(_added));
    }
}
