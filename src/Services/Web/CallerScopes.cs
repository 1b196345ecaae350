using System.Security.Claims;
using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Rights;

namespace Yunnao.Services.Web;

/// <summary>From who calls to the Scope under which the lake answers.</summary>
/// <param name="lake">The lake whose every read is an event of the audit.</param>
public sealed class CallerScopes(ScopeMaker maker, AuditedLake lake, Registry registry)
{
    /// <summary>The audited lake: what the interfaces ask, never the engine itself.</summary>
    public AuditedLake Lake => lake;

    /// <summary>The Scope of a caller for a purpose. Problems: <c>caller.*</c>, <c>scope.*</c>.</summary>
    /// <param name="subject">The one person it is about, or null.</param>
    /// <param name="dataSets">None: all that the caller may reach.</param>
    /// <param name="among">Where no data sets are named: of what the caller may reach, the only ones that are needed; null for all.</param>
    public async Task<Result<Scope>> MakeAsync(
        ClaimsPrincipal who, string purpose, ulong? subject, IReadOnlyList<string> dataSets, CancellationToken cancellation, IReadOnlyList<string>? among = null)
    {
        if (CallerId.IsLocal(who)) return LocalAdministrator.ScopeOver(registry.DataSets.Values, purpose);
        if (!Caller.Of(who).Try(out var caller, out var problem)) return problem;
        return await maker.MakeAsync(new(caller, new(purpose), dataSets) { Subject = subject, Among = among }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Null when the caller may find a person of a data set by identity. Problems: <c>caller.*</c>, <c>scope.*</c>, among them <c>scope.identity</c>.</summary>
    public async Task<Problem?> RefuseFindingAsync(ClaimsPrincipal who, string purpose, string dataSet, CancellationToken cancellation)
    {
        if (CallerId.IsLocal(who)) return null;
        return Caller.Of(who).Try(out var caller, out var problem) ? await maker.RefuseFindingAsync(caller, new(purpose), dataSet, cancellation).ConfigureAwait(false) : problem;
    }

    /// <summary>The key under which the caller's Scopes show pseudonyms; null for the local administrator, whose Scopes show none.</summary>
    public byte[]? PseudonymKey(ClaimsPrincipal who) => !CallerId.IsLocal(who) && Caller.Of(who).Try(out var caller, out _) ? maker.PseudonymKeyOf(caller) : null;

    /// <summary>The Scope over the lake's own tables, for endpoints that need a duty of their own.</summary>
    public Scope Operations(ClaimsPrincipal who, string purpose) => CallerId.IsLocal(who)
        ? LocalAdministrator.ScopeOver([], purpose)
        : maker.OverOperations(Caller.Of(who).Value, new(purpose));
}
