using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Yunnao.Services.Imaging.Web;

/// <summary>One form in which the caller would take an answer (PS3.18, 8.7).</summary>
/// <param name="IsMultipart">True for multipart/related; <paramref name="Type"/> is then that of the parts.</param>
/// <param name="Type">A media type such as <c>application/dicom</c>; <c>*/*</c> for any.</param>
/// <param name="TransferSyntax">A UID; <c>*</c> for that in which it is kept; null when not said.</param>
internal readonly record struct AcceptedType(bool IsMultipart, string Type, string? TransferSyntax)
{
    public static readonly AcceptedType Any = new(IsMultipart: true, "*/*", null);

    /// <summary>The forms in the order of preference; any when the caller says nothing. <c>accept</c> in the query goes before the header (8.3.3.1).</summary>
    public static List<AcceptedType> Of(HttpRequest request)
    {
        var texts = request.Query.TryGetValue("accept", out var query) ? query.ToArray() : request.Headers.Accept.ToArray();
        if (!MediaTypeHeaderValue.TryParseList([.. texts.OfType<string>()], out var parsed) || parsed.Count == 0) return [Any];
        return [.. parsed.OrderByDescending(p => p.Quality ?? 1).Select(Of)];
    }

    /// <summary>True when a media type, or a group of them such as <c>image/*</c>, is this one.</summary>
    public bool Takes(string type) =>
        Type is "*/*" || Type.Equals(type, StringComparison.OrdinalIgnoreCase) || (Type.EndsWith("/*", StringComparison.Ordinal) && type.StartsWith(Type[..^1], StringComparison.OrdinalIgnoreCase));

    private static AcceptedType Of(MediaTypeHeaderValue value)
    {
        var syntax = Parameter(value, "transfer-syntax");
        if (!value.MediaType.Equals("multipart/related", StringComparison.OrdinalIgnoreCase)) return new(value.MediaType.Equals("*/*", StringComparison.Ordinal), value.MediaType.ToString(), syntax);
        var inner = Parameter(value, "type") ?? "*/*";

        // Some callers write the syntax inside of the quoted type.
        var semicolon = inner.IndexOf(';', StringComparison.Ordinal);
        if (semicolon < 0) return new(true, inner.Trim(), syntax);
        var rest = inner[(semicolon + 1)..].Trim();
        if (rest.StartsWith("transfer-syntax=", StringComparison.OrdinalIgnoreCase)) syntax ??= rest["transfer-syntax=".Length..].Trim(' ', '"');
        return new(true, inner[..semicolon].Trim(), syntax);
    }

    private static string? Parameter(MediaTypeHeaderValue value, string name)
    {
        foreach (var parameter in value.Parameters)
            if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return HeaderUtilities.RemoveQuotes(parameter.Value).ToString();
        return null;
    }
}
