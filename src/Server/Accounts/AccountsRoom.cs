using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yunnao.Kernel;
using Yunnao.Server.Connect;
using Yunnao.Standards;
using Yunnao.Trust;

namespace Yunnao.Server.Accounts;

/// <summary>Accounts and applications of a data folder without a server, for the command line; a server that runs beside it notices within a second.</summary>
public sealed class AccountsRoom : IAsyncDisposable
{
    private readonly TrustRoom _trust;
    private readonly ServiceProvider _services;

    private AccountsRoom(TrustRoom trust, ServiceProvider services) => (_trust, _services) = (trust, services);

    /// <summary>Opens the control database. Problems: <c>control.*</c>, <c>keys.*</c>.</summary>
    public static async Task<Result<AccountsRoom>> OpenAsync(ServerOptions options, Registry registry, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var opened = await TrustRoom.OpenAsync(new() { Folder = options.Folder, PostgreSql = options.PostgreSql, SealMinutes = 0 }, registry, null, cancellation: cancellation).ConfigureAwait(false);
        if (!opened.Try(out var trust, out var problem)) return problem;
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.None));
        services.AddSingleton(registry);
        services.AddAuthentication();
        services.AddAccounts(trust, options);
        var room = new AccountsRoom(trust, services.BuildServiceProvider());
        problem = await room.UseAsync<AccountsDb, Problem?>(db => AccountsSchema.EnsureAsync(trust.Control, () => Task.FromResult(db.Database.GenerateCreateScript()), cancellation)).ConfigureAwait(false);
        if (problem is null) return room;
        await room.DisposeAsync().ConfigureAwait(false);
        return problem;
    }

    /// <summary>Does something with accounts.</summary>
    public Task<T> AccountsAsync<T>(Func<AccountDesk, Task<T>> work) => UseAsync(work);

    /// <summary>Does something with applications.</summary>
    public Task<T> ApplicationsAsync<T>(Func<ApplicationDesk, Task<T>> work) => UseAsync(work);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync().ConfigureAwait(false);
        await _trust.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<T> UseAsync<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull
    {
        var scope = _services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false)) return await work(scope.ServiceProvider.GetRequiredService<TService>()).ConfigureAwait(false);
    }
}
