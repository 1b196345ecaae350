using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Yunnao.Cli.Bench;

/// <summary>The token with which an application of a benchmark asks a server.</summary>
internal static class BenchToken
{
    public static async Task<AuthenticationHeaderValue> GetAsync(HttpClient http, string client, string secret, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = client, ["client_secret"] = secret, ["scope"] = "yunnao" });
        using var answer = await http.PostAsync("connect/token", form, cancellation).ConfigureAwait(false);
        return new("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false)).GetProperty("access_token").GetString());
    }
}
