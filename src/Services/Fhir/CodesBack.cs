namespace Yunnao.Services.Fhir;

/// <summary>From our codes to those of FHIR. A code that is not ours was passed on unchanged when it came, and so it goes back.</summary>
/// <param name="Codes">Our code → FHIR's; null where FHIR has no one word for it.</param>
internal sealed record CodesBack(IReadOnlyDictionary<string, string?> Codes)
{
    /// <summary>The code of FHIR, or null when it has none.</summary>
    public string? Of(string ours) => Codes.TryGetValue(ours, out var fhir) ? fhir : ours;

    /// <summary>Our codes that are shown as this one.</summary>
    public IEnumerable<string> ShownAs(string fhir) => Codes.Where(c => c.Value == fhir).Select(c => c.Key).Concat(Codes.ContainsKey(fhir) ? [] : [fhir]);
}
