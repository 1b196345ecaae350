using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Web;

/// <summary>STOW-RS (PS3.18, 10.5): takes the instances of a request one by one as they arrive; several are made safe together.</summary>
internal sealed class StoreEndpoints(DicomWebOptions options)
{
    private const int MostUnderway = 32;
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

        var (underway, outcomes, length) = (new Queue<Task<StoreOutcome>>(), new List<StoreOutcome>(), 0L);
        try
        {
            while (await parts.NextAsync(http.RequestAborted).ConfigureAwait(false))
            {
                if (!IsDicom(parts.ContentType)) continue;
                var file = origin.Archive.Receive(length);
                underway.Enqueue(await TakeAsync(origin, file, parts, http.RequestAborted).ConfigureAwait(false));
                length = file.Length;
                if (underway.Count >= MostUnderway) outcomes.Add(await underway.Dequeue().ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException or IOException)
        {
            foreach (var task in underway) outcomes.Add(await task.ConfigureAwait(false));
            await DoneAsync(origin, outcomes).ConfigureAwait(false);
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status400BadRequest, "imaging.multipart", "The body is no complete multipart message; what came before is kept.").ConfigureAwait(false);
            return;
        }

        foreach (var task in underway) outcomes.Add(await task.ConfigureAwait(false));
        if (outcomes.Count == 0)
        {
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status400BadRequest, "imaging.no-part", "The request holds no part of application/dicom.").ConfigureAwait(false);
            return;
        }

        await DoneAsync(origin, outcomes).ConfigureAwait(false);
        await AnswerAsync(http, outcomes, DicomWebEndpoints.Uid(http, "study")).ConfigureAwait(false);
    }

    private static Task DoneAsync(StoreOrigin origin, List<StoreOutcome> outcomes)
    {
        var kept = outcomes.Count(IsKept);
        return origin.Done(kept, outcomes.Count - kept);
    }

    private static bool IsKept(StoreOutcome outcome) => outcome.Result is StoreResult.Stored or StoreResult.Already or StoreResult.Held;

    /// <summary>Reads a part to its end and begins to keep it.</summary>
    private static async Task<Task<StoreOutcome>> TakeAsync(StoreOrigin origin, IncomingFile file, PartReader part, CancellationToken cancellation)
    {
        try
        {
            var isKept = true;
            for (ReadOnlySequence<byte> bytes; !(bytes = await part.ReadAsync(cancellation).ConfigureAwait(false)).IsEmpty;)
                foreach (var piece in bytes) isKept = isKept && await file.TryAppendAsync(piece).ConfigureAwait(false);
            if (isKept) return KeepAsync(origin, file);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        // The rest of the part was read and let go, so that the caller can be answered.
        await file.DisposeAsync().ConfigureAwait(false);
        return Task.FromResult(ImageArchive.NotKept(file));
    }

    private static async Task<StoreOutcome> KeepAsync(StoreOrigin origin, IncomingFile file)
    {
        await using (file.ConfigureAwait(false)) return await origin.Archive.StoreAsync(file, origin.Organisation, "STOW-RS", CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The parts of the body; null when it is none that is understood.</summary>
    private static PartReader? Parts(HttpContext http, MediaTypeHeaderValue type)
    {
        if (type.MediaType.Equals(Dicom, StringComparison.OrdinalIgnoreCase)) return new(http.Request.BodyReader, null);
        if (!type.MediaType.Equals("multipart/related", StringComparison.OrdinalIgnoreCase)) return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is 0 or > 200 ? null : new(http.Request.BodyReader, boundary);
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
