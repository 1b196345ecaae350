using System.Globalization;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>The conditions of writing: If-Match, If-None-Exist and their like in the entries of a Bundle.</summary>
internal static class WriteConditions
{
    /// <summary>The version that an If-Match names (<c>W/"3"</c>); -1 when it is none.</summary>
    public static int Version(string etag)
    {
        var text = etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag;
        return int.TryParse(text.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
    }

    /// <summary>The number that a criterion asks for: of <c>identifier=system|value</c> alone the value; null when it is another one.</summary>
    public static string? Number(string criteria)
    {
        var query = criteria[(criteria.IndexOf('?', StringComparison.Ordinal) + 1)..];
        if (query.Contains('&', StringComparison.Ordinal) || !query.StartsWith("identifier=", StringComparison.Ordinal)) return null;
        var value = Uri.UnescapeDataString(query["identifier=".Length..].Replace('+', ' '));
        value = value[(value.LastIndexOf('|') + 1)..];
        return value.Length is > 0 and <= 64 && !value.Contains(',', StringComparison.Ordinal) ? value : null;
    }
}
