using System.Globalization;
using Microsoft.AspNetCore.Http;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Pixels;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Web;

/// <summary>
/// Pictures of WADO-RS and WADO-URI (PS3.18, 10.4.1.1.3 and 10.4.1.1.4): frames as they are shown. Of an instance with several frames the
/// first is shown where no frame is named; of a study or series every instance, in its order, or as a thumbnail the one in the middle.
/// </summary>
internal sealed class RenderEndpoints(DicomWebOptions options)
{
    private const int ThumbnailSize = 200;
    private static readonly string[] MediaTypes = ["image/jpeg", "image/png"];

    // A picture takes a core and the memory of a frame: no more at a time than there are cores.
    private static readonly SemaphoreSlim Places = new(Environment.ProcessorCount);

    public async Task RenderedAsync(HttpContext http, ArchiveView view)
    {
        if (!RenderRequest.Of(http.Request.Query).Try(out var request, out var problem))
        {
            await RefuseAsync(http, problem).ConfigureAwait(false);
            return;
        }

        await AnswerAsync(http, view, Frames(http, view), request, isOne: DicomWebEndpoints.Uid(http, "instance") is not null).ConfigureAwait(false);
    }

    public async Task ThumbnailAsync(HttpContext http, ArchiveView view)
    {
        if (!RenderRequest.Of(http.Request.Query).Try(out var request, out var problem))
        {
            await RefuseAsync(http, problem).ConfigureAwait(false);
            return;
        }

        if (request.Width is null && request.Height is null) request = request with { Width = ThumbnailSize, Height = ThumbnailSize };
        var frames = Frames(http, view).Where(f => f.Found.Instance!.Frames.Count > 0).ToList();
        await AnswerAsync(http, view, frames.Count == 0 ? [] : [frames[frames.Count / 2]], request, isOne: true).ConfigureAwait(false);
    }

    /// <summary>A picture of an instance that WADO-URI names.</summary>
    public async Task ObjectAsync(HttpContext http, ArchiveView view, ImageAnswer found)
    {
        var text = http.Request.Query["frameNumber"].ToString();
        if (!RenderRequest.Of(http.Request.Query).Try(out var request, out var problem)) await RefuseAsync(http, problem).ConfigureAwait(false);
        else if (text.Length > 0 && (Number(text) is not { } number || number > found.Instance!.Frames.Count)) await RetrieveEndpoints.NotFoundAsync(http).ConfigureAwait(false);
        else await AnswerAsync(http, view, [(found, (Number(text) ?? 1) - 1)], request, isOne: true).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext http, ArchiveView view, List<(ImageAnswer Found, int Frame)> frames, RenderRequest request, bool isOne)
    {
        if (frames.Count == 0)
        {
            await RetrieveEndpoints.NotFoundAsync(http).ConfigureAwait(false);
            return;
        }

        var accepted = Accepted(http.Request);
        if (accepted is null || options.Pictures is null)
        {
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status406NotAcceptable, "imaging.not-acceptable", "Pictures are given as image/jpeg or image/png.").ConfigureAwait(false);
            return;
        }

        if (isOne && frames.Count == 1)
        {
            if (!(await DrawAsync(view, frames[0].Found, frames[0].Frame, request, accepted, http.RequestAborted).ConfigureAwait(false)).Try(out var picture, out var problem))
            {
                await RefuseAsync(http, problem).ConfigureAwait(false);
                return;
            }

            http.Response.ContentType = accepted;
            http.Response.ContentLength = picture.Length;
            await http.Response.BodyWriter.WriteAsync(picture, http.RequestAborted).ConfigureAwait(false);
            return;
        }

        // What has no pixels, such as a report of the series, is passed over.
        var (parts, any) = (new MultipartWriter(http), false);
        foreach (var (found, frame) in frames)
        {
            if (!(await DrawAsync(view, found, frame, request, accepted, http.RequestAborted).ConfigureAwait(false)).Try(out var picture, out _)) continue;
            any = true;
            await parts.PartAsync(accepted, accepted).ConfigureAwait(false);
            await parts.WriteAsync(picture).ConfigureAwait(false);
        }

