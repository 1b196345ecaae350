namespace Yunnao.Formats.Dicom.Deidentification;

/// <summary>A data set without the person.</summary>
/// <param name="DataSet">The data set.</param>
/// <param name="Removed">Elements that were removed.</param>
/// <param name="Replaced">Elements that were emptied, replaced, shifted or cleaned.</param>
/// <param name="MayShowPerson">
/// True when the pixels themselves may name or show the person: the object says that annotations are burned in, or says nothing and is of a kind
/// in which they often are. Such an object must not be given out unseen.
/// </param>
public sealed record DeidentifiedObject(DicomDataSet DataSet, int Removed, int Replaced, bool MayShowPerson);
