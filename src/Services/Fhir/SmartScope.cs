namespace Yunnao.Services.Fhir;

/// <summary>
/// A scope of SMART (App Launch 2.2, 3.0): at which level, which type, and what may be done. Version 1 (<c>patient/*.read</c>) and version 2
/// (<c>user/Observation.rs</c>); the finer ones with a search after a question mark are not known here.
/// </summary>
/// <param name="Level"><c>patient</c>, <c>user</c> or <c>system</c>.</param>
/// <param name="Type">A resource type, or <c>*</c>.</param>
/// <param name="Actions">Some of <c>cruds</c>: create, read, update, delete, search.</param>
public sealed record SmartScope(string Level, string Type, string Actions)
{
    public const string Patient = "patient", User = "user", System = "system";

    /// <summary>What clients ask for beside: what the record system looks at that opened them, a person to look at, and who is signed in.</summary>
    public const string Launch = "launch", LaunchPatient = "launch/patient", FhirUser = "fhirUser", OnlineAccess = "online_access";

    private const string All = "cruds";

    private static readonly Dictionary<string, string> s_first = new(StringComparer.Ordinal) { ["read"] = "rs", ["write"] = "cud", ["*"] = All };

    /// <summary>Reads a scope; false when it is none of SMART's that name resources.</summary>
    public static bool TryParse(string text, out SmartScope scope)
    {
        ArgumentNullException.ThrowIfNull(text);
        scope = null!;
        if (text.Split('/') is not [Patient or User or System, var rest] || rest.Split('.') is not [var type, var actions]) return false;
        if (type != "*" && (type.Length is 0 or > 40 || !type.All(char.IsAsciiLetter))) return false;
        if (!s_first.TryGetValue(actions, out var letters)) letters = actions;

        // The letters of version 2 stand in this order and once each.
        if (letters.Length == 0 || !letters.SequenceEqual(All.Where(letters.Contains))) return false;
        scope = new(text[..text.IndexOf('/', StringComparison.Ordinal)], type, letters);
        return true;
    }

    /// <summary>True of the scopes of SMART, those that name no resources too: a token with one of them is held to what they say.</summary>
    public static bool IsOne(string text) => text is Launch or LaunchPatient or FhirUser or OnlineAccess || TryParse(text, out _);

    /// <summary>True when it lets its holder do this to resources of a type.</summary>
    public bool Allows(string type, char action) => (Type == "*" || Type == type) && Actions.Contains(action, StringComparison.Ordinal);
}
