using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Services.Surveillance.Notices;

/// <summary>
/// Posts alarms as JSON to a URL. The receiver proves who sent it: <c>X-Yunnao-Signature</c> is <c>sha256=</c> and the hexadecimal
/// HMAC-SHA-256, by the shared secret, of <c>X-Yunnao-Timestamp</c> (Unix seconds), a point and the body. <c>X-Yunnao-Delivery</c> is the
/// same whenever the same state of an alarm is sent again.
/// </summary>
public sealed class WebhookChannel(HttpClient http, Uri url, byte[] secret, SignalNames names, TimeProvider time) : INoticeChannel
{
    /// <inheritdoc/>
    public string Kind => "webhook";

    /// <inheritdoc/>
    public string Target => url.GetLeftPart(UriPartial.Path);

    /// <inheritdoc/>
    public async Task<string?> SendAsync(Alarm alarm, CancellationToken cancellation)
    {
        var body = AlarmNotice.Json(alarm, names);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Add("X-Yunnao-Timestamp", timestamp);
        request.Headers.Add("X-Yunnao-Delivery", $"{alarm.Number}-{alarm.Changed:yyyyMMddHHmmss}");
        request.Headers.Add("X-Yunnao-Signature", Signature(secret, timestamp, body));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : $"status {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError.ToString();
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }

    /// <summary>The value of <c>X-Yunnao-Signature</c>.</summary>
    public static string Signature(ReadOnlySpan<byte> secret, string timestamp, string body) =>
        $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{timestamp}.{body}")))}";
}
