namespace Yunnao.Formats.Dicom;

/// <summary>A representation of the dictionary: one of <see cref="Vr"/>, or one of the choices that the standard leaves to other elements.</summary>
internal enum DictionaryVr : byte
{
    Unknown = 0,
    UsOrSs = 100,
    UsOrSsOrOw = 101,
    UsOrOw = 102,
    ObOrOw = 103,
}
