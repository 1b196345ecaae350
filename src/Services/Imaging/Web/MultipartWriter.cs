using System.Text;
using Microsoft.AspNetCore.Http;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Writes multipart/related answers part by part (RFC 2387); no part is in memory as a whole.</summary>
internal sealed class MultipartWriter(HttpContext http)
{
    /// <summary>Bytes that are copied at a time.</summary>
    public const int CopyBuffer = 256 << 10;
    private readonly string _boundary = Guid.NewGuid().ToString("N");
    private bool _begun;

    /// <summary>Begins a part; the first one begins the answer.</summary>
    /// <param name="type">Content type of the part.</param>
    /// <param name="rootType">Type of the parts that the answer names.</param>
    /// <param name="location">Where the part can be had alone, or null.</param>
    public async Task PartAsync(string type, string rootType, string? location = null)
    {
        if (!_begun)
        {
            http.Response.ContentType = $"multipart/related; type=\"{rootType}\"; boundary={_boundary}";
            _begun = true;
        }

        var head = $"\r\n--{_boundary}\r\nContent-Type: {type}\r\n" + (location is null ? "" : $"Content-Location: {location}\r\n") + "\r\n";
        await WriteAsync(Encoding.ASCII.GetBytes(head)).ConfigureAwait(false);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);

    public Task WriteAsync(Stream bytes) => bytes.CopyToAsync(http.Response.Body, CopyBuffer, http.RequestAborted);

    public Task EndAsync() => WriteAsync(Encoding.ASCII.GetBytes($"\r\n--{_boundary}--\r\n"));
}
