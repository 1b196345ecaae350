using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.Exports;

/// <summary>The source of a leaked file.</summary>
public static class TraceEndpoints
{
    /// <param name="largest">Most bytes of a file.</param>
    /// <param name="temporary">Where the file lies while it is looked at.</param>
    public static void MapTrace(this IEndpointRouteBuilder api, long largest, string temporary) => api.MapPost(
            "/exports/trace", (HttpContext http, string? name, ExportTrace trace) => TraceAsync(http, name, trace, largest, temporary))
        .Needs(Duty.ApproveExports).WithTags("exports").WithSummary("Whose export a file is from: the file as the body, ?name= its name, whose ending says its form")
        .WithDescription("Every recipient of marked exports whose data the file could be, the likeliest first, with the probability that the file looks like this and is another's.");

    private static async Task<Results<Ok<IReadOnlyList<Suspect>>, ProblemAnswer>> TraceAsync(HttpContext http, string? name, ExportTrace trace, long largest, string temporary)
    {
        if (name is not { Length: > 0 and <= 200 } || name.Any(c => char.IsControl(c) || c is '/' or '\\')) return new ProblemAnswer(new(ProblemKind.Incorrect, "export.trace-file", "Name the file: ?name=leak.csv.", new(Path: "name")));
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = largest;
        Directory.CreateDirectory(temporary);
        var ending = name.Contains('.', StringComparison.Ordinal) ? name[name.IndexOf('.', StringComparison.Ordinal)..] : "";
        var file = Path.Combine(temporary, $"leak-{Guid.NewGuid():n}{ending}");
        try
        {
            var output = File.Create(file);
            await using (output.ConfigureAwait(false)) await http.Request.Body.CopyToAsync(output, http.RequestAborted).ConfigureAwait(false);
            var traced = await trace.RunAsync(file, CallerId.Of(http.User), temporary, (_, _) => { }, http.RequestAborted).ConfigureAwait(false);
            return Answers.Of(traced.Try(out _, out var problem) || problem.Where?.File is null ? traced : problem with { Where = new(name) });
        }
        finally
        {
            File.Delete(file);
        }
    }
}
