using System.Globalization;
using Microsoft.AspNetCore.Http;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Web;

/// <summary>WADO-RS frames (PS3.18, 10.4.1.1.6): each is one range read of its file.</summary>
internal static class FrameEndpoints
{
    private const string Octets = "application/octet-stream";

    /// <summary>Frames as they are kept: uncompressed ones little endian, compressed ones as they were coded.</summary>
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
        var accepted = AcceptedType.Of(http.Request).FirstOrDefault(a => (a.Takes(media) || a.Takes(Octets)) && a.TransferSyntax is null or "*" || a.TransferSyntax == syntax);
        if (accepted.Type is null)
        {
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status406NotAcceptable, "imaging.transfer-syntax", $"The frames are kept as {media} in {syntax}; ask for transfer-syntax=*.").ConfigureAwait(false);
            return;
        }

        var named = accepted.Type == Octets ? Octets : media;
        if (!accepted.IsMultipart && numbers.Count == 1)
        {
            var frame = await reader.ReadAsync(numbers[0], http.RequestAborted).ConfigureAwait(false);
            http.Response.ContentType = $"{named}; transfer-syntax={syntax}";
            http.Response.ContentLength = frame.Length;
            await http.Response.BodyWriter.WriteAsync(frame, http.RequestAborted).ConfigureAwait(false);
            return;
        }

        var parts = new MultipartWriter(http);
        foreach (var number in numbers)
        {
            var frame = await reader.ReadAsync(number, http.RequestAborted).ConfigureAwait(false);
            await parts.PartAsync($"{named}; transfer-syntax={syntax}", named).ConfigureAwait(false);
            await parts.WriteAsync(frame).ConfigureAwait(false);
        }

        await parts.EndAsync().ConfigureAwait(false);
    }

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
