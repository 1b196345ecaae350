namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>How a frame is shown.</summary>
public sealed record RenderOptions
{
    internal static readonly RenderOptions Default = new();

    /// <summary>Centre of the window in the unit of the modality values (CT: HU); null: that of the object.</summary>
    public double? WindowCenter { get; init; }

    /// <summary>Width of the window; null: that of the object.</summary>
    public double? WindowWidth { get; init; }

    /// <summary>How the window maps; null: VOI LUT Function of the object, else linear.</summary>
    public WindowFunction? Function { get; init; }

    /// <summary>Which of several windows or VOI tables of the object, from 0.</summary>
    public int Voi { get; init; }

    /// <summary>True: overlays are drawn in white.</summary>
    public bool Overlays { get; init; } = true;
}
