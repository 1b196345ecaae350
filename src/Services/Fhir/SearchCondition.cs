namespace Yunnao.Services.Fhir;

/// <summary>A parameter of a search with its value as it was written.</summary>
/// <param name="Modifier">What stands after the colon of the name; empty for none.</param>
/// <param name="Values">The alternatives, still escaped.</param>
internal sealed record SearchCondition(SearchParameter Parameter, string Modifier, IReadOnlyList<string> Values)
{
    private static readonly string[] s_prefixes = ["eq", "ne", "lt", "le", "gt", "ge", "sa", "eb", "ap"];

    /// <summary>Of a chain or <c>_has</c>: what is asked of the resources at the other end of the reference that <see cref="Parameter"/> is; else null.</summary>
    public Step? Then { get; init; }

    /// <summary>Of <c>_lastUpdated</c>: the values as numbers of batches, which are looked up before.</summary>
    public IReadOnlyList<(string Prefix, int Low, int High)> Arrivals { get; init; } = [];

    /// <summary>True when it asks when a version came, itself or along its chain.</summary>
    public bool Arrives => Parameter.Kind == SearchKind.Updated || Then?.Condition.Arrives == true;

    /// <summary>The next step of a chain.</summary>
    /// <param name="Type">The type at the other end.</param>
    /// <param name="Reverse">True of <c>_has</c>: the reference is one of that type to the type that is searched.</param>
    internal sealed record Step(ResourceType Type, bool Reverse, SearchCondition Condition);

    /// <summary>Cuts at a mark that has no backslash before it (3.1.1.4.0.4); the parts are unescaped but for cutting at commas.</summary>
    public static IReadOnlyList<string> Parts(string text, char mark)
    {
        var (parts, start) = (new List<string>(), 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length - 1 && text[i] == '\\') i++;
            else if (i == text.Length || text[i] == mark)
            {
                parts.Add(mark == ',' ? text[start..i] : Plain(text[start..i]));
                start = i + 1;
            }
        }

        return parts;
    }

    /// <summary>Without the backslashes that escape.</summary>
    public static string Plain(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var plain = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is (',' or '|' or '$' or '\\')) i++;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }

    /// <summary>The prefix of a date or number; eq when there is none.</summary>
    public static (string Prefix, string Value) Prefix(string text) =>
        text.Length > 2 && Array.IndexOf(s_prefixes, text[..2]) >= 0 ? (text[..2], text[2..]) : ("eq", text);

    /// <summary>The id at the end of a reference.</summary>
    public static string IdOf(string reference) => reference[(reference.LastIndexOf('/') + 1)..];
}
