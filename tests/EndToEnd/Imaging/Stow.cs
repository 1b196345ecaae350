using System.Net;
using System.Net.Http.Headers;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Sends files by STOW-RS.</summary>
internal static class Stow
{
    public static async Task<(HttpStatusCode Status, string Answer)> Send(HttpClient http, params byte[][] files)
    {
        using var content = new MultipartContent("related");
        content.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", "\"application/dicom\""));
        foreach (var file in files)
        {
            var part = new ByteArrayContent(file);
            part.Headers.ContentType = new("application/dicom");
            content.Add(part);
        }

        using var response = await http.PostAsync("dicom-web/studies", content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
