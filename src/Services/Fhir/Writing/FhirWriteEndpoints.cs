using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Yunnao.Kernel;
using Yunnao.Services.DataServices;
using Yunnao.Services.Fhir.Profiles;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;
using Yunnao.Trust.Callers;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>Writing under <c>/fhir</c>: create, update, batch and transaction, and <c>$validate</c>.</summary>
public static class FhirWriteEndpoints
{
    /// <summary>The header that names the institution whose records are written, where the caller belongs to several.</summary>
    public const string OrganisationHeader = "Yunnao-Organisation";

    /// <summary>What is written for when nothing is said.</summary>
    private const string UsualPurpose = "care";

    private const long LargestBody = 64 << 20;

    /// <summary>The parts of writing.</summary>
    public static IServiceCollection AddFhirWriting(this IServiceCollection services) =>
        services.AddSingleton<ProfileBook>().AddSingleton<FhirWriteService>().AddSingleton<FhirWriter>().AddSingleton<IJobKind, FhirImportJob>().AddHostedService(s => s.GetRequiredService<FhirWriter>());

    /// <param name="importAddresses">Beginnings of the addresses that an import may fetch files from.</param>
    /// <param name="largest">Most bytes of a file that is imported.</param>
    public static void MapFhirWriting(this IEndpointRouteBuilder app, IReadOnlyList<string> importAddresses, long largest)
    {
        ArgumentNullException.ThrowIfNull(app);
        var fhir = app.MapGroup("/fhir").ExcludeFromDescription();
        FhirImportEndpoints.MapImport(fhir, importAddresses, largest);
        fhir.MapPost("/", (HttpContext http, FhirWriteService service, CallQuota quota, TimeProvider time) => WriteAsync(
            http, quota, (call, body) => service.WriteBundleAsync(call, body, http.RequestAborted), (_, outcome) => Task.FromResult(WriteAnswers.Bundle(http, outcome, time.GetUtcNow())))).Needs(Duty.WriteFhir);
        fhir.MapPost("/{type}", (string type, HttpContext http, FhirWriteService service, FhirService reading, CallQuota quota) => OneAsync(
            http, service, reading, quota, e => (e.Method, e.Url, e.IfNoneExist) = ("POST", type, Head(http, "If-None-Exist")), type)).Needs(Duty.WriteFhir);
        fhir.MapPut("/{type}/{id}", (string type, string id, HttpContext http, FhirWriteService service, FhirService reading, CallQuota quota) => OneAsync(
            http, service, reading, quota, e => (e.Method, e.Url, e.IfMatch) = ("PUT", $"{type}/{id}", Head(http, "If-Match")), type)).Needs(Duty.WriteFhir);
        fhir.MapPut("/{type}", (string type, HttpContext http, FhirWriteService service, FhirService reading, CallQuota quota) => OneAsync(
            http, service, reading, quota, e => (e.Method, e.Url, e.IfMatch) = ("PUT", $"{type}{http.Request.QueryString}", Head(http, "If-Match")), type)).Needs(Duty.WriteFhir);
        foreach (var path in new[] { "/{type}/$validate", "/{type}/{id}/$validate" })
        {
            fhir.MapPost(path, (string type, HttpContext http, FhirWriteService service, CallQuota quota) => WriteAsync(
                http, quota, (call, body) => ValidateAsync(type, http, service, call, body), (_, outcome) => Task.FromResult(WriteAnswers.Outcome(http, outcome.Entries, StatusCodes.Status200OK)))).Needs(Duty.WriteFhir);
        }
    }

    /// <summary>The resource itself as the body, or Parameters with <c>resource</c> and <c>profile</c>; profiles may also stand in the address.</summary>
    private static Task<Result<WriteOutcome>> ValidateAsync(string type, HttpContext http, FhirWriteService service, WriteCall call, byte[] body)
    {
        var profiles = http.Request.Query["profile"].OfType<string>().Where(p => p.Length > 0).ToList();
        return service.WriteAsync(call, e => (e.Method, e.Url) = ("POST", type), ValidateBody.Of(body, profiles), onlyTried: true, http.RequestAborted, profiles);
    }

