namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>VOI LUT Function (PS3.3 C.11.2.1.3).</summary>
public enum WindowFunction
{
    /// <summary>LINEAR, C.11.2.1.2.1.</summary>
    Linear,

    /// <summary>LINEAR_EXACT, C.11.2.1.3.2.</summary>
    LinearExact,

    /// <summary>SIGMOID, C.11.2.1.3.1.</summary>
    Sigmoid,
}
