using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Fhir.Writing;

/// <summary><c>POST /fhir/$import</c>: NDJSON in bulk, as a job; with the file as the body, or Parameters that name files at allowed addresses.</summary>
internal static class FhirImportEndpoints
{
    private const int MostInputs = 1000, MostParameters = 1 << 20;

    /// <param name="addresses">Beginnings of the addresses that files may be fetched from; none: from nowhere.</param>
    /// <param name="largest">Most bytes of an uploaded file.</param>
    public static void MapImport(RouteGroupBuilder fhir, IReadOnlyList<string> addresses, long largest)
    {
        fhir.MapPost("/$import", (HttpContext http, FileObjectStore objects, JobQueue jobs, AuditLog audit) => BeginAsync(http, addresses, largest, objects, jobs, audit)).Needs(Duty.WriteFhir);
        fhir.MapGet("/$import-status/{id}", (string id, HttpContext http, JobQueue jobs) => StatusAsync(id, http, jobs)).Needs(Duty.WriteFhir);
        fhir.MapDelete("/$import-status/{id}", (string id, HttpContext http, JobQueue jobs) => StopAsync(id, http, jobs)).Needs(Duty.WriteFhir);
    }

    private static async Task<IResult> BeginAsync(HttpContext http, IReadOnlyList<string> addresses, long largest, FileObjectStore objects, JobQueue jobs, AuditLog audit)
    {
        if (!FhirWriteEndpoints.Organisation(http).Try(out var organisation, out var problem)) return new ProblemAnswer(problem);
        var who = CallerId.Of(http.User);
        FhirImport import;
        var address = $"{http.Request.Scheme}://{http.Request.Host}/fhir/$import";
        if (http.Request.ContentType?.Contains("ndjson", StringComparison.OrdinalIgnoreCase) == true)
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = largest;
            var stored = await objects.PutAsync(http.Request.Body, http.RequestAborted).ConfigureAwait(false);
            import = new(organisation, address, [new(null, null, stored.Id)]);
        }
        else
        {
            if (!(await InputsAsync(http, addresses).ConfigureAwait(false)).Try(out var inputs, out problem)) return new ProblemAnswer(problem);
            import = new(organisation, address, inputs);
        }

        await audit.AppendAsync(
            new(AuditKind.Ingest, who) { What = import.Inputs[0].Object, Details = new Dictionary<string, string> { ["interface"] = "fhir-import", ["organisation"] = organisation, ["files"] = $"{import.Inputs.Count}" } }, CancellationToken.None).ConfigureAwait(false);
        var job = await jobs.AddAsync(FhirImportJob.Kind, import, who, CancellationToken.None).ConfigureAwait(false);
        http.Response.Headers.ContentLocation = $"{http.Request.Scheme}://{http.Request.Host}/fhir/$import-status/{job.Id}";
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    /// <summary>The files that Parameters name: <c>input</c> with the parts <c>type</c> and <c>url</c>. Problems: <c>fhir.import</c>, <c>fhir.import-address</c>.</summary>
    private static async Task<Result<List<FhirImport.Input>>> InputsAsync(HttpContext http, IReadOnlyList<string> addresses)
    {
        JsonDocument parameters;
        try
        {
            if (http.Request.ContentLength is > MostParameters) return Wrong();
            parameters = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            return Wrong();
        }

        using (parameters)
        {
            var root = parameters.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("parameter", out var given) || given.ValueKind != JsonValueKind.Array) return Wrong();
            var inputs = new List<FhirImport.Input>();
            foreach (var input in given.EnumerateArray().Where(p => Text(p, "name") == "input"))
            {
                if (!input.TryGetProperty("part", out var parts) || parts.ValueKind != JsonValueKind.Array || Part(parts, "url") is not { } url) return Wrong();
                if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || !addresses.Any(a => uri.AbsoluteUri.StartsWith(a, StringComparison.Ordinal)))
                    return new Problem(ProblemKind.Forbidden, "fhir.import-address", "Files are not fetched from this address.", new(Path: "Parameters.parameter.where(name='input').part.where(name='url')"));
                inputs.Add(new(Part(parts, "type"), uri.AbsoluteUri, null));
            }

