namespace Yunnao.Reports;

/// <summary>How a line of a picture is drawn.</summary>
public enum CurveStyle
{
    /// <summary>Bars from zero: what was counted.</summary>
    Bars,

    /// <summary>A line: what was expected or estimated.</summary>
    Line,

    /// <summary>A dashed line: a limit.</summary>
    Limit,

    /// <summary>A shaded band between two edges: an interval.</summary>
    Band,

    /// <summary>Marks: alarms.</summary>
    Marks,
}
