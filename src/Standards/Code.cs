namespace Yunnao.Standards;

/// <summary>One code of a value set, with any further columns of its file as attributes (for example unit and range of a lab item).</summary>
public sealed record Code(string Value, Names Name, string? Parent, bool Provisional, IReadOnlyDictionary<string, string> Attributes);
