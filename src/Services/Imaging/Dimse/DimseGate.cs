using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Policies;
using Yunnao.Trust;
using Yunnao.Trust.Callers;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>
/// What a caller that is named may read over associations: what an application of its institution may see of exam.series for the purpose care, by
/// the same policies and consents as over DICOMweb. Associations carry no other purpose. Persons cannot be hidden over them, so whoever may not
/// know the persons reads nothing there.
/// </summary>
/// <param name="subjects">Opens the look-up of persons, where they have to be asked.</param>
public sealed class DimseGate(Registry registry, TrustRoom trust, Func<Result<SubjectLookUp>> subjects) : IDisposable
{
    private const string DataSet = "exam.series";
    private const string Role = "application";
    private static readonly Purpose Care = new("care");
    private readonly Lock _turn = new();
    private SubjectLookUp? _subjects;

    /// <summary>What the caller reads. Problems: <c>scope.*</c>, <c>imaging.not-allowed</c>, those of the vault; a refusal is in the audit.</summary>
    internal async Task<Result<DimseReach>> OpenAsync(DimseCaller caller, CancellationToken cancellation)
    {
        if (!caller.IsNamed) return DimseReach.All;
        var who = new Caller(caller.Id, CallerKind.Application, new HashSet<string> { Role }, [caller.Organisation]);
        if (!(await trust.Scopes.ReachAsync(who, Care, DataSet, cancellation).ConfigureAwait(false)).Try(out var reached, out var problem)) return problem;
        if (!reached.RowsShown || reached.Keys != ItemAction.Clear || reached.Rows.Subjects is not null)
            return new Problem(ProblemKind.Forbidden, "imaging.not-allowed", "The policies show this caller no persons, and associations cannot hide them.");
        var bound = new Index.RowBound(reached.Rows.Organisations);
        var purpose = registry.Policies.Purposes[Care.Id];
        if (purpose.Consent == ConsentRule.None) return new DimseReach(bound, null);
        if (!LookUp().Try(out var persons, out problem)) return problem;
        return new DimseReach(bound, new(trust.Consents, purpose, caller.Organisation, study => study.Held is null ? persons.Find(study.Organisation, study.Facts.Local) : null));
    }

    public void Dispose() => _subjects?.Dispose();

    private Result<SubjectLookUp> LookUp()
    {
        lock (_turn)
        {
            if (_subjects is not null) return _subjects;
            if (!subjects().Try(out var opened, out var problem)) return problem;
            return _subjects = opened;
        }
    }
}
