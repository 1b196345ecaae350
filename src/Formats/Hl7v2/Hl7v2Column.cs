namespace Yunnao.Formats.Hl7v2;

/// <summary>A column with its paths compiled, in the order to try them.</summary>
/// <param name="Slots">Bits of the slots that the paths read (slots over 63 share the last bit).</param>
internal sealed record Hl7v2Column(Hl7v2Path[] Paths, bool Time, ulong Slots)
{
    /// <summary>The bit of a slot.</summary>
    public static ulong Bit(int slot) => 1UL << Math.Min(slot, 63);
}
