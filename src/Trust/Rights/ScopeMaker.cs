using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Policies;
using Yunnao.Trust.Audit;
using Yunnao.Trust.BreakGlass;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Consents;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Revocation;

namespace Yunnao.Trust.Rights;

/// <summary>
/// The maker of Scopes: decides by policies, consents and break-glass, and writes every refusal to the audit before it answers.
/// </summary>
public sealed class ScopeMaker
{
    private readonly Registry _registry;
    private readonly Policy _policy;
    private readonly AuditLog _audit;
    private readonly ConsentBook _consents;
    private readonly BreakGlassBook _glass;
    private readonly Revocations _revocations;
    private readonly KeyRing _keys;
    private readonly Suite _suite;
    private readonly TimeProvider _time;

    internal ScopeMaker(
        Registry registry, AuditLog audit, ConsentBook consents, BreakGlassBook glass, Revocations revocations, KeyRing keys, Suite suite, TimeProvider time)
    {
        (_registry, _audit, _consents, _glass, _revocations, _keys, _suite, _time) = (registry, audit, consents, glass, revocations, keys, suite, time);
        _policy = new Policy(registry);
    }

    /// <summary>A Scope over data sets for a purpose; none asks for all that the caller may reach.</summary>
    public Task<Result<Scope>> MakeAsync(Caller caller, Purpose purpose, CancellationToken cancellation, params string[] dataSets) =>
        MakeAsync(new ScopeRequest(caller, purpose, dataSets), cancellation);

    /// <summary>
    /// A Scope for a request. Problems, all Forbidden: <c>scope.purpose</c>, <c>scope.role</c>, <c>scope.data-set</c>, <c>scope.organisation</c>,
    /// <c>scope.subject</c>, <c>scope.consent</c>, <c>scope.break-glass</c>, <c>caller.role</c>, <c>caller.roles-apart</c>; and
    /// <c>scope.consents-behind</c> (Unavailable: the engine does not know the newest decisions, so nothing is read by them).
    /// </summary>
    public async Task<Result<Scope>> MakeAsync(ScopeRequest request, CancellationToken cancellation)
    {
        // Taken before anything is decided: what is revoked while we decide ends the Scope that comes of it.
        var revoked = _revocations.Watch(request.Caller.Id);
        var made = await DecideAsync(request, revoked, cancellation).ConfigureAwait(false);
        if (made.Problem is { } problem)
        {
            await _audit.AppendAsync(
                new(AuditKind.Refusal, request.Caller.Id)
                {
                    Purpose = request.Purpose.Id, What = string.Join(' ', request.DataSets.Count > 0 ? request.DataSets : request.Among ?? []), Subject = request.Subject, Outcome = problem.Code,
                },
                cancellation).ConfigureAwait(false);
        }

        return made;
    }

    /// <summary>
    /// What the policies alone let a caller reach of a data set, for a door that reads no lake and asks each person's consent by itself
    /// (<see cref="ConsentBook.AllowsAsync"/>). Problems as of <see cref="MakeAsync(ScopeRequest, CancellationToken)"/>, without those of consents.
    /// </summary>
    public async Task<Result<DataSetScope>> ReachAsync(Caller caller, Purpose purpose, string dataSet, CancellationToken cancellation)
    {
        var problem = _policy.Refuse(caller, purpose);
        DataSetScope? reached = null;
        if (problem is null)
        {
            var decision = _policy.Decide(new(caller, purpose, [dataSet]), dataSet);
            (reached, problem) = (decision.Reached, decision.Refusal);
        }

        if (problem is null) return reached!;
        await _audit.AppendAsync(new(AuditKind.Refusal, caller.Id) { Purpose = purpose.Id, What = dataSet, Outcome = problem.Code }, cancellation).ConfigureAwait(false);
        return problem;
    }

    /// <summary>Null when a caller may find a person of a data set by identity for a purpose. Problems, all Forbidden and in the audit: <c>scope.*</c>, <c>caller.*</c>.</summary>
    public async Task<Problem?> RefuseFindingAsync(Caller caller, Purpose purpose, string dataSet, CancellationToken cancellation)
    {
        if (_policy.RefuseFinding(caller, purpose, dataSet) is not { } problem) return null;
        await _audit.AppendAsync(new(AuditKind.Refusal, caller.Id) { Purpose = purpose.Id, What = $"identity {dataSet}", Outcome = problem.Code }, cancellation).ConfigureAwait(false);
        return problem;
    }

