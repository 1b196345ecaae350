using System.Data.Common;
using Yunnao.Kernel;
using Yunnao.Standards.Policies;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Control;
using Yunnao.Trust.Revocation;

namespace Yunnao.Trust.BreakGlass;

/// <summary>
/// Access in an emergency: whoever has a right for a purpose that needs it opens it for one person with a reason, for a limited time; it is in
/// the audit at once and in the list of the security administrator until it is reviewed.
/// </summary>
public sealed class BreakGlassBook
{
    private const int ShortestReason = 4;
    private const int LongestReason = 1000;
    private const string Columns = "id, caller, subject, reason, opened, expires, closed, reviewed, reviewed_by, verdict, remark";
    private static readonly string[] s_verdicts = ["justified", "unjustified"];

    private readonly ControlDb _control;
    private readonly AuditLog _audit;
    private readonly PolicyBook _policies;
    private readonly Revocations _revocations;
    private readonly TimeSpan _lasts;
    private readonly TimeProvider _time;

    internal BreakGlassBook(ControlDb control, AuditLog audit, PolicyBook policies, Revocations revocations, TimeSpan lasts, TimeProvider time) =>
        (_control, _audit, _policies, _revocations, _lasts, _time) = (control, audit, policies, revocations, lasts, time);

    /// <summary>
    /// Opens the record of a person. Problems: <c>glass.role</c> (no role of the caller has a right that needs it), <c>glass.reason</c>.
    /// </summary>
    /// <param name="reason">Why; a sentence. It is kept and must not name the person.</param>
    public async Task<Result<BreakGlassGrant>> OpenAsync(Caller caller, ulong subject, string reason, CancellationToken cancellation = default)
    {
        if (Refuse(caller, reason) is { } problem)
        {
            await _audit.AppendAsync(new(AuditKind.Refusal, caller.Id) { What = "break-glass", Subject = subject, Outcome = problem.Code }, cancellation).ConfigureAwait(false);
            return problem;
        }

        var opened = _time.GetUtcNow();
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        var id = await connection.NumberAsync(
            "INSERT INTO break_glass (caller, subject, reason, opened, expires) VALUES (@caller, @subject, @reason, @opened, @expires) RETURNING id", cancellation,
            ("caller", caller.Id), ("subject", unchecked((long)subject)), ("reason", reason.Trim()), ("opened", opened.Micros()),
            ("expires", (opened + _lasts).Micros())).ConfigureAwait(false);
        await _audit.AppendAsync(
            new(AuditKind.BreakGlass, caller.Id) { Subject = subject, What = $"break-glass {id}", Details = new Dictionary<string, string> { ["reason"] = reason.Trim() } },
            cancellation).ConfigureAwait(false);
        return new BreakGlassGrant(id!.Value, caller.Id, subject, reason.Trim(), opened, opened + _lasts, null, null, null, null, null);
    }

    /// <summary>True while a caller has opened the record of a person.</summary>
    public async Task<bool> IsOpenAsync(string caller, ulong subject, CancellationToken cancellation = default)
    {
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.NumberAsync(
            "SELECT count(*) FROM break_glass WHERE caller = @caller AND subject = @subject AND closed IS NULL AND expires > @now", cancellation,
            ("caller", caller), ("subject", unchecked((long)subject)), ("now", _time.GetUtcNow().Micros())).ConfigureAwait(false) > 0;
    }

    /// <summary>Grants that nobody has reviewed, oldest first.</summary>
    public async Task<IReadOnlyList<BreakGlassGrant>> ToReviewAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.RowsAsync(Read, $"SELECT {Columns} FROM break_glass WHERE reviewed IS NULL ORDER BY opened", cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends a grant and says whether it was right. Problems: <c>glass.unknown</c>, <c>glass.reviewed</c>, <c>glass.own</c> (nobody reviews the
    /// own grant), <c>glass.verdict</c>.
    /// </summary>
    /// <param name="verdict"><c>justified</c> or <c>unjustified</c>.</param>
    public async Task<Problem?> ReviewAsync(long id, string reviewer, string verdict, string? remark, CancellationToken cancellation = default)
    {
        if (!s_verdicts.Contains(verdict)) return new(ProblemKind.Incorrect, "glass.verdict", "A grant is found justified or unjustified.");
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        var grants = await connection.RowsAsync(Read, $"SELECT {Columns} FROM break_glass WHERE id = @id", cancellation, ("id", id)).ConfigureAwait(false);
        if (grants.Count == 0) return new(ProblemKind.NotFound, "glass.unknown", $"There is no break-glass {id}.");
        if (grants[0].Caller == reviewer) return new(ProblemKind.Forbidden, "glass.own", "Nobody reviews the own break-glass.");
        var now = _time.GetUtcNow().Micros();
        var changed = await connection.ExecuteAsync(
            """
            UPDATE break_glass SET reviewed = @now, reviewed_by = @by, verdict = @verdict, remark = @remark, closed = coalesce(closed, @now)
            WHERE id = @id AND reviewed IS NULL
            """,
            cancellation, ("now", now), ("by", reviewer), ("verdict", verdict), ("remark", remark), ("id", id)).ConfigureAwait(false);
        if (changed == 0) return new(ProblemKind.Conflict, "glass.reviewed", $"Break-glass {id} has been reviewed already.");
        await _revocations.RevokeAsync(grants[0].Caller, cancellation).ConfigureAwait(false);
        await _audit.AppendAsync(
            new(AuditKind.RightsChanged, reviewer)
            {
                Subject = grants[0].Subject, What = $"break-glass {id}", Details = new Dictionary<string, string> { ["verdict"] = verdict, ["caller"] = grants[0].Caller },
            },
            cancellation).ConfigureAwait(false);
        return null;
    }

    private Problem? Refuse(Caller caller, string reason)
    {
        var may = _policies.Rights.Any(r => caller.Roles.Contains(r.Role) && _policies.Purposes.TryGetValue(r.Purpose, out var purpose) && purpose.BreakGlass);
        if (!may) return new(ProblemKind.Forbidden, "glass.role", "No role of the caller has a right for emergencies.");
        if (reason.Trim().Length is < ShortestReason or > LongestReason)
        {
            return new(ProblemKind.Incorrect, "glass.reason", $"Break-glass needs a reason of {ShortestReason} to {LongestReason} characters.");
        }

        return null;
    }

    private static BreakGlassGrant Read(DbDataReader r) => new(
        r.GetInt64(0), r.GetString(1), unchecked((ulong)r.GetInt64(2)), r.GetString(3), ControlTime.Time(r.GetInt64(4)), ControlTime.Time(r.GetInt64(5)),
        Time(r, 6), Time(r, 7), r.TextOrNull(8), r.TextOrNull(9), r.TextOrNull(10));

    private static DateTimeOffset? Time(DbDataReader r, int column) => r.NumberOrNull(column) is { } micros ? ControlTime.Time(micros) : null;
}
