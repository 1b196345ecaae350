using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.Fhir;

/// <summary>
/// Holds tokens with scopes of SMART to what these say: resources of the FHIR interface and nothing else, each interaction by its letter. What of
/// a person's records is behind an interaction is decided by the Scope, see <see cref="SmartGrant"/>.
/// </summary>
public static class SmartGate
{
    private static readonly string[] s_open = ["metadata", ".well-known"];

    /// <summary>Stands after authentication.</summary>
    public static void UseSmartGate(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.User.Identity?.IsAuthenticated == true && SmartGrant.Of(http.User) is { } grant && Refuse(http, grant) is { } problem)
        {
            await new ProblemAnswer(problem).ExecuteAsync(http).ConfigureAwait(false);
            return;
        }

        await next(http).ConfigureAwait(false);
    });

    private static Problem? Refuse(HttpContext http, SmartGrant grant)
    {
        var path = http.Request.Path;
        if (path.StartsWithSegments("/connect")) return null;
        if (!path.StartsWithSegments("/fhir", out var rest)) return new(ProblemKind.Forbidden, "smart.scope", "The scopes of the token are for the FHIR interface only.");
        var parts = rest.Value?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (parts is [var first, ..] && s_open.Contains(first)) return null;
        var needed = Needed(http.Request.Method, parts);
        return needed.All(n => grant.Allows(n.Type, n.Action))
            ? null
            : new(ProblemKind.Forbidden, "smart.scope", $"The scopes of the token do not allow this; it needs {string.Join(" ", needed.Select(n => $"{n.Type}.{n.Action}"))}.");
    }

    /// <summary>What an interaction takes: types (<c>*</c> for all) and letters of <c>cruds</c>.</summary>
    private static (string Type, char Action)[] Needed(string method, string[] parts)
    {
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        return parts switch
        {
            // Exports are one's own; asking for one, and its answers, are of all that it may hold.
            ["$export", _, ..] => [],
            [.., "$export"] when reads => [("*", 'r'), ("*", 's')],
            ["Patient", _, "$everything"] when reads => [("Patient", 'r')],
            [var type, "_search"] when HttpMethods.IsPost(method) => [(type, 's')],
            ["_history"] when reads => [("*", 'r')],
            [var type, "_history"] when reads => [(type, 'r')],
            [var type, var id, ..] when reads && !id.StartsWith('$') => [(type, 'r')],
            [var type] when reads && !type.StartsWith('$') => [(type, 's')],
            [var type] when HttpMethods.IsPost(method) && !type.StartsWith('$') => [(type, 'c')],
            [var type, ..] when (HttpMethods.IsPut(method) || HttpMethods.IsPatch(method)) && !type.StartsWith('$') => [(type, 'u')],
            [var type, ..] when HttpMethods.IsDelete(method) && !type.StartsWith('$') => [(type, 'd')],

            // Bundles and operations may do anything.
            _ => [("*", 'c'), ("*", 'r'), ("*", 'u'), ("*", 'd'), ("*", 's')],
        };
    }
}
