using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yunnao.Server.Connect;
using Yunnao.Server.Keys;

namespace Yunnao.Server.Hosting;

/// <summary>Once a day: new keys for tokens where the old ones are too old, and what is left of tokens that ended long ago is removed.</summary>
internal sealed partial class KeyCare(
    TokenKeys keys, IOptionsMonitorCache<OpenIddictServerOptions> server, IServiceScopeFactory scopes, TimeProvider time, ILogger<KeyCare> log) : BackgroundService
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(s_day, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) return;
            if (keys.Rotate())
            {
                server.Clear();
                Rotated();
            }

            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                var ended = time.GetUtcNow() - 2 * ConnectOptions.RefreshTokenLife;
                await scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>().PruneAsync(ended, stoppingToken).ConfigureAwait(false);
                await scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>().PruneAsync(ended, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(3201, LogLevel.Information, "New keys sign and encrypt tokens from now on")]
    private partial void Rotated();
}
