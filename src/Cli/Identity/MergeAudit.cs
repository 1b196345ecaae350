using Yunnao.Kernel;
using Yunnao.Services.Identity;
using Yunnao.Trust;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Identity;

/// <summary>The audit of merges for a process that loads by itself; opened with the first merge there is.</summary>
internal sealed class MergeAudit : IAsyncDisposable
{
    private readonly Platform _platform;
    private readonly TrustOptions _options;
    private TrustRoom? _trust;
    private IdentityDesk? _desk;

    /// <summary>Lets what the platform loads tell of its merges. A merge that could not be told is told the next time.</summary>
    public MergeAudit(Platform platform, string folder, Terminal terminal)
    {
        (_platform, _options) = (platform, new() { Folder = folder, PostgreSql = terminal.ControlDatabase, SealMinutes = 0 });
        platform.Ingest.Merged = async () =>
        {
            if ((await DeskAsync(CancellationToken.None).ConfigureAwait(false)).Try(out var desk, out var problem)) await desk.TellAsync(LocalAdministrator.Name).ConfigureAwait(false);
            else terminal.Fail(problem);
        };
    }

    /// <summary>Problems: <c>control.*</c>, <c>keys.*</c>, <c>vault.*</c>.</summary>
    public async Task<Result<IdentityDesk>> DeskAsync(CancellationToken cancellation)
    {
        if (_desk is not null) return _desk;
        if (!(await TrustRoom.OpenAsync(_options, _platform.Registry, _platform.Lake, cancellation: cancellation).ConfigureAwait(false)).Try(out _trust, out var problem)) return problem;
        if (!Vault.Open(_options.Folder, _trust.Keys).Try(out var vault, out problem)) return problem;
        return _desk = new IdentityDesk(vault, _platform.Lake, _trust.Audit, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _platform.Ingest.Merged = null;
        _desk?.Dispose();
        if (_trust is not null) await _trust.DisposeAsync().ConfigureAwait(false);
    }
}