    private static Task<IResult> OneAsync(HttpContext http, FhirWriteService service, FhirService reading, CallQuota quota, Action<SentEntry> asked, string type) => reading.Unserved(type) is { } unserved ? Task.FromResult<IResult>(new ProblemAnswer(unserved)) : WriteAsync(
        http, quota, (call, body) => service.WriteAsync(call, asked, body, onlyTried: false, http.RequestAborted), (call, outcome) => WriteAnswers.OneAsync(http, reading, call, outcome));

    private static async Task<IResult> WriteAsync(HttpContext http, CallQuota quota, Func<WriteCall, byte[], Task<Result<WriteOutcome>>> write, Func<WriteCall, WriteOutcome, Task<IResult>> answer)
    {
        var caller = CallerId.Of(http.User);
        if (!CallerId.IsLocal(http.User) && await quota.TakeAsync(caller, http.RequestAborted).ConfigureAwait(false) is ({ } refused, var wait))
        {
            http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            return new ProblemAnswer(refused) { Status = StatusCodes.Status429TooManyRequests };
        }

        if (!Organisation(http).Try(out var organisation, out var problem)) return new ProblemAnswer(problem);
        if (http.Request.ContentType is { } type && !type.Contains("json", StringComparison.OrdinalIgnoreCase))
            return new ProblemAnswer(new(ProblemKind.Unsupported, "fhir.content-type", "Resources are sent as application/fhir+json.", new(Path: "Content-Type"))) { Status = StatusCodes.Status415UnsupportedMediaType };
        var purpose = http.Request.Headers[FhirCall.PurposeHeader].ToString() is { Length: > 0 } named ? named : UsualPurpose;
        var call = new WriteCall(new(http.User, purpose, $"{http.Request.Scheme}://{http.Request.Host}/fhir", Lenient: false, ProblemAnswer.TextsOf(http)), organisation);
        if (!(await BodyAsync(http).ConfigureAwait(false)).Try(out var body, out problem)) return new ProblemAnswer(problem) { Status = problem.Code == "fhir.too-large" ? StatusCodes.Status413PayloadTooLarge : problem.Kind.HttpStatus() };
        if (!(await write(call, body).ConfigureAwait(false)).Try(out var outcome, out problem)) return new ProblemAnswer(problem);
        quota.Count(caller, outcome.Entries.Count);
        return await answer(call, outcome).ConfigureAwait(false);
    }

    /// <summary>Whose records these are: the institution of the caller, or the one of several that the header names.</summary>
    internal static Result<string> Organisation(HttpContext http)
    {
        var named = http.Request.Headers[OrganisationHeader].ToString();
        IReadOnlyList<string> own = CallerId.IsLocal(http.User) ? [] : Caller.Of(http.User).Try(out var caller, out _) ? caller.Organisations : [];
        var organisation = named.Length > 0 ? named : own.Count == 1 ? own[0] : "";
        if (organisation.Length == 0) return new Problem(ProblemKind.Incorrect, "fhir.organisation", "Say whose records these are in the header Yunnao-Organisation.", new(Path: OrganisationHeader));
        return own.Contains(organisation) || CallerId.IsLocal(http.User) ? organisation : new Problem(ProblemKind.Forbidden, "fhir.organisation", "The caller does not belong to this institution.", new(Path: OrganisationHeader));
    }

    private static async Task<Result<byte[]>> BodyAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = LargestBody;
        if (http.Request.ContentLength > LargestBody) return TooLarge();
        using var body = new MemoryStream((int)(http.Request.ContentLength ?? 4096));
        try
        {
            await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge();
        }

        return body.Length > 0 ? body.Capacity == body.Length ? body.GetBuffer() : body.ToArray() : new Problem(ProblemKind.Incorrect, "fhir.json", "The body is empty.");
    }

    private static Problem TooLarge() => new(ProblemKind.Incorrect, "fhir.too-large", $"A request has up to {LargestBody >> 20} MiB: send several, or load the file as a batch.");

    private static string? Head(HttpContext http, string name) => http.Request.Headers[name].ToString() is { Length: > 0 } value ? value : null;
}
