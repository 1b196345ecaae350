using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.Exports;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;

namespace Yunnao.Services.Fhir;

/// <summary>
/// Bulk Data Access 2.0 over the exports of the platform: a request is decided by the security officer and carried out by a job like every other
/// export, and its files are the recipient's alone.
/// </summary>
internal static class FhirExportEndpoints
{
    private const int UsualDays = 7;
    private const string Undecided = "60", Running = "2";

    private static readonly string[] s_forms = ["application/fhir+ndjson", "application/ndjson", "ndjson"], s_parameters = ["_type", "_since", "_typeFilter", "_outputFormat", "_format"];

    public static void MapFhirExport(this RouteGroupBuilder fhir)
    {
        fhir.MapGet("/$export", (HttpContext http, FhirExport resources, ExportDesk desk) => BeginAsync(http, resources, desk, aboutPersons: false, null)).Needs(Duty.Query);
        fhir.MapGet("/Patient/$export", (HttpContext http, FhirExport resources, ExportDesk desk) => BeginAsync(http, resources, desk, aboutPersons: true, null)).Needs(Duty.Query);
        fhir.MapGet("/Group/{id}/$export", (string id, HttpContext http, FhirExport resources, ExportDesk desk, ArrivalTimes arrivals) => GroupAsync(id, http, resources, desk, arrivals)).Needs(Duty.Query);
        fhir.MapGet("/$export/{id}", StatusAsync).Needs(Duty.Query);
        fhir.MapDelete("/$export/{id}", CancelAsync).Needs(Duty.Query);
        fhir.MapGet("/$export/{id}/{name}", FileAsync).Needs(Duty.Query);
    }

    /// <summary>A group that there is not is not found, rather than exported empty.</summary>
    private static async Task<IResult> GroupAsync(string id, HttpContext http, FhirExport resources, ExportDesk desk, ArrivalTimes arrivals) => await arrivals.HasSentAsync(id, http.RequestAborted).ConfigureAwait(false)
        ? await BeginAsync(http, resources, desk, aboutPersons: true, id).ConfigureAwait(false)
        : new ProblemAnswer(new(ProblemKind.NotFound, "fhir.group", "There is no such group: a group is an institution of which there are records, by its code.", new(Path: "Group.id")));

    /// <summary>Takes the request; the answer says where its state is.</summary>
    /// <param name="group">Code of an institution: a group is the persons of whom it has records.</param>
    private static async Task<IResult> BeginAsync(HttpContext http, FhirExport resources, ExportDesk desk, bool aboutPersons, string? group)
    {
        if (!http.Request.Headers["Prefer"].Any(p => p?.Contains("respond-async", StringComparison.OrdinalIgnoreCase) == true))
            return new ProblemAnswer(new(ProblemKind.Incorrect, "fhir.prefer", "An export is answered later: send Prefer: respond-async.", new(Path: "Prefer")));
        if (!FhirCall.PurposeOf(http.User, http.Request.Headers[FhirCall.PurposeHeader].ToString()).Try(out var purpose, out var problem)
            || !Order(http, resources, aboutPersons, group, purpose).Try(out var order, out problem)
            || !(await desk.RequestAsync(http.User, order, UsualDays, http.RequestAborted).ConfigureAwait(false)).Try(out var export, out problem)) return new ProblemAnswer(problem);
        http.Response.Headers.ContentLocation = $"{Base(http)}/$export/{export.Id}";
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private static Result<ExportOrder> Order(HttpContext http, FhirExport resources, bool aboutPersons, string? group, string purpose)
    {
        var query = http.Request.Query;
        if (query.Keys.FirstOrDefault(k => !s_parameters.Contains(k)) is { } stranger) return Wrong("fhir.parameter", stranger, $"$export takes {string.Join(", ", s_parameters.SkipLast(1))}.");
        if (query["_outputFormat"].ToString().Replace(' ', '+') is { Length: > 0 } form && !s_forms.Contains(form)) return Wrong("fhir.value", "_outputFormat", "The files are application/fhir+ndjson.");
        DateTime? since = null;
        if (query["_since"].ToString() is { Length: > 0 } text)
        {
            if (!FhirTime.TryRead(text, out var span)) return Wrong("fhir.value", "_since", FhirTime.Form);
            since = span.Low - ElementLeaf.Offset;
        }

        string[] types = [.. Values("_type")], filters = [.. query["_typeFilter"].OfType<string>().Where(f => f.Length > 0)];
        if (types.FirstOrDefault(t => !resources.Types.Contains(t)) is not null) return Wrong("fhir.value", "_type", $"There are {string.Join(", ", resources.Types)}.");
        foreach (var filter in filters)
            if (resources.Refuse(filter) is { } wrong) return wrong;
        if (types.Length == 0) types = [.. resources.Types];
        var sets = resources.DataSetsOf(types, aboutPersons);
        return new ExportOrder(sets, purpose)
        {
            Form = ExportForm.Ndjson, Organisations = group is null ? [] : [group],
            Fhir = new(types) { Request = $"{Base(http)}{http.Request.Path.Value!["/fhir".Length..]}{http.Request.QueryString}", Since = since, Filters = filters },
        };

        IEnumerable<string> Values(string name) => query[name].OfType<string>().SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal);
        static Problem Wrong(string code, string name, Sentence message) => new(ProblemKind.Incorrect, code, message, new(Path: name));
    }

