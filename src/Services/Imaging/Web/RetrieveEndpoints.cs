using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Yunnao.Formats.Dicom;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Web;

/// <summary>WADO-RS (PS3.18, 10.4): files, metadata and bulk data of a study, a series or an instance.</summary>
internal sealed class RetrieveEndpoints(DicomWebOptions options)
{
    private const string Dicom = "application/dicom";
    private const int FlushAt = 256 << 10;

    // A buffer of twice this is still no large object of the runtime.
    private const int MetadataPiece = 32 << 10;

    /// <summary>The files as they are kept; in another uncompressed syntax where that is asked for.</summary>
    public async Task FilesAsync(HttpContext http, ArchiveView view)
    {
        if (Find(http, view) is not { Count: > 0 } instances)
        {
            await NotFoundAsync(http).ConfigureAwait(false);
            return;
        }

        var accepted = AcceptedType.Of(http.Request).FindAll(a => a.Takes(Dicom));
        if (accepted.Count == 0)
        {
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status406NotAcceptable, "imaging.not-acceptable", "Files are given as application/dicom, or as multipart/related of it.").ConfigureAwait(false);
            return;
        }

        List<string?> wanted = [.. accepted.Select(a => a.TransferSyntax)];
        if (!accepted[0].IsMultipart && instances.Count == 1)
        {
            await WriteFileAsync(http, view, instances[0], wanted).ConfigureAwait(false);
            return;
        }

        var (parts, root, any, kept) = (new MultipartWriter(http), DicomWebEndpoints.BaseUrl(http, options), false, (Problem?)null);
        foreach (var found in instances)
        {
            // What may show the person, or is not to be had in this syntax, is passed over.
            if (!File(view, found, wanted).Try(out var file, out var problem))
            {
                kept = problem;
                continue;
            }

            any = true;
            await using (file.Bytes.ConfigureAwait(false))
            {
                await parts.PartAsync($"{Dicom}; transfer-syntax={file.Syntax}", Dicom, Url(root, view, found)).ConfigureAwait(false);
                await parts.WriteAsync(file.Bytes).ConfigureAwait(false);
            }
        }

        if (any) await parts.EndAsync().ConfigureAwait(false);
        else await RefuseAsync(http, kept!).ConfigureAwait(false);
    }

    /// <summary>One file as the whole answer.</summary>
    public static async Task WriteFileAsync(HttpContext http, ArchiveView view, ImageAnswer found, List<string?> wanted)
    {
        if (!File(view, found, wanted).Try(out var file, out var problem))
        {
            await RefuseAsync(http, problem).ConfigureAwait(false);
            return;
        }

        await using (file.Bytes.ConfigureAwait(false))
        {
            http.Response.ContentType = $"{Dicom}; transfer-syntax={file.Syntax}";
            http.Response.ContentLength = file.Bytes.Length;
            await file.Bytes.CopyToAsync(http.Response.Body, FlushAt, http.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>The headers, from the index alone.</summary>
    public async Task MetadataAsync(HttpContext http, ArchiveView view)
    {
        if (Find(http, view) is not { Count: > 0 } instances)
        {
            await NotFoundAsync(http).ConfigureAwait(false);
            return;
        }

        var root = DicomWebEndpoints.BaseUrl(http, options);
        http.Response.ContentType = "application/dicom+json";
        var (output, writer, series) = (new ArrayBufferWriter<byte>(2 * MetadataPiece), (MetadataWriter?)null, (SeriesRow?)null);
        output.Write("["u8);
        for (var i = 0; i < instances.Count; i++)
        {
            var found = instances[i];
            var bulk = Encoding.ASCII.GetBytes(Url(root, view, found) + "/bulkdata/");
            if (i > 0) output.Write(","u8);
            if (writer is null || !ReferenceEquals(series, found.Series) || view.Disguise is not null) (writer, series) = (new(view.Disguise is null ? found.Series!.Header : view.Header(found)), found.Series);
            writer.Write(output, view.Disguise is null ? found.Instance!.Difference : default, bulk);
            if (output.WrittenCount < MetadataPiece) continue;
            await http.Response.BodyWriter.WriteAsync(output.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
            output.ResetWrittenCount();
        }

        output.Write("]"u8);
        await http.Response.BodyWriter.WriteAsync(output.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>A value that the metadata left out, by its path.</summary>
    public static async Task BulkDataAsync(HttpContext http, ArchiveView view)
    {
        var path = http.Request.RouteValues["path"] as string ?? "";
        if (Find(http, view) is not [var found] || !view.GivesValue(path))
        {
            await NotFoundAsync(http).ConfigureAwait(false);
            return;
        }

        if (!view.Pixels(found).Try(out var file, out var problem))
        {
            await RefuseAsync(http, problem).ConfigureAwait(false);
            return;
        }

        if (await BulkData.FindAsync(file, path, http.RequestAborted).ConfigureAwait(false) is not { } value)
        {
            await NotFoundAsync(http).ConfigureAwait(false);
            return;
        }

        await using (value.ConfigureAwait(false))
        {
            var accepted = AcceptedType.Of(http.Request)[0];
            if (!accepted.IsMultipart || accepted.Type == "*/*")
            {
                http.Response.ContentType = "application/octet-stream";
                http.Response.ContentLength = value.Length;
                await value.CopyToAsync(http.Response.Body, FlushAt, http.RequestAborted).ConfigureAwait(false);
                return;
            }

            var parts = new MultipartWriter(http);
            await parts.PartAsync("application/octet-stream", "application/octet-stream", http.Request.Path).ConfigureAwait(false);
            await parts.WriteAsync(value).ConfigureAwait(false);
            await parts.EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The instances that the path names, with the rows above them; empty when there are none.</summary>
    public static List<ImageAnswer> Find(HttpContext http, ArchiveView view) => view.Find(DicomWebEndpoints.Uid(http, "series"), DicomWebEndpoints.Uid(http, "instance"));

    public static Task NotFoundAsync(HttpContext http) => DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status404NotFound, "imaging.unknown", "There is no such study, series, instance or frame.");

    private static Task RefuseAsync(HttpContext http, Problem problem) =>
        problem.Code == "imaging.transfer-syntax" ? DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status406NotAcceptable, problem.Code, problem.Message) : DicomWebEndpoints.RefuseAsync(http, problem);

    private static string Url(string root, ArchiveView view, ImageAnswer found) => $"{root}/studies/{view.Uid(found.Study!.Uid)}/series/{view.Uid(found.Series!.Uid)}/instances/{view.Uid(found.Instance!.Uid)}";

    /// <summary>The file in the first of the syntaxes, by preference, in which it can be had: as kept when nothing or that is asked for. Problem: <c>imaging.transfer-syntax</c>, and those of the view.</summary>
    private static Result<(Stream Bytes, string Syntax)> File(ArchiveView view, ImageAnswer found, List<string?> wanted)
    {
        if (!view.File(found).Try(out var source, out var problem)) return problem;
        foreach (var uid in wanted)
        {
            if (uid is null or "*" || uid == source.Syntax) return (source.Open(), source.Syntax);
            if (TransferSyntax.Find(uid) is { IsEncapsulated: false } syntax && Transcoding.File(source, syntax) is { } bytes) return (new MemoryStream(bytes, writable: false), uid);
        }

        return new Problem(ProblemKind.Unsupported, "imaging.transfer-syntax", "The instance cannot be given in this transfer syntax; ask for transfer-syntax=*.");
    }
}
