using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;
using Yunnao.Services.Queries;

namespace Yunnao.Services.DataServices;

/// <summary>The forms in which a page is given, by the media type of Accept.</summary>
public static class DataForm
{
    public const string Parquet = "application/vnd.apache.parquet";

    /// <summary>The media types, the usual one first.</summary>
    public static readonly string[] All = [AnswerResult.Json, AnswerResult.Lines, AnswerResult.Csv, Parquet, AnswerResult.Arrow];

    /// <summary>The form that a request wants most (RFC 9110, 12.5.1). Problem: <c>data.form</c>.</summary>
    public static Result<string> Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var accepted = request.GetTypedHeaders().Accept;
        if (accepted.Count == 0) return AnswerResult.Json;
        foreach (var wanted in accepted.Where(a => a.Quality != 0).OrderByDescending(a => a.Quality ?? 1))
        {
            if (Array.Find(All, form => wanted.MatchesAllTypes || Fits(wanted.MediaType.Value!, form)) is { } form) return form;
        }

        return new Problem(ProblemKind.Unsupported, "data.form", $"A page is given as {string.Join(", ", All)}.", new(Path: "Accept"));
    }

    private static bool Fits(string wanted, string form) =>
        string.Equals(wanted, form, StringComparison.OrdinalIgnoreCase) || (wanted.EndsWith("/*", StringComparison.Ordinal) && form.StartsWith(wanted[..^1], StringComparison.OrdinalIgnoreCase));
}
