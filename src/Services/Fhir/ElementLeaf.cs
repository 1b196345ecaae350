using System.Globalization;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Views.Types;
using Yunnao.Standards;

namespace Yunnao.Services.Fhir;

/// <summary>A value of a resource: an item, or a constant of the mapping.</summary>
/// <param name="Index">Its place among the values of the source.</param>
/// <param name="Path">Where it stands, such as <c>Observation.code.coding.system</c>; for descriptions.</param>
/// <param name="Type">Primitive type of FHIR.</param>
/// <param name="Item">The item, or null for a constant.</param>
internal sealed record ElementLeaf(int Index, string Path, string Type, Item? Item, string? Constant = null, CodesBack? Back = null)
{
    private const string PlatformOffset = "+08:00";

    /// <summary>The records' clock, of which the lake keeps the reading only: China has one time zone.</summary>
    public static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    public LeafKind Kind { get; init; }

    /// <summary>Of a constant: the value beside which it stands; null: it stands beside any.</summary>
    public ElementLeaf? With { get; init; }

    /// <summary>The value as FHIR writes it; null when it cannot be said in this type.</summary>
    /// <param name="shown">How the Scope shows the column.</param>
    public string? Written(string text, ScopedColumn shown)
    {
        if (text.Length == 0) return null;
        if (Back is not null) return Back.Of(text);
        switch (Type)
        {
            case "date": return text.Length < 10 ? null : shown.Action == ItemAction.Generalise ? text[..7] : text[..10];
            case "dateTime": return text.Length < 10 ? null : shown.Action == ItemAction.Generalise ? text[..7] : text.Length == 10 ? text : Moment(text);
            case "instant": return text.Length < 10 || shown.Action != ItemAction.Clear ? null : text.Length == 10 ? $"{text}T00:00:00{PlatformOffset}" : Moment(text);
            case "boolean": return text is "true" or "false" ? text : null;
            case "code" or "id": return IsCode(text) ? text : null;
            case "uri" or "url" or "canonical": return text.Any(char.IsWhiteSpace) ? null : text;
            default:
                if (!FhirTypes.IsNumber(Type)) return text;
                return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && (Type == "decimal" || decimal.IsInteger(number)) ? text : null;
        }
    }

    private static string Moment(string text) => $"{text[..10]}T{text[11..]}{PlatformOffset}";

    /// <summary>Of the type code (2.24.0.1): no white space but single blanks inside.</summary>
    private static bool IsCode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]) && (text[i] != ' ' || i == 0 || i == text.Length - 1 || text[i - 1] == ' ')) return false;
        }

        return true;
    }
}
