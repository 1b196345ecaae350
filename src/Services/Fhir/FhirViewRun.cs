using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.DataServices;
using Yunnao.Services.Views;
using Yunnao.Services.Views.Run;
using Yunnao.Services.Web;

namespace Yunnao.Services.Fhir;

/// <summary>
/// <c>$viewdefinition-run</c> of SQL on FHIR v2: a view over the lake's resources as the caller's right shows them, or over resources that are
/// sent along. The view sees resources, not tables, and so nothing that a search would not show.
/// </summary>
internal static class FhirViewRun
{
    private const int LargestBody = 16 << 20;

    private static readonly Dictionary<string, (ExportFormat Format, string Type)> s_forms = new(StringComparer.Ordinal)
    {
        ["ndjson"] = (ExportFormat.Ndjson, "application/x-ndjson"), ["application/ndjson"] = (ExportFormat.Ndjson, "application/x-ndjson"), ["application/x-ndjson"] = (ExportFormat.Ndjson, "application/x-ndjson"),
        ["csv"] = (ExportFormat.Csv, "text/csv; charset=utf-8"), ["text/csv"] = (ExportFormat.Csv, "text/csv; charset=utf-8"),
        ["parquet"] = (ExportFormat.Parquet, "application/vnd.apache.parquet"), ["application/vnd.apache.parquet"] = (ExportFormat.Parquet, "application/vnd.apache.parquet"),
    };

    /// <summary>What is asked.</summary>
    private sealed record Asked(View View, string Form, string? Patient, IReadOnlyList<string> Resources);

    /// <param name="temporary">Folder for what a view reads and gives, while it runs.</param>
    public static void MapFhirViewRun(this RouteGroupBuilder fhir, string temporary)
    {
        foreach (var path in new[] { "/$viewdefinition-run", "/ViewDefinition/$viewdefinition-run", "/ViewDefinition/$run" })
            fhir.MapPost(path, (HttpContext http, FhirService service, CallQuota quota) => RunAsync(http, service, quota, temporary)).Needs(Duty.Query);
    }

    private static async Task<IResult> RunAsync(HttpContext http, FhirService service, CallQuota quota, string temporary)
    {
        if (http.Request.ContentLength > LargestBody) return new ProblemAnswer(Wrong("The request is at most 16 MB.", "Content-Length")) { Status = StatusCodes.Status413PayloadTooLarge };
        if (!(await AskedAsync(http).ConfigureAwait(false)).Try(out var asked, out var problem)
            || !FhirCall.PurposeOf(http.User, http.Request.Headers[FhirCall.PurposeHeader].ToString()).Try(out var purpose, out problem)) return new ProblemAnswer(problem);
        Directory.CreateDirectory(temporary);
        var folder = Directory.CreateDirectory(Path.Combine(temporary, $"view-{Guid.NewGuid():N}"));
        http.Response.OnCompleted(() =>
        {
            folder.Delete(recursive: true);
            return Task.CompletedTask;
        });
        var sources = ViewSources.Of(asked.Resources);
        if (asked.Resources.Count == 0)
        {
            if (!(await service.SpoolAsync(new(http.User, purpose, "", false, ProblemAnswer.TextsOf(http)), asked.View.Resource, asked.Patient, folder.FullName, http.RequestAborted).ConfigureAwait(false)).Try(out var files, out problem)) return new ProblemAnswer(problem);
            if (files.Count > 0 && !ViewSources.Find(files).Try(out sources, out problem)) return new ProblemAnswer(problem);
        }

        var (format, type) = s_forms[asked.Form];
        var answer = Path.Combine(folder.FullName, "answer");
        using var engine = ViewEngine.Open();
        if (!engine.Export(asked.View, sources, answer, format, http.RequestAborted).Try(out var rows, out problem)) return new ProblemAnswer(problem);
        quota.Count(CallerId.Of(http.User), (int)Math.Min(rows, int.MaxValue));
        return Results.Stream(File.OpenRead(answer), type);
    }

    /// <summary>Reads a Parameters resource, or a ViewDefinition by itself. Problems: <c>fhir.value</c>, <c>view.*</c>.</summary>
    private static async Task<Result<Asked>> AskedAsync(HttpContext http)
    {
        JsonElement body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<JsonElement>(http.Request.Body, JsonSerializerOptions.Default, http.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            return Wrong("The body is a resource of Parameters as JSON.", "Parameters") with { Where = new(Line: e.LineNumber + 1, Offset: e.BytePositionInLine, Path: "Parameters") };
        }

        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("resourceType", out var kind) && kind.ValueKind == JsonValueKind.String && kind.GetString() == "Parameters"
            && (!body.TryGetProperty("parameter", out var list) || list.ValueKind != JsonValueKind.Array)) return Wrong("Parameters has a list parameter, with viewResource among its names.", "Parameters.parameter");
        var (form, patient, resources, definition) = (http.Request.Query["_format"].ToString(), (string?)null, new List<string>(), body);
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("parameter", out var parameters) && parameters.ValueKind == JsonValueKind.Array)
        {
            definition = default;
            foreach (var parameter in parameters.EnumerateArray())
            {
                switch (Part(parameter, "name") is { ValueKind: JsonValueKind.String } name ? name.GetString() : null)
                {
                    case "viewResource": definition = Part(parameter, "resource"); break;
                    case "resource": resources.Add(Part(parameter, "resource").ToString()); break;
                    case "_format": form = (Part(parameter, "valueCode") is { ValueKind: JsonValueKind.String } code ? code : Part(parameter, "valueString")).ToString(); break;
                    case "patient": patient = Part(Part(parameter, "valueReference"), "reference").ToString(); break;
                    case var other: return new Problem(ProblemKind.Incorrect, "fhir.parameter", "$viewdefinition-run takes viewResource, resource, patient and _format.", new(Path: other));
                }
            }
        }

        if (form.Length == 0) form = http.Request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1).Select(a => a.MediaType.Value!).FirstOrDefault(s_forms.ContainsKey) ?? "ndjson";
        if (!s_forms.ContainsKey(form)) return Wrong("_format is ndjson, csv or parquet.", "_format");
        if (definition.ValueKind != JsonValueKind.Object) return Wrong("The parameter viewResource is a ViewDefinition.", "viewResource");
        var (view, problems) = View.Read(definition);
        return view is not null ? new Asked(view, form, patient is { Length: > 0 } ? SearchCondition.IdOf(patient) : null, resources) : problems[0];
    }

    private static JsonElement Part(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var part) ? part : default;

    private static Problem Wrong(Sentence message, string path) => new(ProblemKind.Incorrect, "fhir.value", message, new(Path: path));
}
