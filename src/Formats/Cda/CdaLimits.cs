namespace Yunnao.Formats.Cda;

/// <summary>What a document may be at most, so that a made-up one cannot take memory or time without bound. Its bytes: <see cref="InputWindow.MaxRecord"/>.</summary>
internal static class CdaLimits
{
    /// <summary>Elements inside each other. Documents in use stay under 60.</summary>
    public const int Depth = 256;

    /// <summary>Elements and attributes.</summary>
    public const int Nodes = 4_000_000;
}
