using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>A person at the pages: keeps cookies, reads forms, follows where it is led.</summary>
internal sealed partial class Browser(Uri url, bool everywhere = false) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = url };

    /// <summary>The page one is led to in the end, or the first address elsewhere.</summary>
    public async Task<(HttpStatusCode Status, string Text, Uri At)> OpenAsync(string address) => await FollowAsync(await _http.GetAsync(address), new Uri(url, address));

    /// <summary>Fills in the form of a page and sends it.</summary>
    public Task<(HttpStatusCode Status, string Text, Uri At)> SendAsync(string page, params (string Name, string Value)[] fields) => SendToAsync(page.Split('?')[0], page, fields);

    /// <summary>Sends a form of a page to another address than the page's own.</summary>
    public async Task<(HttpStatusCode Status, string Text, Uri At)> SendToAsync(string action, string page, params (string Name, string Value)[] fields)
    {
        var html = await _http.GetStringAsync(page);
        var values = Hidden().Matches(html).DistinctBy(m => m.Groups["name"].Value).ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value));
        foreach (var (name, value) in fields) values[name] = value;
        return await FollowAsync(await _http.PostAsync(action, new FormUrlEncodedContent(values)), new Uri(url, action));
    }

    public Task<HttpResponseMessage> PostAsync(string address, params (string Name, string Value)[] fields) => _http.PostAsync(address, TestServer.Form(fields));

    /// <summary>Signs in with a first password and chooses another; gives the page one is led to.</summary>
    public async Task<(HttpStatusCode Status, string Text, Uri At)> FirstSignInAsync(string name, string first, string password)
    {
        var (_, _, at) = await SendAsync("account/sign-in", ("name", name), ("password", first));
        Assert.Equal("/account/password", at.AbsolutePath);
        return await SendAsync("account/password", ("current", first), ("new", password), ("again", password));
    }

    /// <summary>The code that an authenticator with this key shows now (RFC 6238, SHA-1, 30 seconds, 6 digits).</summary>
    public static string CodeOf(string key)
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var (bytes, bits, value) = (new List<byte>(), 0, 0);
        foreach (var letter in key)
        {
            (value, bits) = ((value << 5) | Letters.IndexOf(letter, StringComparison.Ordinal), bits + 5);
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)(value >> bits));
            value &= (1 << bits) - 1;
        }

        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // RFC 6238 is defined over HMAC-SHA-1.
        var hash = HMACSHA1.HashData(bytes.ToArray(), counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, string Text, Uri At)> FollowAsync(HttpResponseMessage answer, Uri at)
    {
        for (var step = 0; step < 10 && answer.StatusCode == HttpStatusCode.Found; step++)
        {
            at = new Uri(at, answer.Headers.Location!);
            if (at.Port != url.Port && !everywhere) return (answer.StatusCode, "", at);
            answer = await _http.GetAsync(at);
        }

        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), at);
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\">")]
    private static partial Regex Hidden();
}
