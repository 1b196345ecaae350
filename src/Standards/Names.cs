namespace Yunnao.Standards;

/// <summary>A text in both languages.</summary>
public readonly record struct Names(string Zh, string En)
{
    /// <summary>The text in the language of a BCP 47 tag; Chinese for <c>zh…</c>, English otherwise.</summary>
    public string In(string language) => language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Zh : En;
}