        if (any) await parts.EndAsync().ConfigureAwait(false);
        else await RefuseAsync(http, new(ProblemKind.NotFound, "dicom.no-image", "There is nothing to be shown.")).ConfigureAwait(false);
    }

    private async Task<Result<byte[]>> DrawAsync(ArchiveView view, ImageAnswer found, int frame, RenderRequest request, string mediaType, CancellationToken cancellation)
    {
        await Places.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!(await RenderAsync(view, found, frame, request.Options, cancellation).ConfigureAwait(false)).Try(out var shown, out var problem)) return problem;
            var (width, height) = request.SizeOf(shown.Width, shown.Height);
            return options.Pictures!(shown, width, height, mediaType, request.Quality);
        }
        finally
        {
            Places.Release();
        }
    }

    private static async Task<Result<RenderedFrame>> RenderAsync(ArchiveView view, ImageAnswer found, int frame, RenderOptions how, CancellationToken cancellation)
    {
        if (!view.Pixels(found).Try(out var file, out var problem)) return problem;
        var instance = found.Instance!;

        // Overlays are drawings and writing of people.
        if (view.Disguise is not null) how = how with { Overlays = false };
        if (instance.Frames.Kind == FrameKind.WholeObject)
            return DicomReader.Read(file.Read(0, (int)Math.Min(file.Length, int.MaxValue - 1024))).Try(out var whole, out var unread) ? FrameRenderer.Render(whole, frame, how) : unread;
        if (frame >= instance.Frames.Count) return new Problem(ProblemKind.NotFound, "dicom.no-image", "The instance has no pixels.");
        var stream = file.Open();
        await using (stream.ConfigureAwait(false))
        {
            if (!(await DicomReader.ReadHeaderAsync(stream, cancel: cancellation).ConfigureAwait(false)).Try(out var header, out problem)) return problem;
            var span = instance.Frames[frame];
            if (span.Length > int.MaxValue - 1024) return new Problem(ProblemKind.Unsupported, "dicom.pixels-too-large", "A frame is larger than 1 GiB.");
            return FrameDecoder.Decode(header.DataSet, header.Syntax, span, file.Read(span.Offset, (int)span.Length)).Try(out var decoded, out problem)
                ? FrameRenderer.Render(header.DataSet, decoded, frame, how)
                : problem;
        }
    }

    /// <summary>The frames that the path names; empty when there is no such instance or frame.</summary>
    private static List<(ImageAnswer Found, int Frame)> Frames(HttpContext http, ArchiveView view)
    {
        var found = RetrieveEndpoints.Find(http, view);
        if (DicomWebEndpoints.Uid(http, "frames") is not { } named) return [.. found.Select(f => (f, 0))];
        var numbers = named.Split(',').Select(Number).ToList();
        return found is not [{ Instance: { } instance } one] || numbers.Exists(n => n is null || n > instance.Frames.Count) ? [] : [.. numbers.Select(n => (one, n!.Value - 1))];
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 ? number : null;

    /// <summary>The media type that the caller likes best of those that there are; null for none.</summary>
    private static string? Accepted(HttpRequest request)
    {
        if (request.Query["contentType"].ToString() is { Length: > 0 } old) return MediaTypes.FirstOrDefault(m => new AcceptedType(false, old, null).Takes(m));
        return AcceptedType.Of(request).Select(a => MediaTypes.FirstOrDefault(a.Takes)).FirstOrDefault(m => m is not null);
    }

    private static Task RefuseAsync(HttpContext http, Problem problem)
    {
        var status = problem.Kind switch
        {
            ProblemKind.Incorrect when problem.Code == "imaging.query-parameter" => StatusCodes.Status400BadRequest,
            ProblemKind.NotFound => StatusCodes.Status404NotFound,
            ProblemKind.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status406NotAcceptable,
        };
        return DicomWebEndpoints.RefuseAsync(http, status, problem.Code, problem.Message);
    }
}
