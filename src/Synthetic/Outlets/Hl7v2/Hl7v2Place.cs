using System.Globalization;
using System.Text.RegularExpressions;

namespace Yunnao.Synthetic.Outlets.Hl7v2;

/// <summary>Where a value stands in a message: segment, field, repetition (by the value of one of its components), component, subcomponent.</summary>
internal sealed partial record Hl7v2Place(string Segment, int Field, string Repetition, int RepetitionComponent, int Component, int Subcomponent)
{
    /// <summary>Reads the first of a mapping's alternatives.</summary>
    public static Hl7v2Place Parse(string path)
    {
        var match = Pattern().Match(path.Split(" | ")[0].Trim());
        if (!match.Success) throw new InvalidDataException($"The synthetic city cannot write to the HL7 v2 path '{path}'.");
        return new(
            match.Groups["segment"].Value, Number(match, "field"), match.Groups["value"].Value, Number(match, "where"),
            Math.Max(1, Number(match, "component")), Math.Max(1, Number(match, "sub")));
    }

    private static int Number(Match match, string group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?<segment>[A-Z][A-Z0-9]{2})-(?<field>\d+)(\[(?<where>\d+)=(?<value>[^\]]+)\])?(\.(?<component>\d+)(\.(?<sub>\d+))?)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
