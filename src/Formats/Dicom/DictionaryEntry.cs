namespace Yunnao.Formats.Dicom;

/// <summary>A line of the data dictionary (PS3.6 6, 7, 8; PS3.7 E).</summary>
/// <param name="Tag">The tag; of a repeating group or element (60xx) its first.</param>
/// <param name="Vr">The representation; where the standard leaves a choice, the first in <paramref name="VrText"/>.</param>
/// <param name="VrText">As in the standard: <c>US or SS</c>.</param>
/// <param name="Vm">Value multiplicity: <c>1</c>, <c>1-n</c>, <c>2-2n</c>.</param>
/// <param name="Keyword">The keyword, empty for a few retired entries.</param>
/// <param name="Name">The name in English.</param>
/// <param name="Retired">True when the standard no longer defines it.</param>
public sealed record DictionaryEntry(DicomTag Tag, Vr Vr, string VrText, string Vm, string Keyword, string Name, bool Retired);
