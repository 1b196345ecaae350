using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Yunnao.Server;
using Yunnao.Server.Accounts;
using Yunnao.Server.Connect;
using Yunnao.Server.Keys;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench token</c>: access tokens verified a second, seen for the first time and seen again; the rival is the bare check of the signature.</summary>
internal static class TokenBench
{
    private const string Client = "bench";
    private const int Warm = 2_000;

    public static Command Create(Terminal terminal)
    {
        var tokens = new Option<int>("--tokens") { Description = terminal.Text["bench.token.tokens"], HelpName = "N", DefaultValueFactory = _ => 20_000 };
        var command = new Command("token", terminal.Text["bench.token"]) { tokens };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
            var folder = Directory.CreateTempSubdirectory("yunnao-bench-token-").FullName;
            try
            {
                var options = new ServerOptions { Folder = folder, Standards = RegistryFolder.Of(parsed, terminal), Port = Demo.DemoServer.FreePort(8500) };
                if (!(await AccountsRoom.OpenAsync(options, registry, cancellation).ConfigureAwait(false)).Try(out var room, out problem)) return terminal.Fail(problem);
                await using (room.ConfigureAwait(false))
                    if (!(await room.ApplicationsAsync(d => d.CreateAsync(new(Client, null, ["data_engineer"], [], []), "local:bench", cancellation)).ConfigureAwait(false)).Try(out _, out problem)) return terminal.Fail(problem);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                Task<BenchLine>? measured = null;
                problem = await YunnaoServer.RunAsync(options, ready => measured = Task.Run(() => MeasureAsync(ready, parsed.GetValue(tokens), stop), stop.Token), stop.Token).ConfigureAwait(false);
                if (problem is not null) return terminal.Fail(problem);
                terminal.Print((await measured!.ConfigureAwait(false)).ToString());
                return ExitCodes.Ok;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static async Task<BenchLine> MeasureAsync(ServerReady ready, int count, CancellationTokenSource stop)
    {
        try
        {
            var (verifier, key) = (ready.Parts!.GetRequiredService<TokenVerifier>(), ready.Parts!.GetRequiredService<TokenKeys>().Signing()[0]);
            var tokens = Enumerable.Range(0, count).Select(i => Make(ready.Url, key, i)).ToArray();
            var handler = new JsonWebTokenHandler();
            var rules = new TokenValidationParameters { ValidIssuer = ready.Url.ToString(), ValidAudience = ConnectOptions.Audience, IssuerSigningKey = key, ValidTypes = ["at+jwt"] };
            await TimeAsync(tokens.AsSpan(0, Math.Min(count, Warm)).ToArray(), async t => (await handler.ValidateTokenAsync(t, rules).ConfigureAwait(false)).IsValid).ConfigureAwait(false);
            await TimeAsync([.. Enumerable.Range(count, Warm).Select(i => Make(ready.Url, key, i))], async t => await verifier.VerifyAsync(t, stop.Token).ConfigureAwait(false) is not null).ConfigureAwait(false);
            var (signatureSeconds, _) = await TimeAsync(tokens, t => new(SignatureIsGood(((RsaSecurityKey)key).Rsa, t))).ConfigureAwait(false);
            var (bareSeconds, _) = await TimeAsync(tokens, async t => (await handler.ValidateTokenAsync(t, rules).ConfigureAwait(false)).IsValid).ConfigureAwait(false);
            var (firstSeconds, good) = await TimeAsync(tokens, async t => await verifier.VerifyAsync(t, stop.Token).ConfigureAwait(false) is not null).ConfigureAwait(false);
            var (againSeconds, _) = await TimeAsync(tokens, async t => await verifier.VerifyAsync(t, stop.Token).ConfigureAwait(false) is not null).ConfigureAwait(false);
            return new BenchLine("token", "tokens/s")
            {
                Ours = count / firstSeconds, Rival = count / bareSeconds, RivalName = "signature and claims alone (JsonWebTokenHandler), the same tokens", Ratio = bareSeconds / firstSeconds, Rows = count,
            }.With("signature_alone", Math.Round(count / signatureSeconds)).With("again", Math.Round(count / againSeconds)).With("good", good);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private static async Task<(double Seconds, int Good)> TimeAsync(string[] tokens, Func<string, ValueTask<bool>> verify)
    {
        var (clock, good) = (Stopwatch.StartNew(), 0);
        await Parallel.ForEachAsync(tokens, async (token, _) =>
        {
            if (await verify(token).ConfigureAwait(false)) Interlocked.Increment(ref good);
        }).ConfigureAwait(false);
        return (clock.Elapsed.TotalSeconds, good);
    }

    /// <summary>What no verifier of RS256 can do without.</summary>
    private static bool SignatureIsGood(RSA rsa, string token)
    {
        var end = token.LastIndexOf('.');
        return rsa.VerifyData(Encoding.ASCII.GetBytes(token[..end]), Base64UrlEncoder.DecodeBytes(token[(end + 1)..]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static string Make(Uri issuer, SecurityKey key, int number)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer.ToString(),
            Audience = ConnectOptions.Audience,
            IssuedAt = now,
            Expires = now.AddMinutes(30),
            TokenType = "at+jwt",
            Claims = new Dictionary<string, object> { ["sub"] = Client, ["yn_kind"] = "application", ["yn_gen"] = "0", ["role"] = "data_engineer", ["jti"] = $"{number}" },
            SigningCredentials = new(key, SecurityAlgorithms.RsaSha256),
        });
    }
}
