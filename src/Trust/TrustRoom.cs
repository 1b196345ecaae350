using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Standards;
using Yunnao.Trust.Audit;
using Yunnao.Trust.BreakGlass;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Consents;
using Yunnao.Trust.Control;
using Yunnao.Trust.Differential;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Revocation;
using Yunnao.Trust.Rights;

namespace Yunnao.Trust;

/// <summary>Everything of this room for one data folder, wired. The doors of the platform hold one of these.</summary>
public sealed class TrustRoom : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _sealing;
    private readonly AnomalyWatch _watch;
    private Task _rebuilding = Task.CompletedTask;

    private TrustRoom(TrustOptions options, Registry registry, ILakeEngine? engine, ControlDb control, KeyRing keys, TimeProvider time)
    {
        (Control, Keys) = (control, keys);
        Audit = new AuditLog(control, keys, keys.Suite, time);
        Reader = new AuditReader(control, keys);
        Groups = new SubjectGroups(control);
        _watch = new AnomalyWatch(registry.Policies.Anomalies, Groups, options.TimeZone);
        Audit.Written = Watch;
        Roles = new RoleRules(registry.Policies);
        Revocations = new Revocations(control, time);
        Consents = new ConsentBook(control, Audit, registry.Policies, engine, time);
        BreakGlass = new BreakGlassBook(control, Audit, registry.Policies, Revocations, TimeSpan.FromMinutes(options.BreakGlassMinutes), time);
        Scopes = new ScopeMaker(registry, Audit, Consents, BreakGlass, Revocations, keys, keys.Suite, time);
        Lake = engine is null ? null : new AuditedLake(engine, Audit);
        Budgets = new BudgetBook(control, Audit, time);
        Private = engine is null ? null : new PrivateQuestions(registry, engine, Budgets, Audit);
        _sealing = options.SealMinutes == 0 ? Task.CompletedTask : Task.Run(() => SealAsync(TimeSpan.FromMinutes(options.SealMinutes), time));
    }

    public ControlDb Control { get; }

    public KeyRing Keys { get; }

    public AuditLog Audit { get; }

    /// <summary>Search, verification and export of the audit.</summary>
    public AuditReader Reader { get; }

    /// <summary>Who is whose colleague or neighbour, for the rules of anomalies.</summary>
    public SubjectGroups Groups { get; }

    public RoleRules Roles { get; }

    public Revocations Revocations { get; }

    public ConsentBook Consents { get; }

    public BreakGlassBook BreakGlass { get; }

    public ScopeMaker Scopes { get; }

    /// <summary>The lake with every read in the audit; null when the room was opened without one.</summary>
    public AuditedLake? Lake { get; }

    /// <summary>Budgets of differential privacy, by project.</summary>
    public BudgetBook Budgets { get; }

    /// <summary>Answers with noise; null when the room was opened without a lake.</summary>
    public PrivateQuestions? Private { get; }

    /// <summary>Opens the control database and the keys. Problems: <c>control.*</c>, <c>keys.*</c>.</summary>
    /// <param name="engine">The lake that Scopes are for; null for work that reads none of it.</param>
    public static async Task<Result<TrustRoom>> OpenAsync(
        TrustOptions options, Registry registry, ILakeEngine? engine, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        if (!KeyRing.Open(options.Folder, options.Suite, options.Master, time).Try(out var keys, out var problem)) return problem;
        var opened = await ControlDb.OpenAsync(new() { Folder = options.Folder, PostgreSql = options.PostgreSql }, cancellation).ConfigureAwait(false);
        if (opened.Try(out var control, out problem))
        {
            var room = new TrustRoom(options, registry, engine, control, keys, time ?? TimeProvider.System);
            await room.Groups.ReadAsync(cancellation).ConfigureAwait(false);
            room._rebuilding = await room.RebuildAsync(time ?? TimeProvider.System, cancellation).ConfigureAwait(false);
            return room;
        }

        keys.Dispose();
        return problem;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _rebuilding.ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        await _sealing.ConfigureAwait(false);
        await Revocations.DisposeAsync().ConfigureAwait(false);
        await Audit.DisposeAsync().ConfigureAwait(false);
        Consents.Dispose();
        await Control.DisposeAsync().ConfigureAwait(false);
        Keys.Dispose();
        _end.Dispose();
    }

    /// <summary>An alert goes the way of every event; nobody waits for it.</summary>
    private void Watch(IReadOnlyList<AuditEntry> entries)
    {
        foreach (var alert in _watch.Look(entries)) _ = Audit.AppendAsync(alert);
    }

    /// <summary>What was read before the start counts too. Nobody but the end waits for it; what is written meanwhile is looked at afterwards.</summary>
    private async Task<Task> RebuildAsync(TimeProvider time, CancellationToken cancellation)
    {
        var connection = await Control.ConnectAsync(cancellation).ConfigureAwait(false);
        long upTo;
        await using (connection.ConfigureAwait(false)) upTo = await connection.NumberAsync("SELECT max(seq) FROM audit_event", cancellation).ConfigureAwait(false) ?? 0;
        return Task.Run(async () =>
        {
            foreach (var alert in await _watch.RebuildAsync(Control, upTo, time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false)) _ = Audit.AppendAsync(alert);
        }, CancellationToken.None);
    }

    private async Task SealAsync(TimeSpan every, TimeProvider time)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false)) await Audit.SealAsync(_end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
