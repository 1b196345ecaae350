using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom;

/// <summary>The problems of one object, with their places. Only the first ones are kept, so that a hostile file cannot fill memory with them.</summary>
internal sealed class ProblemList
{
    private const int Most = 32;
    private List<Problem>? _problems;

    public IReadOnlyList<Problem> Problems => _problems ?? (IReadOnlyList<Problem>)[];

    /// <summary>How many there are, for <see cref="Cut"/>.</summary>
    public int Count => _problems?.Count ?? 0;

    private bool Full => _problems is { Count: >= Most };

    /// <summary>Forgets those found after there were so many: the bytes are read again.</summary>
    public void Cut(int count)
    {
        if (_problems is not null && _problems.Count > count) _problems.RemoveRange(count, _problems.Count - count);
    }

    public void NoPreamble()
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.no-preamble", "the file does not begin with 128 bytes and DICM", At(0, null)));
    }

    public void NoMeta(long offset)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.no-meta", "there is no meta header that names the transfer syntax; it was told from the bytes", At(offset, null)));
    }

    public void MetaLength(long offset)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.meta-length", "the length of the meta header is not what (0002,0000) says", At(offset, null)));
    }

    public void Syntax(long offset)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.syntax", "the data set is not in the transfer syntax that is named; it was told from the bytes", At(offset, null)));
    }

    public void UnknownSyntax(string uid)
    {
        if (Full) return;
        var shown = DicomUid.IsValid(uid) ? uid : "(not an identifier)";
        Add(new Problem(ProblemKind.Unsupported, "dicom.unknown-syntax", $"transfer syntax {shown} is not known; it is read as explicit little endian", At(0, 0x0002_0010)));
    }

    public void Truncated(long offset, uint tag)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.truncated", "the object ends inside an element; what is there was read", At(offset, tag)));
    }

    public void Length(long offset, uint tag)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.length", "the length goes beyond the item or sequence around it", At(offset, tag)));
    }

    public void OddLength(long offset, uint tag)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.odd-length", "the length is odd", At(offset, tag)));
    }

    public void UnknownVr(long offset, uint tag)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.vr", "the value representation is not one of the standard", At(offset, tag)));
    }

    public void Delimiter(long offset, uint tag)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.delimiter", "an item or delimiter is missing, or stands where none may be", At(offset, tag)));
    }

    public void Order(long offset, uint tag)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.order", "elements are not in ascending order of their tags", At(offset, tag)));
    }

    public void Duplicate(long offset, uint tag)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.duplicate", "an element is there twice; the first one counts", At(offset, tag)));
    }

    public void TooDeep(long offset, uint tag)
    {
        if (!Full) Add(new Problem(ProblemKind.Unsupported, "dicom.too-deep", $"sequences are nested deeper than {DicomParser.MostDepth}; the inner ones were not read", At(offset, tag)));
    }

    public void HeaderTooLarge(long offset)
    {
        if (!Full) Add(new Problem(ProblemKind.Unsupported, "dicom.header-too-large", "the header is longer than is allowed; what was read until then is given", At(offset, null)));
    }

    public void Inflate(long offset)
    {
        if (!Full) Add(new Problem(ProblemKind.Incorrect, "dicom.inflate", "the deflated data set is damaged or inflates to more than is allowed; what could be inflated was read", At(offset, null)));
    }

    private static Place At(long offset, uint? tag) => new(Offset: offset, Path: tag is { } t ? new DicomTag(t).ToString() : null);

    private void Add(Problem problem) => (_problems ??= []).Add(problem);
}
