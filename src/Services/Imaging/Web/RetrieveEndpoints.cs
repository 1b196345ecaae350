using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Web;

/// <summary>WADO-RS (PS3.18, 10.4): files, metadata and bulk data of a study, a series or an instance.</summary>
internal sealed class RetrieveEndpoints(ImageArchive archive, DicomWebOptions options)
{
    private const string Dicom = "application/dicom";
    private const int FlushAt = 256 << 10;
    private static readonly byte[] BulkMark = Encoding.ASCII.GetBytes("\"BulkDataURI\":\"" + HeaderJson.BulkScheme);

    /// <summary>The files as they are kept; in another uncompressed syntax where that is asked for.</summary>
    public async Task FilesAsync(HttpContext http)
    {
        if (Find(http) is not { Count: > 0 } instances)
        {
            await NotFoundAsync(http).ConfigureAwait(false);
            return;
        }

        var accepted = AcceptedType.Of(http.Request).FirstOrDefault(a => a.Takes(Dicom));
        if (accepted.Type is null)
        {
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status406NotAcceptable, "imaging.not-acceptable", "Files are given as application/dicom, or as multipart/related of it.").ConfigureAwait(false);
            return;
        }

        if (!accepted.IsMultipart && instances.Count == 1)
        {
            await WriteFileAsync(http, instances[0].Instance!, accepted.TransferSyntax).ConfigureAwait(false);
            return;
        }

        var (parts, root, any) = (new MultipartWriter(http), DicomWebEndpoints.BaseUrl(http, options), false);
        foreach (var found in instances)
        {
            if (File(found.Instance!, accepted.TransferSyntax) is not var (bytes, syntax)) continue;
            any = true;
            await using (bytes.ConfigureAwait(false))
            {
                await parts.PartAsync($"{Dicom}; transfer-syntax={syntax}", Dicom, Url(root, found)).ConfigureAwait(false);
                await parts.WriteAsync(bytes).ConfigureAwait(false);
            }
        }

        if (any) await parts.EndAsync().ConfigureAwait(false);
        else await RefuseSyntaxAsync(http).ConfigureAwait(false);
    }

    /// <summary>One file as the whole answer.</summary>
    public async Task WriteFileAsync(HttpContext http, InstanceRow instance, string? wantedSyntax)
    {
        if (File(instance, wantedSyntax) is not var (bytes, syntax))
        {
            await RefuseSyntaxAsync(http).ConfigureAwait(false);
            return;
        }

        await using (bytes.ConfigureAwait(false))
        {
            http.Response.ContentType = $"{Dicom}; transfer-syntax={syntax}";
            http.Response.ContentLength = bytes.Length;
            await bytes.CopyToAsync(http.Response.Body, FlushAt, http.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>The headers, from the index alone.</summary>
    public async Task MetadataAsync(HttpContext http)
    {
        if (Find(http) is not { Count: > 0 } instances)
        {
            await NotFoundAsync(http).ConfigureAwait(false);
            return;
        }

        var root = DicomWebEndpoints.BaseUrl(http, options);
        http.Response.ContentType = "application/dicom+json";
        var output = new ArrayBufferWriter<byte>(FlushAt);
        output.Write("["u8);
        for (var i = 0; i < instances.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            WriteMetadata(output, instances[i].Series!.Header.With(instances[i].Instance!.Difference), Url(root, instances[i]) + "/bulkdata/");
            if (output.WrittenCount < FlushAt) continue;
            await http.Response.BodyWriter.WriteAsync(output.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
            output.ResetWrittenCount();
        }

        output.Write("]"u8);
        await http.Response.BodyWriter.WriteAsync(output.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>A value that the metadata left out, by its path.</summary>
    public async Task BulkDataAsync(HttpContext http)
    {
        var path = http.Request.RouteValues["path"] as string ?? "";
        if (Find(http) is not [{ Instance: { } instance }] || await BulkData.FindAsync(archive.Open(instance), path, http.RequestAborted).ConfigureAwait(false) is not { } value)
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
    public List<ImageAnswer> Find(HttpContext http)
    {
        var (study, series, instance) = (DicomWebEndpoints.Uid(http, "study") ?? "", DicomWebEndpoints.Uid(http, "series"), DicomWebEndpoints.Uid(http, "instance"));
        if (instance is not null) return archive.Index.FindInstance(study, series ?? "", instance) is { } one ? [one] : [];
        if (series is not null) return archive.Index.FindSeries(study, series) is { } found ? [.. archive.Index.InstancesOf(found.Series).Select(i => new ImageAnswer(null, found.Study, found.Series, i))] : [];
        return archive.Index.FindStudy(study) is { } whole
            ? [.. archive.Index.SeriesOf(whole).SelectMany(s => archive.Index.InstancesOf(s).Select(i => new ImageAnswer(null, whole, s, i)))]
            : [];
    }

    public static Task NotFoundAsync(HttpContext http) => DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status404NotFound, "imaging.unknown", "There is no such study, series, instance or frame.");

    private static Task RefuseSyntaxAsync(HttpContext http) => DicomWebEndpoints.RefuseAsync(
        http, StatusCodes.Status406NotAcceptable, "imaging.transfer-syntax", "The instance cannot be given in this transfer syntax; ask for transfer-syntax=*.");

    private static string Url(string root, ImageAnswer found) => $"{root}/studies/{found.Study!.Uid}/series/{found.Series!.Uid}/instances/{found.Instance!.Uid}";

    /// <summary>The file and its syntax: as kept when nothing or that is asked for.</summary>
    private (Stream Bytes, string Syntax)? File(InstanceRow instance, string? wanted)
    {
        var file = archive.Open(instance);
        if (wanted is null or "*" || wanted == instance.TransferSyntax) return (file.Open(), instance.TransferSyntax);
        return TransferSyntax.Find(wanted) is { IsEncapsulated: false } syntax && Transcoding.File(file, syntax) is { } bytes ? (new MemoryStream(bytes, writable: false), wanted) : null;
    }

    private static void WriteMetadata(ArrayBufferWriter<byte> output, HeaderBlock block, string bulk)
    {
        output.Write("{"u8);
        var isFirst = true;
        Span<byte> name = stackalloc byte[12];
        foreach (var (tag, text) in block.Elements())
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            name[0] = (byte)'"';
            tag.Value.TryFormat(name[1..], out _, "X8", CultureInfo.InvariantCulture);
            (name[9], name[10]) = ((byte)'"', (byte)':');
            output.Write(name[..11]);
            var rest = text.Span;
            for (int mark; (mark = rest.IndexOf(BulkMark)) >= 0;)
            {
                var until = mark + BulkMark.Length - HeaderJson.BulkScheme.Length;
                output.Write(rest[..until]);
                output.Write(Encoding.ASCII.GetBytes(bulk));
                rest = rest[(until + HeaderJson.BulkScheme.Length)..];
            }

            output.Write(rest);
        }

        output.Write("}"u8);
    }
}
