using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Yunnao.Formats.Hl7v2;

/// <summary>A path such as <c>PID-3[5=MR].4.2</c>: segment, field, which repetition, component, subcomponent; numbers from 1, 0 where not said.</summary>
/// <param name="Slot">Slot of the segment's name.</param>
/// <param name="Repetition">The n-th repetition; 0: the first with a value at the path (and that passes the filter).</param>
/// <param name="FilterComponent">Component of a repetition that must be <paramref name="FilterValue"/>; 0 without filter.</param>
internal sealed partial record Hl7v2Path(
    int Segment, int Slot, int Field, int Repetition, int FilterComponent, int FilterSubcomponent, byte[] FilterValue, int Component, int Subcomponent)
{
    /// <summary>
    /// True for a path into a free-text field (NTE-3; OBX-5 where OBX-2 says so). Its text is taken whole, repetitions as lines, so that
    /// nothing is lost or misread where a sender forgot to escape: <c>10^9/L</c>. All other fields without component mean their first
    /// component, as HL7 has it.
    /// </summary>
    public bool IsFreeText => Repetition == 0 && FilterComponent == 0 && ((Segment, Field) is (SegmentName.Obx, 5) or (SegmentName.Nte, 3));

    public static Hl7v2Path? Parse(string text, SegmentSlots slots)
    {
        var match = Pattern().Match(text);
        if (!match.Success) return null;
        var segment = SegmentName.Pack(match.Groups["segment"].Value);
        return new(
            segment,
            slots.Add(segment),
            Number(match, "field"),
            Number(match, "repetition"),
            Number(match, "where"),
            Number(match, "subwhere"),
            Encoding.UTF8.GetBytes(match.Groups["value"].Value),
            Number(match, "component"),
            Number(match, "subcomponent"));
    }

    private static int Number(Match match, string group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        @"^(?<segment>[A-Z][A-Z0-9]{2})-(?<field>[1-9]\d{0,3})" +
        @"(\[((?<repetition>[1-9]\d{0,3})|(?<where>[1-9]\d{0,2})(\.(?<subwhere>[1-9]\d{0,2}))?\s*=\s*(?<value>[^\]]+))\])?" +
        @"(\.(?<component>[1-9]\d{0,2})(\.(?<subcomponent>[1-9]\d{0,2}))?)?$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