    private static async Task<IResult> StatusAsync(string id, HttpContext http, ExportDesk desk, JobQueue jobs, TimeProvider time)
    {
        if (!(await FindAsync(id, http, desk, time).ConfigureAwait(false)).Try(out var export, out var problem)) return new ProblemAnswer(problem);
        switch (export.State)
        {
            case ExportState.Requested: return Wait("waiting for the decision of the security officer", Undecided);
            case ExportState.Approved:
                var job = export.Job is { } number && (await jobs.FindAsync(number, http.RequestAborted).ConfigureAwait(false)).Try(out var found, out _) ? found : null;
                return Wait(job?.Step is { } step ? string.Create(CultureInfo.InvariantCulture, $"{step}, {job.Fraction:P0}") : "waiting for its turn", Running);
            case ExportState.Done: return new FhirManifest(Manifest(export, http), export.Expires!.Value);
            case ExportState.Refused: return new ProblemAnswer(new(ProblemKind.Forbidden, "export.refused", "The security officer refused the export."));
            default: return new ProblemAnswer(new(ProblemKind.Unavailable, "export.failed", $"The export failed: {export.Reason}. Ask for it anew."));
        }

        IResult Wait(string progress, string seconds)
        {
            (http.Response.Headers["X-Progress"], http.Response.Headers.RetryAfter) = (progress, seconds);
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }
    }

    private static JsonObject Manifest(Export export, HttpContext http) => new()
    {
        ["transactionTime"] = ArrivalTimes.Text(export.Manifest!.Created.UtcDateTime), ["request"] = export.Order.Fhir!.Request, ["requiresAccessToken"] = true,
        ["output"] = new JsonArray([.. export.Manifest.Files.Select(f => Output(export, f, http))]), ["error"] = new JsonArray(),
    };

    private static JsonObject Output(Export export, ExportManifest.Content file, HttpContext http)
    {
        var output = new JsonObject { ["type"] = FhirExport.TypeOf(file.Name), ["url"] = $"{Base(http)}/$export/{export.Id}/{file.Name}" };

        // The manifest counts by data set, of which nearly all make one type.
        if (export.Manifest!.Files.Count(f => f.DataSet == file.DataSet) == 1) output["count"] = export.Manifest.DataSets.First(d => d.Id == file.DataSet).Rows;
        return output;
    }

    private static async Task<IResult> CancelAsync(string id, HttpContext http, ExportDesk desk, TimeProvider time)
    {
        if (!(await FindAsync(id, http, desk, time).ConfigureAwait(false)).Try(out var export, out var problem)) return new ProblemAnswer(problem);
        await desk.WithdrawAsync(export, http.RequestAborted).ConfigureAwait(false);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> FileAsync(string id, string name, HttpContext http, ExportDesk desk, StreamLife life, TimeProvider time)
    {
        if (!(await FindAsync(id, http, desk, time).ConfigureAwait(false)).Try(out _, out var problem)
            || !(await desk.FileAsync(id, name, http.User, http.RequestAborted).ConfigureAwait(false)).Try(out var file, out problem)) return new ProblemAnswer(problem);
        life.Bind(http);
        return Results.Stream(file, "application/fhir+ndjson", enableRangeProcessing: true);
    }

    /// <summary>An export of resources of the caller's own that was not withdrawn and is not over. Problem: <c>export.unknown</c>.</summary>
    private static async Task<Result<Export>> FindAsync(string id, HttpContext http, ExportDesk desk, TimeProvider time)
    {
        var found = await desk.FindAsync(id, http.User, all: false, http.RequestAborted).ConfigureAwait(false);
        if (!found.Try(out var export, out _)) return found;
        return export.Order.Fhir is not null && export.Reason != ExportDesk.Withdrawn && export.State != ExportState.Expired && (export.Expires is null || export.Expires > time.GetUtcNow())
            ? found
            : new Problem(ProblemKind.NotFound, "export.unknown", "There is no export of this id, or it is another's, or its time is over.");
    }

    private static string Base(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}/fhir";
}