            return inputs.Count is > 0 and <= MostInputs ? inputs : Wrong();
        }

        static Problem Wrong() => new(ProblemKind.Incorrect, "fhir.import", $"An import is Parameters with up to {MostInputs} parameters input, each with the parts type and url; or a file of application/fhir+ndjson.");

        static string? Part(JsonElement parts, string name) => parts.EnumerateArray().Where(p => Text(p, "name") == name).SelectMany(p => p.EnumerateObject()).FirstOrDefault(p => p.Name.StartsWith("value", StringComparison.Ordinal)) is { Value.ValueKind: JsonValueKind.String } value ? value.Value.GetString() : null;

        static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
    }

    private static async Task<IResult> StatusAsync(string id, HttpContext http, JobQueue jobs)
    {
        if (!(await FindAsync(id, http, jobs).ConfigureAwait(false)).Try(out var job, out var problem)) return new ProblemAnswer(problem);
        if (!job.Final)
        {
            http.Response.Headers["X-Progress"] = job.State == JobState.Queued ? "waiting" : $"{(int)(job.Fraction * 100)}%";
            http.Response.Headers.RetryAfter = "1";
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }

        if (job.State != JobState.Done) return new ProblemAnswer(new(ProblemKind.Conflict, "fhir.import-ended", $"The import ended: {job.State.ToString().ToLowerInvariant()}. Batches that were committed are there."));
        var import = job.Arguments.Deserialize<FhirImport>(ApiJson.Options)!;
        var texts = ProblemAnswer.TextsOf(http);
        var (output, error) = (new JsonArray(), new JsonArray());
        foreach (var file in job.Outcome!.Value.Deserialize<List<FhirImport.Loaded>>(KeptSentence.Options)!)
        {
            var line = new JsonObject();
            if (file.Type is not null) line["type"] = file.Type;
            if (file.Url is not null) line["inputUrl"] = file.Url;
            if (file.Code is not null) error.Add(With(line, ("code", file.Code), ("detail", file.Detail!.In(texts))));
            else
            {
                if (file.Quarantined > 0) error.Add(With((JsonObject)line.DeepClone(), ("count", file.Quarantined), ("code", "fhir.check"), ("detail", ((Sentence)$"In quarantine of batch {file.Batch}.").In(texts))));
                output.Add(With(line, ("count", file.Accepted), ("batch", file.Batch)));
            }
        }

        return Results.Text(new JsonObject { ["transactionTime"] = $"{job.Started!.Value.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}", ["request"] = import.Request, ["output"] = output, ["error"] = error }.ToJsonString(FhirText.Options), "application/json; charset=utf-8");
    }

    private static JsonObject With(JsonObject line, params (string Name, JsonNode? Value)[] more)
    {
        foreach (var (name, value) in more) line[name] = value;
        return line;
    }

    private static async Task<IResult> StopAsync(string id, HttpContext http, JobQueue jobs)
    {
        var found = await FindAsync(id, http, jobs).ConfigureAwait(false);
        if (found.Ok) found = await jobs.CancelAsync(id, http.RequestAborted).ConfigureAwait(false);
        return found.Problem is { } problem ? new ProblemAnswer(problem) : Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private static async Task<Result<Job>> FindAsync(string id, HttpContext http, JobQueue jobs)
    {
        var found = await jobs.FindAsync(id, http.RequestAborted).ConfigureAwait(false);
        return found.Try(out var job, out _) && job.Kind == FhirImportJob.Kind && job.Who == CallerId.Of(http.User)
            ? job : new Problem(ProblemKind.NotFound, "job.unknown", "There is no job of this id, or it is another's.");
    }
}