    /// <summary>
    /// A Scope over the lake's own tables (ledger, quarantine, alarms) and over no data set. Whether the caller has that duty is decided by the
    /// door; what is read is in the audit under the caller's name.
    /// </summary>
    public Scope OverOperations(Caller caller, Purpose purpose) =>
        new(caller.Id, purpose.Id, new Dictionary<string, DataSetScope>(), operations: true) { Revoked = _revocations.Watch(caller.Id) };

    /// <summary>The key under which Scopes of a caller show pseudonyms, for what has to be found by a pseudonym before a Scope can be made.</summary>
    public byte[] PseudonymKeyOf(Caller caller) => _keys.Derive(KeyUse.Pseudonym, _suite, new ScopeRequest(caller, default, []).To);

    private async Task<Result<Scope>> DecideAsync(ScopeRequest request, CancellationToken revoked, CancellationToken cancellation)
    {
        if (_policy.Refuse(request.Caller, request.Purpose) is { } problem) return problem;
        var purpose = _registry.Policies.Purposes[request.Purpose.Id];
        if (await GlassAsync(purpose, request, cancellation).ConfigureAwait(false) is { } shut) return shut;
        var dataSets = request.DataSets.Count > 0 ? request.DataSets : [.. _policy.Reachable(request.Caller, request.Purpose, request.Among)];
        var now = _time.GetUtcNow().UtcDateTime;
        var reached = new Dictionary<string, DataSetScope>(StringComparer.Ordinal);
        foreach (var dataSet in dataSets)
        {
            var decision = _policy.Decide(request, dataSet);
            if (decision.Refusal is { } refusal)
            {
                // Who asked for all that is reachable is not told of what is not.
                if (request.DataSets.Count == 0) continue;
                return refusal;
            }

            reached[dataSet] = decision.Reached!;
        }

        if (reached.Count == 0)
        {
            var first = dataSets.Count > 0 ? dataSets[0] : request.Among![0];
            return _policy.Decide(request, first).Refusal ?? new(ProblemKind.Forbidden, "scope.data-set", $"{first} is superseded.");
        }

        if (await ConsentAsync(purpose, request, reached, now, cancellation).ConfigureAwait(false) is { } refused) return refused;
        return new Scope(request.Caller.Id, request.Purpose.Id, reached, operations: false, _keys.Derive(KeyUse.Pseudonym, _suite, request.To))
        {
            SmallestGroup = purpose.SmallestGroup,
            Revoked = revoked,
            Subject = request.Subject ?? reached.Values.Select(r => r.Rows.Subjects).FirstOrDefault(s => s is { Count: 1 })?[0],
        };
    }

    private async Task<Problem?> GlassAsync(PolicyPurpose purpose, ScopeRequest request, CancellationToken cancellation)
    {
        if (!purpose.BreakGlass) return null;
        if (request.Subject is { } subject && await _glass.IsOpenAsync(request.Caller.Id, subject, cancellation).ConfigureAwait(false)) return null;
        return new(ProblemKind.Forbidden, "scope.break-glass", $"The purpose {purpose.Id} needs an open break-glass of {request.Caller.Id} for the person.");
    }

    /// <summary>
    /// Puts the consent of the persons into the Scope. For one person it is looked up here; for many the engine joins with their decisions, of
    /// which it must know the newest.
    /// </summary>
    private async Task<Problem?> ConsentAsync(
        PolicyPurpose purpose, ScopeRequest request, Dictionary<string, DataSetScope> reached, DateTime now, CancellationToken cancellation)
    {
        if (purpose.Consent == ConsentRule.None) return null;
        var about = reached.Where(r => _registry.DataSets[r.Key].Subject is not null).ToList();
        if (about.Count == 0) return null;
        if (about.All(r => r.Value.Rows.Subjects is { Count: 1 }))
        {
            var subject = about[0].Value.Rows.Subjects![0];
            return await _consents.AllowsAsync(subject, purpose, request.To, cancellation).ConfigureAwait(false)
                ? null
                : new(ProblemKind.Forbidden, "scope.consent", $"The person has not consented to {purpose.Id}, or has refused it.");
        }

        if (await _consents.BringToEngineAsync(cancellation).ConfigureAwait(false) is { } behind) return behind;
        var filter = new ConsentFilter(purpose.Id, request.To, purpose.Consent == ConsentRule.OptIn, now);
        foreach (var (dataSet, scope) in about) reached[dataSet] = scope with { Rows = scope.Rows with { Consent = filter } };
        return null;
    }
}
