using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>A value that is asked for, as it was written: single, list of UIDs, with wildcards, or a range (PS3.4, C.2.2.2). Empty matches everything.</summary>
internal readonly record struct MatchKey(DicomTag Tag, string Value);
