namespace Yunnao.Formats.Hl7v2;

/// <summary>The bytes of the minimal lower layer protocol: start block, end block, carriage return.</summary>
public static class Mllp
{
    /// <summary>Begins a message (VT).</summary>
    public const byte Start = 0x0B;

    /// <summary>Ends a message (FS).</summary>
    public const byte End = 0x1C;

    /// <summary>Follows the end (CR).</summary>
    public const byte Return = 0x0D;
}
