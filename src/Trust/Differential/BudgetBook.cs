using System.Data.Common;
using Yunnao.Kernel;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Control;

namespace Yunnao.Trust.Differential;

/// <summary>The ledger of privacy budgets in the control database. A cost is spent before the answer is computed; what is spent never comes back.</summary>
public sealed class BudgetBook
{
    private readonly ControlDb _control;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal BudgetBook(ControlDb control, AuditLog audit, TimeProvider time) => (_control, _audit, _time) = (control, audit, time);

    /// <summary>Gives a project a budget, or changes it; what was spent stays spent. Problem: <c>privacy.cost</c>.</summary>
    public async Task<Problem?> GrantAsync(string project, PrivacyCost whole, string by, CancellationToken cancellation = default)
    {
        if ((whole with { Delta = 0 }).Wrong() is { } wrong) return wrong;
        await using (var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false))
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO privacy_budget (project, epsilon, delta, epsilon_spent, delta_spent, changed, changed_by) VALUES (@project, @epsilon, @delta, 0, 0, @now, @by)
                ON CONFLICT (project) DO UPDATE SET epsilon = excluded.epsilon, delta = excluded.delta, changed = excluded.changed, changed_by = excluded.changed_by
                """,
                cancellation, ("project", project), ("epsilon", whole.Millionths), ("delta", whole.DeltaParts), ("now", _time.GetUtcNow().Micros()), ("by", by)).ConfigureAwait(false);
        }

        await _audit.AppendAsync(new(AuditKind.RightsChanged, by) { What = $"privacy-budget {project}" }, cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>The budgets, by project.</summary>
    public async Task<IReadOnlyList<PrivacyBudget>> AllAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.RowsAsync(Read, "SELECT project, epsilon, delta, epsilon_spent, delta_spent FROM privacy_budget ORDER BY project", cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes a cost off a project's budget, as one step for all processes. Problems: <c>privacy.cost</c>, <c>privacy.no-budget</c>,
    /// <c>privacy.budget-spent</c>.
    /// </summary>
    /// <param name="what">What is asked, by names; never a value.</param>
    public async Task<Problem?> SpendAsync(string project, PrivacyCost cost, string who, string what, CancellationToken cancellation = default)
    {
        if (cost.Wrong() is { } wrong) return wrong;
        await using var connection = await _control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var spent = await connection.ExecuteAsync(
            """
            UPDATE privacy_budget SET epsilon_spent = epsilon_spent + @epsilon, delta_spent = delta_spent + @delta
            WHERE project = @project AND epsilon_spent + @epsilon <= epsilon AND delta_spent + @delta <= delta
            """,
            cancellation, ("project", project), ("epsilon", cost.Millionths), ("delta", cost.DeltaParts)).ConfigureAwait(false);
        if (spent == 0)
        {
            return await connection.NumberAsync("SELECT count(*) FROM privacy_budget WHERE project = @project", cancellation, ("project", project)).ConfigureAwait(false) is > 0
                ? new(ProblemKind.Forbidden, "privacy.budget-spent", "The project's privacy budget does not suffice for this question; the security administrator can grant more.")
                : new(ProblemKind.NotFound, "privacy.no-budget", "The project has no privacy budget; the security administrator grants one.");
        }

        await connection.ExecuteAsync(
            "INSERT INTO privacy_spending (project, at, who, what, epsilon, delta) VALUES (@project, @at, @who, @what, @epsilon, @delta)", cancellation,
            ("project", project), ("at", _time.GetUtcNow().Micros()), ("who", who), ("what", what), ("epsilon", cost.Millionths), ("delta", cost.DeltaParts)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return null;
    }

    private static PrivacyBudget Read(DbDataReader r) => new(r.GetString(0), Cost(r.GetInt64(1), r.GetInt64(2)), Cost(r.GetInt64(3), r.GetInt64(4)));

    private static PrivacyCost Cost(long epsilon, long delta) => new((decimal)epsilon / PrivacyCost.EpsilonUnits, (decimal)delta / PrivacyCost.DeltaUnits);
}
