using System.Collections.Frozen;
using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>Which elements belong to the patient and to the study (PS3.3, tables C.7-1 and C.7-3, C.7-4a); all others are of the series or the instance.</summary>
internal static class Levels
{
    private static readonly FrozenSet<uint> Study = new uint[]
    {
        0x0008_0020, 0x0008_0030, 0x0008_0050, 0x0008_0051, 0x0008_0090, 0x0008_0201, 0x0008_1030, 0x0008_1032, 0x0008_1048, 0x0008_1060, 0x0008_1080,
        0x0008_1084, 0x0020_000D, 0x0020_0010, 0x0032_000A, 0x0032_000C, 0x0032_1032, 0x0032_1060, 0x0032_1064, 0x0040_1012, 0x0010_1010, 0x0010_1020, 0x0010_1030, 0x0010_2180,
    }.ToFrozenSet();

    public static bool IsOfPatient(DicomTag tag) => tag.Group == 0x0010 || tag.Value is 0x0012_0062 or 0x0012_0063;

    public static bool IsOfStudy(DicomTag tag) => IsOfPatient(tag) || Study.Contains(tag.Value);
}
