namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>From stored to modality values: a table, or slope and intercept (PS3.3 C.11.1).</summary>
internal sealed class Modality(LookupTable? table, double slope, double intercept)
{
    /// <summary>True when modality values may be below zero: then a VOI table maps signed values.</summary>
    public bool IsSigned { get; private init; }

    public static Modality Of(DicomDataSet set, PixelDescription pixels)
    {
        var items = set.GetItems(Tags.ModalityLutSequence);
        if (items.Count > 0 && LookupTable.Of(items[0], Tags.LutDescriptor, Tags.LutData, pixels.IsSigned) is { } table) return new(table, 1, 0);
        var (slope, intercept) = (set.GetNumber(Tags.RescaleSlope) ?? 1, set.GetNumber(Tags.RescaleIntercept) ?? 0);
        return new(null, slope == 0 ? 1 : slope, intercept) { IsSigned = pixels.IsSigned || intercept < 0 };
    }

    public double Apply(double stored) => table is not null ? table.Map((long)stored) : stored * slope + intercept;
}
