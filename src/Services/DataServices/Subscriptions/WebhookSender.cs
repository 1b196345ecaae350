using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Yunnao.Services.Surveillance.Notices;
using Yunnao.Services.Web;

namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>
/// Posts deliveries. The receiver proves who sent one as with alarms (<see cref="WebhookChannel.Signature"/>): <c>X-Yunnao-Signature</c> over
/// <c>X-Yunnao-Timestamp</c>, a point and the body; <c>X-Yunnao-Delivery</c> is the same whenever the same delivery is sent again.
/// </summary>
internal sealed class WebhookSender(WebhookGuard guard, WebhookOptions options, TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new(guard.Handler()) { Timeout = TimeSpan.FromSeconds(options.AnswerSeconds) };

    /// <summary>Null when the receiver took it; else why not, in a word.</summary>
    public async Task<string?> SendAsync(Subscription subscription, byte[] secret, Delivery delivery, Uri rows, CancellationToken cancellation)
    {
        // What is allowed may have changed since it was subscribed.
        if (!guard.Judge(subscription.Order.Url).Try(out var url, out var problem)) return problem.Code;
        var body = JsonSerializer.Serialize(
            new { delivery = delivery.Id, subscription = subscription.Id, data_set = subscription.Order.DataSet, purpose = subscription.Order.Purpose, records = delivery.Rows, mark = $"{delivery.UpTo.Batch}.{delivery.UpTo.Move}", rows },
            ApiJson.Options);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, new MediaTypeHeaderValue("application/json", "utf-8")) };
        request.Headers.Add("X-Yunnao-Timestamp", timestamp);
        request.Headers.Add("X-Yunnao-Delivery", delivery.Id);
        request.Headers.Add("X-Yunnao-Signature", WebhookChannel.Signature(secret, timestamp, body));
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"status {(int)response.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return e.InnerException is WebhookRefusedException ? "subscription.not-allowed" : e.HttpRequestError.ToString();
        }
        catch (WebhookRefusedException)
        {
            return "subscription.not-allowed";
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
