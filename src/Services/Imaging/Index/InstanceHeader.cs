using Yunnao.Formats.Dicom;
using Yunnao.Kernel;

namespace Yunnao.Services.Imaging.Index;

/// <summary>What the index takes from the header of one instance.</summary>
internal sealed record InstanceHeader
{
    private const int MostText = 1024;
    private Lazy<HeaderBlock> _block = null!;

    public required string StudyUid { get; init; }

    public required string SeriesUid { get; init; }

    public required string InstanceUid { get; init; }

    public required string SopClass { get; init; }

    public required string TransferSyntax { get; init; }

    public required DicomDataSet DataSet { get; init; }

    /// <summary>Offset of the data set behind the meta header (bytes).</summary>
    public required long DataStart { get; init; }

    /// <summary>Where the frames are.</summary>
    public required FrameTable Frames { get; init; }

    /// <summary>All elements as they are delivered. Made when it is first asked for, for which the memory of the file must still be there.</summary>
    public HeaderBlock Block => _block.Value;

    /// <summary>Reads what is needed; a problem when it cannot be indexed: <c>imaging.no-uid</c>, <c>imaging.not-an-image</c>, <c>imaging.cut-off</c>.</summary>
    public static Result<InstanceHeader> Of(DicomFile file, FrameTable frames)
    {
        var set = file.DataSet;
        if (set.Count == 0) return new Problem(ProblemKind.Incorrect, "imaging.not-an-image", "The file holds no data set that can be read.");
        var (study, series, instance, sopClass) = (Uid(set, Tags.StudyInstanceUid), Uid(set, Tags.SeriesInstanceUid), Uid(set, Tags.SopInstanceUid), Uid(set, Tags.SopClassUid));
        if (study.Length == 0 || series.Length == 0 || instance.Length == 0 || sopClass.Length == 0)
            return new Problem(ProblemKind.Incorrect, "imaging.no-uid", "The file lacks the UID of its study, series, instance or SOP class.");
        if (file.IsTruncated) return new Problem(ProblemKind.Incorrect, "imaging.cut-off", "The file ends inside an element.");
        return new InstanceHeader
        {
            StudyUid = study,
            SeriesUid = series,
            InstanceUid = instance,
            SopClass = sopClass,
            TransferSyntax = file.Meta.GetString(Tags.TransferSyntaxUid) ?? file.Syntax.Uid,
            DataSet = set,
            DataStart = file.DataSetOffset,
            Frames = frames,
            _block = new(() => HeaderJson.Of(file)),
        };
    }

    /// <summary>The first value of an element as text, never null, of a bounded length.</summary>
    public string Text(DicomTag tag) => Cut(DataSet.GetString(tag) ?? "");

    /// <summary>All text of an element with its backslashes.</summary>
    public string WholeText(DicomTag tag) => DataSet.TryGet(tag, out var element) && !element.IsSequence ? Cut(element.Text()) : "";

    /// <summary>A date as eight digits, also where it was written with dots; else empty.</summary>
    public string Date(DicomTag tag) => DataSet.GetDate(tag) is { } date ? date.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture) : "";

    public long? Number(DicomTag tag) => DataSet.GetInteger(tag);

    private static string Uid(DicomDataSet set, DicomTag tag)
    {
        var uid = set.GetString(tag) ?? "";
        return uid.Length <= 64 && uid.All(c => char.IsAsciiDigit(c) || c == '.') ? uid : "";
    }

    private static string Cut(string text) => text.Length > MostText ? text[..MostText] : text;
}
