namespace Yunnao.Trust.Differential;

/// <summary>What is asked about persons.</summary>
public enum PrivateMeasure
{
    /// <summary>How many persons.</summary>
    Count,

    /// <summary>The sum over the persons of each one's mean value, held between the bounds.</summary>
    Sum,

    /// <summary>The mean over the persons of each one's mean value, held between the bounds.</summary>
    Mean,
}
