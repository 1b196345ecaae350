using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.DataServices;
using Yunnao.Services.Fhir.Profiles;
using Yunnao.Services.Web;

namespace Yunnao.Services.Fhir;

/// <summary>FHIR R4 under <c>/fhir</c>: what there is, read, versions, search and history of each type, <c>Patient/{id}/$everything</c>. Everything else is refused by name.</summary>
public static class FhirEndpoints
{
    private static readonly string[] s_reading = ["GET", "HEAD"];

    /// <param name="temporary">Folder for what an operation reads and gives, while it runs.</param>
    public static void MapFhir(this IEndpointRouteBuilder app, string temporary)
    {
        ArgumentNullException.ThrowIfNull(app);
        var fhir = app.MapGroup("/fhir").ExcludeFromDescription();
        fhir.MapMethods("/metadata", s_reading, (HttpContext http, ResourceBook book, ProfileBook profiles) =>
            FhirForm.Of(http) is null ? Problem(FhirForm.Unknown(http), StatusCodes.Status406NotAcceptable) : new FhirAnswer(new(JsonSerializer.SerializeToUtf8Bytes(Writing.WriteCapability.Add(FhirCapability.Of(book, profiles, Site(http))), FhirText.Options), 0)) as IResult).AllowAnonymous();
        fhir.MapMethods("/.well-known/smart-configuration", s_reading, (HttpContext http) => Results.Text(FhirCapability.Smart(Site(http)).ToJsonString(FhirText.Options), "application/json; charset=utf-8")).AllowAnonymous();
        fhir.MapFhirExport();
        fhir.MapFhirViewRun(temporary);
        fhir.MapMethods("/_history", s_reading, (HttpContext http, FhirService service, CallQuota quota) =>
            AnswerAsync(http, quota, call => service.HistoryAsync(call, null, null, Address(http), http.RequestAborted))).Needs(Duty.Query);
        fhir.MapMethods("/{type}/_history", s_reading, (string type, HttpContext http, FhirService service, CallQuota quota) =>
            AnswerAsync(http, quota, call => service.HistoryAsync(call, type, null, Address(http), http.RequestAborted))).Needs(Duty.Query);
        fhir.MapMethods("/{type}/{id}/_history", s_reading, (string type, string id, HttpContext http, FhirService service, CallQuota quota) =>
            AnswerAsync(http, quota, call => service.HistoryAsync(call, type, id, Address(http), http.RequestAborted))).Needs(Duty.Query);
        fhir.MapMethods("/{type}/{id}/_history/{version}", s_reading, (string type, string id, string version, HttpContext http, FhirService service, CallQuota quota) =>
            AnswerAsync(http, quota, call => service.VersionAsync(call, type, id, version, http.RequestAborted))).Needs(Duty.Query);
        fhir.MapMethods("/{type}/{id}", s_reading, (string type, string id, HttpContext http, FhirService service, CallQuota quota) =>
            !IsId(type) || !IsId(id) ? Task.FromResult<IResult>(Refuse(http)) : AnswerAsync(http, quota, call => service.ReadAsync(call, type, id, http.RequestAborted))).Needs(Duty.Query);
        fhir.MapMethods("/{type}", s_reading, (string type, HttpContext http, FhirService service, PatientByIdentity patients, CallQuota quota) =>
            !IsId(type) ? Task.FromResult<IResult>(Refuse(http)) : patients.Refuse(type, Address(http)) is { } inBody ? Task.FromResult<IResult>(Problem(inBody)) : AnswerAsync(http, quota, call => service.SearchAsync(call, type, Address(http), inAddress: true, http.RequestAborted, asked => patients.ReplaceAsync(call, type, asked, http.RequestAborted)))).Needs(Duty.Query);
        fhir.MapPost("/{type}/_search", (string type, HttpContext http, FhirService service, PatientByIdentity patients, CallQuota quota) => patients.Refuse(type, Address(http)) is { } inBody ? Task.FromResult<IResult>(Problem(inBody)) : AnswerAsync(http, quota, async call =>
            (await BodyAsync(http).ConfigureAwait(false)).Try(out var form, out var problem)
                ? await service.SearchAsync(call, type, [.. form, .. Address(http)], inAddress: false, http.RequestAborted, asked => patients.ReplaceAsync(call, type, asked, http.RequestAborted)).ConfigureAwait(false)
                : problem)).Needs(Duty.Query);
        fhir.MapMethods("/Patient/{id}/$everything", s_reading, (string id, HttpContext http, FhirService service, CallQuota quota) =>
            AnswerAsync(http, quota, call => service.EverythingAsync(call, id, Address(http), http.RequestAborted))).Needs(Duty.Query);
        fhir.MapMethods("/{**rest}", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], (HttpContext http) => (IResult)Refuse(http)).Needs(Duty.Query);
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, CallQuota quota, Func<FhirCall, Task<Result<FhirPage>>> answer)
    {
        var caller = CallerId.Of(http.User);
        if (!CallerId.IsLocal(http.User) && await quota.TakeAsync(caller, http.RequestAborted).ConfigureAwait(false) is ({ } refused, var wait))
        {
            http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            return Problem(refused, StatusCodes.Status429TooManyRequests);
        }

        if (FhirForm.Of(http) is null) return Problem(FhirForm.Unknown(http), StatusCodes.Status406NotAcceptable);
        if (!FhirCall.PurposeOf(http.User, http.Request.Headers[FhirCall.PurposeHeader].ToString()).Try(out var purpose, out var problem)) return Problem(problem);
        var lenient = http.Request.Headers["Prefer"].Any(p => p?.Contains("handling=lenient", StringComparison.OrdinalIgnoreCase) == true);
        if (!(await answer(new(http.User, purpose, $"{Site(http)}/fhir", lenient, ProblemAnswer.TextsOf(http))).ConfigureAwait(false)).Try(out var page, out problem)) return Problem(problem);
        quota.Count(caller, page.Rows);
        return new FhirAnswer(page);
    }

    /// <summary>Of the type id (2.24.0.1); what else stands in its place is another interaction.</summary>
    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    /// <summary>What is not done says so, rather than that nothing is there.</summary>
    private static ProblemAnswer Refuse(HttpContext http)
    {
        var (method, path) = (http.Request.Method, http.Request.Path.Value!.TrimEnd('/'));
        if (path.Contains("/$", StringComparison.Ordinal)) return NotDone(path[(path.LastIndexOf('$'))..].Length < 40 ? path[path.LastIndexOf('$')..] : "this operation");
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || path.EndsWith("/_search", StringComparison.Ordinal))
            return Problem(new(ProblemKind.NotFound, "fhir.place", "There is nothing at this address; GET /fhir/metadata tells what there is."));
        http.Response.Headers.Allow = "GET, HEAD, POST, PUT";
        return Problem(new(ProblemKind.Unsupported, "fhir.read-only", Writing.FhirWriteService.ReadOnly), StatusCodes.Status405MethodNotAllowed);

        static ProblemAnswer NotDone(string what) => Problem(new(ProblemKind.Unsupported, "fhir.not-done", $"Not done here: {what}."), StatusCodes.Status501NotImplemented);
    }

    private static ProblemAnswer Problem(Problem problem, int? status = null) => new ProblemAnswer(problem) { Status = status ?? problem.Kind.HttpStatus() };

    private static string Site(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}";

    private static KeyValuePair<string, string>[] Address(HttpContext http) => [.. http.Request.Query.SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v ?? "")))];

    private static async Task<Result<KeyValuePair<string, string>[]>> BodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength is 0) return Array.Empty<KeyValuePair<string, string>>();
        if (!http.Request.HasFormContentType) return new Problem(ProblemKind.Incorrect, "fhir.body", "A search is sent as application/x-www-form-urlencoded.", new(Path: "Content-Type"));
        var form = await http.Request.ReadFormAsync(http.RequestAborted).ConfigureAwait(false);
        return form.SelectMany(f => f.Value.Select(v => KeyValuePair.Create(f.Key, v ?? ""))).ToArray();
    }
}
