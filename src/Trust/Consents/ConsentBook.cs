using System.Data.Common;
using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Policies;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Control;

namespace Yunnao.Trust.Consents;

/// <summary>
/// What persons decided about the use of their data. Every decision is kept; the newest for a purpose and recipient counts. The engine gets
/// the newest ones to join with, by their number, so that it is told whenever it is behind.
/// </summary>
public sealed class ConsentBook : IDisposable
{
    private const int BroughtAtOnce = 200_000;
    private const string Columns = "seq, subject, purpose, recipient, decision, since, until, recorded, recorded_by";

    private readonly ControlDb _control;
    private readonly AuditLog _audit;
    private readonly PolicyBook _policies;
    private readonly ILakeEngine? _engine;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _bringing = new(1);

    internal ConsentBook(ControlDb control, AuditLog audit, PolicyBook policies, ILakeEngine? engine, TimeProvider time) =>
        (_control, _audit, _policies, _engine, _time) = (control, audit, policies, engine, time);

    /// <summary>
    /// Records a decision; on return it holds for every Scope that is made from now on. Problems: <c>consent.period</c> (it ends before it begins), <c>consent.purpose</c>.
    /// </summary>
    public async Task<Problem?> RecordAsync(ConsentChange change, CancellationToken cancellation = default)
    {
        if (await RecordAsync([change], cancellation).ConfigureAwait(false) is { } problem) return problem;
        await _audit.AppendAsync(
            new(AuditKind.ConsentChanged, change.By)
            {
                Purpose = change.Purpose, Subject = change.Subject, What = change.Recipient,
                Details = new Dictionary<string, string> { ["decision"] = Word(change.Decision) },
            },
            cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>
    /// Takes back the newest decision of a person for a purpose and recipient: what was decided before it holds again, and nothing where it was
    /// the first. The book keeps all of it. Problem: <c>consent.none</c>.
    /// </summary>
    public async Task<Result<ConsentChange>> UndoAsync(ulong subject, string purpose, string recipient, string by, CancellationToken cancellation = default)
    {
        var decisions = (await OfAsync(subject, cancellation).ConfigureAwait(false)).Where(e => e.Purpose == purpose && e.Recipient == recipient).ToList();
        if (decisions.Count == 0) return new Problem(ProblemKind.NotFound, "consent.none", $"The person has decided nothing for {purpose} and {recipient}.");
        var change = decisions.Count == 1
            ? new ConsentChange(subject, purpose, ConsentDecision.Withdrawn, by) { Recipient = recipient }
            : new(subject, purpose, decisions[1].Decision, by) { Recipient = recipient, From = decisions[1].From, Until = decisions[1].Until };
        return await RecordAsync(change, cancellation).ConfigureAwait(false) is { } problem ? problem : change;
    }

    /// <summary>Records many decisions at once, in one transaction and as one audit event.</summary>
    public async Task<Problem?> RecordManyAsync(IReadOnlyList<ConsentChange> changes, string by, CancellationToken cancellation = default)
    {
        if (await RecordAsync(changes, cancellation).ConfigureAwait(false) is { } problem) return problem;
        await _audit.AppendAsync(new(AuditKind.ConsentChanged, by) { What = "many", Rows = changes.Count }, cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>All decisions of a person, newest first.</summary>
    public async Task<IReadOnlyList<ConsentEntry>> OfAsync(ulong subject, CancellationToken cancellation = default)
    {
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.RowsAsync(
            Read, $"SELECT {Columns} FROM consent WHERE subject = @subject ORDER BY seq DESC", cancellation, ("subject", unchecked((long)subject))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _bringing.Dispose();

    /// <summary>
    /// True when what a person decided, or did not, lets a recipient read for a purpose now. Of a person whose subjects were merged, what one of
    /// them refused is refused, else what one of them gave is given.
    /// </summary>
    public async Task<bool> AllowsAsync(ulong subject, PolicyPurpose purpose, string recipient, CancellationToken cancellation)
    {
        var decided = new List<bool>();
        foreach (var each in _engine is null ? [subject] : await _engine.PersonAsync(subject, cancellation).ConfigureAwait(false))
            if (await DecidedAsync(each, purpose, recipient, cancellation).ConfigureAwait(false) is { } given) decided.Add(given);
        return decided.Count > 0 ? decided.TrueForAll(given => given) : purpose.Consent != ConsentRule.OptIn;
    }

    private async Task<bool?> DecidedAsync(ulong subject, PolicyPurpose purpose, string recipient, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var decisions = (await OfAsync(subject, cancellation).ConfigureAwait(false)).Where(e => e.Purpose == purpose.Id).ToList();
        return Holding(recipient) ?? Holding(ConsentState.Everybody);

        bool? Holding(string to) => decisions.FirstOrDefault(e => e.Recipient == to) is { Decision: not ConsentDecision.Withdrawn } e && e.From <= now && (e.Until is null || e.Until > now)
            ? e.Decision == ConsentDecision.Given
            : null;
    }

    /// <summary>Gives the engine the decisions that it does not know yet. Problem: <c>scope.consents-behind</c>.</summary>
    internal async Task<Problem?> BringToEngineAsync(CancellationToken cancellation)
    {
        if (_engine is null) return Behind();
        if (await NewestAsync(cancellation).ConfigureAwait(false) <= await _engine.ConsentSequenceAsync(cancellation).ConfigureAwait(false)) return null;
        await _bringing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
            var newest = await NewestAsync(cancellation).ConfigureAwait(false);
            for (var known = await _engine.ConsentSequenceAsync(cancellation).ConfigureAwait(false); known < newest;)
            {
                var upTo = Math.Min(newest, known + BroughtAtOnce);
                var entries = await connection.RowsAsync(
                    Read, $"SELECT {Columns} FROM consent WHERE seq > @known AND seq <= @upTo ORDER BY seq", cancellation, ("known", known), ("upTo", upTo)).ConfigureAwait(false);
                var states = entries.GroupBy(e => (e.Subject, e.Purpose, e.Recipient)).Select(g => State(g.Last())).ToList();
                if (await _engine.PutConsentsAsync(states, upTo, cancellation).ConfigureAwait(false) is not null) return Behind();
                known = upTo;
            }

            return null;
        }
        finally
        {
            _bringing.Release();
        }
    }

    private async Task<long> NewestAsync(CancellationToken cancellation)
    {
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.NumberAsync("SELECT max(seq) FROM consent", cancellation).ConfigureAwait(false) ?? 0;
    }

    private async Task<Problem?> RecordAsync(IReadOnlyList<ConsentChange> changes, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        if (changes.Any(c => c.Until is { } until && until <= (c.From ?? now)))
        {
            return new(ProblemKind.Incorrect, "consent.period", "A consent ends after it begins.");
        }

        if (changes.FirstOrDefault(c => !_policies.Purposes.ContainsKey(c.Purpose)) is { } unknown)
        {
            return new(ProblemKind.Incorrect, "consent.purpose", $"There is no purpose {unknown.Purpose}; the purposes are {string.Join(", ", _policies.Purposes.Keys)}.");
        }

        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);

        // Numbers become visible in their order, so that "known up to" means all before it.
        if (_control.Dialect.IsPostgreSql) await connection.ExecuteAsync("LOCK TABLE consent IN SHARE ROW EXCLUSIVE MODE", cancellation).ConfigureAwait(false);
        foreach (var some in changes.Chunk(500))
        {
            await using var command = connection.Command(
                "INSERT INTO consent (subject, purpose, recipient, decision, since, until, recorded, recorded_by) VALUES "
                + string.Join(", ", some.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"(@s{i}, @p{i}, @r{i}, @d{i}, @f{i}, @u{i}, @now, @b{i})"))));
            command.Add("now", now.Micros());
            for (var i = 0; i < some.Length; i++) Add(command, i, some[i], now);
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return null;
    }

    private static void Add(DbCommand command, int i, ConsentChange change, DateTimeOffset now)
    {
        command.Add($"s{i}", unchecked((long)change.Subject));
        command.Add($"p{i}", change.Purpose);
        command.Add($"r{i}", change.Recipient);
        command.Add($"d{i}", Word(change.Decision));
        command.Add($"f{i}", (change.From ?? now).Micros());
        command.Add($"u{i}", change.Until?.Micros());
        command.Add($"b{i}", change.By);
    }

    private static ConsentState State(ConsentEntry e) => new(
        e.Subject, e.Purpose, e.Recipient, e.Decision == ConsentDecision.Withdrawn ? null : e.Decision == ConsentDecision.Given, e.From.UtcDateTime, e.Until?.UtcDateTime);

    private static ConsentEntry Read(DbDataReader r) => new(
        r.GetInt64(0), unchecked((ulong)r.GetInt64(1)), r.GetString(2), r.GetString(3), Enum.Parse<ConsentDecision>(r.GetString(4), ignoreCase: true),
        ControlTime.Time(r.GetInt64(5)), r.NumberOrNull(6) is { } until ? ControlTime.Time(until) : null, ControlTime.Time(r.GetInt64(7)), r.GetString(8));

    private static string Word(ConsentDecision decision) => decision.ToString().ToLowerInvariant();

    private static Problem Behind() => new(ProblemKind.Unavailable, "scope.consents-behind", "The engine does not know the newest consents and cannot take them over; nothing is read by them until it can.");
}
