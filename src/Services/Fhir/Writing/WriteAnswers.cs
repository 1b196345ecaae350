using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>What a request that wrote is answered.</summary>
internal static class WriteAnswers
{
    /// <summary>Of one resource: Location and ETag, and what the caller prefers as the body: the resource as a read gives it, an outcome, or nothing.</summary>
    public static async Task<IResult> OneAsync(HttpContext http, FhirService reading, WriteCall call, WriteOutcome outcome)
    {
        var entry = outcome.Entries[0];
        if (entry.Issues.Count > 0) return Outcome(http, outcome.Entries, OutcomeText.Status(entry.Issues[0]));
        var result = entry.Result!;
        http.Response.Headers.Location = $"{call.Read.Base}/{Location(result)}";
        http.Response.Headers.ETag = Tag(result);
        var prefer = http.Request.Headers["Prefer"].ToString();
        if (prefer.Contains("return=minimal", StringComparison.OrdinalIgnoreCase)) return Results.StatusCode(result.Status);
        if (prefer.Contains("return=OperationOutcome", StringComparison.OrdinalIgnoreCase)) return Outcome(http, outcome.Entries, result.Status);

        // Whoever may not read what it wrote is told that it went well.
        var read = await reading.ReadAsync(call.Read, result.Type, result.Id, http.RequestAborted).ConfigureAwait(false);
        return read.Try(out var page, out _)
            ? new WrittenResource(page.Body, result.Status)
            : Outcome(http, outcome.Entries, result.Status);
    }

    /// <summary>Of a Bundle: a transaction that failed is one outcome; else a Bundle of answers in the order of the entries.</summary>
    public static IResult Bundle(HttpContext http, WriteOutcome outcome, DateTimeOffset now)
    {
        if (outcome.BundleType == "transaction" && outcome.Entries.FirstOrDefault(e => e.Issues.Count > 0) is { } first) return Outcome(http, outcome.Entries, OutcomeText.Status(first.Issues[0]));
        if (outcome is { BundleType: not null, Entries: [{ Index: < 0 } whole] }) return Outcome(http, outcome.Entries, OutcomeText.Status(whole.Issues[0]));
        return Results.Stream(async stream =>
        {
            var writer = new Utf8JsonWriter(stream, FhirText.Writing);
            await using (writer.ConfigureAwait(false))
            {
                var modified = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
                writer.WriteStartObject();
                writer.WriteString("resourceType", "Bundle");
                writer.WriteString("type", $"{outcome.BundleType}-response");
                writer.WriteStartArray("entry");
                foreach (var entry in outcome.Entries) Write(writer, http, outcome, entry, modified);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
        }, FhirForm.Json);
    }

    /// <summary>The issues of entries as an answer.</summary>
    public static IResult Outcome(HttpContext http, IEnumerable<SentEntry> entries, int status) =>
        new WrittenResource(JsonSerializer.SerializeToUtf8Bytes(OutcomeText.Of(http, entries), FhirText.Options), status);

    private static void Write(Utf8JsonWriter writer, HttpContext http, WriteOutcome outcome, SentEntry entry, string modified)
    {
        writer.WriteStartObject();
        var failed = entry.Issues.Count > 0 ? OutcomeText.Of(http, [entry]) : null;
        var status = entry.Issues.Count > 0 ? OutcomeText.Status(entry.Issues[0]) : entry.Result?.Status ?? StatusCodes.Status200OK;
        if (outcome.Answers.TryGetValue(entry.Index, out var answer))
        {
            if (answer.Try(out var page, out var problem))
            {
                writer.WritePropertyName("resource");
                writer.WriteRawValue(page.Body.Span, skipInputValidation: true);
            }
            else
            {
                status = problem.Kind.HttpStatus();
                failed = OutcomeText.Of(http, [new SentEntry { Index = entry.Index, Issues = { new(problem, problem.Where?.Path) } }]);
            }
        }

        writer.WriteStartObject("response");
        writer.WriteString("status", Words(status));
        if (entry.Result is { } result && failed is null)
        {
            writer.WriteString("location", $"{Location(result)}");
            writer.WriteString("etag", Tag(result));
            writer.WriteString("lastModified", modified);
        }

        if (failed is not null)
        {
            writer.WritePropertyName("outcome");
            failed.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string Location(EntryResult result) => string.Create(CultureInfo.InvariantCulture, $"{result.Type}/{result.Id}/_history/{result.Version}");

    private static string Tag(EntryResult result) => string.Create(CultureInfo.InvariantCulture, $"W/\"{result.Version}\"");

    private static string Words(int status) => $"{status.ToString(CultureInfo.InvariantCulture)} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}";
}
