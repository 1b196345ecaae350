using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Web;

/// <summary>
/// STOW-RS (PS3.18, 10.5): takes the instances of a request one by one as they arrive, and makes them safe together at its end, with one flush;
/// those of a long request in groups, while the next are coming.
/// </summary>
internal sealed class StoreEndpoints(DicomWebOptions options)
{
    private const int MostTogether = 32;
    private const long MostBytesTogether = 32 << 20;
    private const string Dicom = "application/dicom";

    public async Task StoreAsync(HttpContext http, StoreOrigin origin)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || Parts(http, type) is not { } parts)
        {
            await DicomWebEndpoints.RefuseAsync(
                http, StatusCodes.Status415UnsupportedMediaType, "imaging.media-type", "Send multipart/related with parts of application/dicom, or one application/dicom.").ConfigureAwait(false);
            return;
        }

        var (outcomes, whole) = await TakeAsync(origin, parts, http.RequestAborted).ConfigureAwait(false);
        if (!whole)
        {
            await DoneAsync(origin, outcomes).ConfigureAwait(false);
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status400BadRequest, "imaging.multipart", "The body is no complete multipart message; what came before is kept.").ConfigureAwait(false);
            return;
        }

        if (outcomes.Count == 0)
        {
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status400BadRequest, "imaging.no-part", "The request holds no part of application/dicom.").ConfigureAwait(false);
            return;
        }

        await DoneAsync(origin, outcomes).ConfigureAwait(false);
        await AnswerAsync(http, outcomes, DicomWebEndpoints.Uid(http, "study")).ConfigureAwait(false);
    }

    /// <summary>Takes all parts; what came before the body broke off is kept.</summary>
    private static async Task<(List<StoreOutcome> Outcomes, bool Whole)> TakeAsync(StoreOrigin origin, PartReader parts, CancellationToken cancellation)
    {
        var (outcomes, whole, length, keeping) = (new List<StoreOutcome>(), true, 0L, Task.FromResult<StoreOutcome[]>([]));
        var group = new StoreGroup(origin);
        try
        {
            while (await parts.NextAsync(cancellation).ConfigureAwait(false))
            {
                if (!IsDicom(parts.ContentType)) continue;
                length = await group.TakeAsync(parts, length, cancellation).ConfigureAwait(false);
                if (group.Count < MostTogether && group.Bytes < MostBytesTogether) continue;

                // At most two groups are in memory: one that is being kept, and one that is coming.
                outcomes.AddRange(await keeping.ConfigureAwait(false));
                keeping = group.KeepAsync();
                group = new(origin);
            }
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException or IOException)
        {
            whole = false;
        }
        finally
        {
            // Also when the caller has gone: what was taken whole is kept.
            outcomes.AddRange(await keeping.ConfigureAwait(false));
            outcomes.AddRange(await group.KeepAsync().ConfigureAwait(false));
        }

        return (outcomes, whole);
    }

    private static Task DoneAsync(StoreOrigin origin, List<StoreOutcome> outcomes)
    {
        var kept = outcomes.Count(IsKept);
        return origin.Done(kept, outcomes.Count - kept);
    }

    private static bool IsKept(StoreOutcome outcome) => outcome.Result is StoreResult.Stored or StoreResult.Already or StoreResult.Held;

    /// <summary>The parts of the body; null when it is none that is understood.</summary>
    private static PartReader? Parts(HttpContext http, MediaTypeHeaderValue type)
    {
        if (type.MediaType.Equals(Dicom, StringComparison.OrdinalIgnoreCase)) return new(http.Request.BodyReader, null);
        if (!type.MediaType.Equals("multipart/related", StringComparison.OrdinalIgnoreCase)) return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is 0 or > PartReader.MostBoundary ? null : new(http.Request.BodyReader, boundary);
    }

    /// <summary>True for a part with an instance, and for the whole of a body that is one.</summary>
    private static bool IsDicom(string type) => type.Length == 0 || type.Split(';')[0].Trim().Equals(Dicom, StringComparison.OrdinalIgnoreCase);

    private async Task AnswerAsync(HttpContext http, List<StoreOutcome> outcomes, string? study)
    {
        var root = DicomWebEndpoints.BaseUrl(http, options);
        var (kept, failed) = (new List<DicomDataSet>(), new List<DicomDataSet>());
        foreach (var outcome in outcomes)
        {
            var reference = new DicomBuilder().Set(Tags.ReferencedSopClassUid, outcome.SopClass).Set(Tags.ReferencedSopInstanceUid, outcome.SopInstance);
            if (IsKept(outcome))
                kept.Add(reference.Set(Tags.RetrieveUrl, $"{root}/studies/{outcome.Study}/series/{outcome.Series}/instances/{outcome.SopInstance}").Build());
            else
                failed.Add(reference.Set(new DicomTag(0x0008_1197), (long)(outcome.Result == StoreResult.NotKept ? 0xA700 : 0xC000)).Build());
        }

        var answer = new DicomBuilder();
        var studies = outcomes.Select(o => o.Study).Append(study ?? "").Where(s => s.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        if (studies.Count == 1) answer.Set(Tags.RetrieveUrl, $"{root}/studies/{studies[0]}");
        if (failed.Count > 0) answer.SetItems(Tags.FailedSopSequence, failed);
        if (kept.Count > 0) answer.SetItems(Tags.ReferencedSopSequence, kept);
        var isFull = outcomes.TrueForAll(o => o.Result == StoreResult.NotKept);
        http.Response.StatusCode = failed.Count == 0 ? StatusCodes.Status200OK : kept.Count > 0 ? StatusCodes.Status202Accepted : isFull ? StatusCodes.Status507InsufficientStorage : StatusCodes.Status409Conflict;
        var json = DicomJson.Write(answer.Build());
        http.Response.ContentType = "application/dicom+json";
        http.Response.ContentLength = json.Length;
        await http.Response.BodyWriter.WriteAsync(json, http.RequestAborted).ConfigureAwait(false);
    }
}
