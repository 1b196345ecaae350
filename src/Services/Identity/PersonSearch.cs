using System.Security.Claims;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Identity;

/// <summary>
/// Finds a person by what only the vault holds, for callers whose right says so (<c>identity</c> in <c>policies/rights.csv</c>). A person of whom the caller
/// reaches no record is not found, so nobody learns here who is known to others. Every search is in the audit; its value is nowhere.
/// </summary>
public sealed class PersonSearch(Registry registry, CallerScopes scopes, IdentityDesk desk, AuditLog audit)
{
    // A telephone number may be that of a whole family.
    private const int Most = 20, LongestValue = 100;

    /// <summary>Persons among whom a name is looked for, at most.</summary>
    internal const int MostCompared = 20_000;

    /// <summary>
    /// The subjects of a value, as the caller's right shows them; none when nobody is found. Problems: <c>query.purpose</c>, <c>identity.kind</c>, <c>identity.value</c>,
    /// <c>scope.*</c>, among them <c>scope.identity</c>.
    /// </summary>
    /// <param name="kind">id_number, health_card, identifier or phone.</param>
    public async Task<Result<IReadOnlyList<string>>> FindAsync(ClaimsPrincipal who, string? purpose, string? kind, string? value, CancellationToken cancellation)
    {
        if (purpose is not { Length: > 0 }) return new Problem(ProblemKind.Incorrect, "query.purpose", "Say what for: purpose, an id of the policies.", new(Path: "purpose"));
        if (Array.IndexOf(Vault.LookupKinds, kind) < 0 || DataSetOf(kind!) is not { } set) return new Problem(ProblemKind.Incorrect, "identity.kind", $"A person is found by {string.Join(", ", Vault.LookupKinds)}.", new(Path: "kind"));
        if (await scopes.RefuseFindingAsync(who, purpose, set.Id, cancellation).ConfigureAwait(false) is { } refused) return refused;
        var wanted = value?.Trim() ?? "";
        if (kind == "id_number") wanted = wanted.ToUpperInvariant();
        if (wanted.Length is 0 or > LongestValue || (kind == "id_number" && !IdNumber.IsValid(wanted)))
            return new Problem(ProblemKind.Incorrect, "identity.value", "The value is none of its kind: an identity number has 18 characters and its check digit is right.", new(Path: "value"));

        var found = new List<string>();
        ulong? last = null;
        foreach (var subject in (await desk.FindAsync(kind!, wanted, cancellation).ConfigureAwait(false)).Take(Most))
        {
            if (await ShownAsync(who, purpose, set, subject, cancellation).ConfigureAwait(false) is not { } shown) continue;
            found.Add(shown);
            last = subject;
        }

        await TellAsync(who, purpose, kind!, found.Count, last).ConfigureAwait(false);
        return found;
    }

    /// <summary>
    /// Those whose name fits, of persons whom the caller reaches. Problems: <c>identity.kind</c>, <c>scope.*</c>, among them <c>scope.identity</c>.
    /// </summary>
    /// <param name="reached">The persons whom the caller reaches, of some or of all (null); asked for when the caller may find anybody.</param>
    /// <param name="mostUnseen">As many are given without being asked whether the caller reaches them, because only their records will be looked for, under the caller's Scope.</param>
    internal async Task<Result<List<ulong>>> FindByNameAsync(
        ClaimsPrincipal who, string purpose, IReadOnlyList<NameQuestion> questions, Func<IReadOnlyList<ulong>?, Task<Result<List<ulong>>>> reached, int mostUnseen, CancellationToken cancellation)
    {
        if (DataSetOf("name") is not { } set) return new Problem(ProblemKind.Incorrect, "identity.kind", "No data set carries names.", new(Path: "name"));
        if (await scopes.RefuseFindingAsync(who, purpose, set.Id, cancellation).ConfigureAwait(false) is { } refused) return refused;
        var named = await desk.FindAsync(questions, cancellation).ConfigureAwait(false);
        if (named?.Count > MostCompared) named = null;
        if (!(named is not null && named.Count <= mostUnseen ? new List<ulong>(named) : await reached(named).ConfigureAwait(false)).Try(out var found, out var problem)) return problem;
        if (named is null) found = await desk.FindAsync(questions, found, cancellation).ConfigureAwait(false);
        await TellAsync(who, purpose, "name", found.Count, found is [var one] ? one : null).ConfigureAwait(false);
        return found;
    }

    private Task TellAsync(ClaimsPrincipal who, string purpose, string by, int found, ulong? only) => audit.AppendAsync(
        new(AuditKind.Read, CallerId.Of(who)) { Purpose = purpose, What = $"person by {by}", Subject = found == 1 ? only : null, Rows = found }, CancellationToken.None);

    /// <summary>The data set that carries values of a kind, the first in the order of loading.</summary>
    private DataSet? DataSetOf(string kind) => registry.DataSets.Values.Where(d => d.Subject is not null && d.Items.Any(i => i.Identity == kind)).MinBy(d => (d.LoadOrder, d.Id));

    /// <summary>A subject as the caller's Scope shows it; null where it reaches no record of this person.</summary>
    private async Task<string?> ShownAsync(ClaimsPrincipal who, string purpose, DataSet set, ulong subject, CancellationToken cancellation)
    {
        if (!(await scopes.MakeAsync(who, purpose, subject, [set.Id], cancellation).ConfigureAwait(false)).Try(out var scope, out _)) return null;
        var query = new Query(set.Id) { Outputs = [new(SystemColumns.Subject)], Keyed = true, Limit = 1 };
        if (CallerId.IsLocal(who)) query = query with { Where = new Filter.Compare(SystemColumns.Subject, Comparison.Equal, Value.Subject(subject)) };
        if (!(await scopes.Lake.RunAsync(scope, query, cancellation).ConfigureAwait(false)).Try(out var answer, out _)) return null;
        await using (answer.ConfigureAwait(false))
        {
            await foreach (var batch in answer.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    if (batch.Length > 0) return ArrowCell.Text(batch.Column(0), 0);
                }
            }
        }

        return null;
    }
}
