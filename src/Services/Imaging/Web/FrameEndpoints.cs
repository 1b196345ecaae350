using System.Globalization;
using Microsoft.AspNetCore.Http;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Web;

/// <summary>WADO-RS frames (PS3.18, 10.4.1.1.6): each is one range read of its file.</summary>
internal static class FrameEndpoints
{
    private const string Octets = "application/octet-stream";

    /// <summary>Frames as they are kept: uncompressed ones little endian, compressed ones as they were coded, or uncompressed where that is asked for.</summary>
    public static async Task FramesAsync(HttpContext http, ArchiveView view)
    {
        if (Frames(http, view) is not var (found, numbers))
        {
            await RetrieveEndpoints.NotFoundAsync(http).ConfigureAwait(false);
            return;
        }

        if (!view.Pixels(found).Try(out var file, out var problem))
        {
            await DicomWebEndpoints.RefuseAsync(http, problem).ConfigureAwait(false);
            return;
        }

        var reader = new FrameReader(file, found.Instance!);
        var (media, syntax) = reader.Form;
        var accepted = AcceptedType.Of(http.Request).FirstOrDefault(a => (a.Takes(media) || a.Takes(Octets)) && (a.TransferSyntax is null or "*" || a.TransferSyntax == syntax || (IsPlain(a) && reader.Decodes)));
        if (accepted.Type is null)
        {
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status406NotAcceptable, "imaging.transfer-syntax", $"The frames are kept as {media} in {syntax}; ask for transfer-syntax=*.").ConfigureAwait(false);
            return;
        }

        var decodes = IsPlain(accepted) && syntax != accepted.TransferSyntax;
        if (decodes) (media, syntax) = (Octets, accepted.TransferSyntax!);
        var named = accepted.Type == Octets ? Octets : media;
        var parts = accepted.IsMultipart || numbers.Count > 1 ? new MultipartWriter(http) : null;
        foreach (var number in numbers)
        {
            if (!decodes && reader.Open(number) is { } plain)
            {
                await using (plain.ConfigureAwait(false)) await WriteAsync(http, parts, plain, $"{named}; transfer-syntax={syntax}", named).ConfigureAwait(false);
                continue;
            }

            if (!(decodes ? await reader.DecodeAsync(number, http.RequestAborted).ConfigureAwait(false) : await reader.ReadAsync(number, http.RequestAborted).ConfigureAwait(false)).Try(out var frame, out problem))
            {
                // A frame of several that cannot be decoded breaks the answer off; what came before is whole.
                if (http.Response.HasStarted) http.Abort();
                else await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status406NotAcceptable, problem.Code, problem.Message).ConfigureAwait(false);
                return;
            }

            if (parts is not null)
            {
                await parts.PartAsync($"{named}; transfer-syntax={syntax}", named).ConfigureAwait(false);
                await parts.WriteAsync(frame).ConfigureAwait(false);
                continue;
            }

            http.Response.ContentType = $"{named}; transfer-syntax={syntax}";
            http.Response.ContentLength = frame.Length;
            await http.Response.BodyWriter.WriteAsync(frame, http.RequestAborted).ConfigureAwait(false);
        }

        if (parts is not null) await parts.EndAsync().ConfigureAwait(false);
    }

    /// <summary>A frame that is never in memory as a whole.</summary>
    private static async Task WriteAsync(HttpContext http, MultipartWriter? parts, Stream frame, string type, string rootType)
    {
        if (parts is not null)
        {
            await parts.PartAsync(type, rootType).ConfigureAwait(false);
            await parts.WriteAsync(frame).ConfigureAwait(false);
            return;
        }

        http.Response.ContentType = type;
        http.Response.ContentLength = frame.Length;
        await frame.CopyToAsync(http.Response.Body, MultipartWriter.CopyBuffer, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>True when samples are asked for.</summary>
    private static bool IsPlain(AcceptedType accepted) => accepted.TransferSyntax == TransferSyntax.ExplicitLittle.Uid && accepted.Takes(Octets);

    /// <summary>The instance of the path and the frames it names, counted from 0; null when there is no such instance or frame.</summary>
    private static (ImageAnswer Found, List<int> Numbers)? Frames(HttpContext http, ArchiveView view)
    {
        if (view.Find(DicomWebEndpoints.Uid(http, "series"), DicomWebEndpoints.Uid(http, "instance")) is not [{ Instance: { } instance } found]) return null;
        var numbers = new List<int>();
        foreach (var text in (DicomWebEndpoints.Uid(http, "frames") ?? "").Split(','))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > instance.Frames.Count) return null;
            numbers.Add(number - 1);
        }

        return (found, numbers);
    }
}
