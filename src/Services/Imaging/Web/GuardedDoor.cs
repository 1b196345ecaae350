using System.Globalization;
using Microsoft.AspNetCore.Http;
using Yunnao.Formats.Dicom.Deidentification;
using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Consents;

namespace Yunnao.Services.Imaging.Web;

/// <summary>
/// The door of images under the platform's rights. What a caller may see of exam.series for the purpose of the address, he may see of the images:
/// the same organisations, persons and consents. Whoever may not know the persons of that data set gets images without them. A study is one
/// person's: its request names that person. What is out of reach is answered like what is not there.
/// </summary>
public sealed class GuardedDoor(ImageArchive archive, Registry registry, CallerScopes scopes, ConsentBook consents, AuditLog audit, SubjectLookUp subjects, TimeProvider time) : IImageDoor
{
    private const string DataSet = "exam.series";
    private const string What = "images";
    private const string SubjectHeader = "Yunnao-Subject";
    private readonly Readings _readings = new(time);

    async Task<Result<ArchiveView>> IImageDoor.ReadAsync(HttpContext http, string? study)
    {
        var purpose = DicomWebEndpoints.PurposeOf(http);
        if (!registry.Policies.Purposes.ContainsKey(purpose)) return NoPurpose();
        return study is null ? await SearchAsync(http, purpose).ConfigureAwait(false) : await StudyAsync(http, purpose, study).ConfigureAwait(false);
    }

    Task<Result<StoreOrigin>> IImageDoor.StoreAsync(HttpContext http) => Task.FromResult(Origin(http));

    private async Task<Result<ArchiveView>> StudyAsync(HttpContext http, string purpose, string uid)
    {
        // The study comes first, because its person decides; nothing is said of it before the Scope is there.
        var index = archive.Index;
        var direct = index.FindStudy(uid);
        var key = scopes.PseudonymKey(http.User);
        var study = direct ?? (key is not null && UidPseudonym.TryCode(uid, key, out var code) && index.FindStudy(code) is { } meant && UidPseudonym.Of(meant.Uid, key) == uid ? meant : null);
        var subject = study is null ? null : SubjectOf(study);
        if (!(await scopes.MakeAsync(http.User, purpose, subject, [DataSet], http.RequestAborted).ConfigureAwait(false)).Try(out var scope, out var problem))
            return problem.Code != "scope.subject" ? problem : study is not null && subject is null ? Unlinked() : Unknown();
        var reached = scope.Of(DataSet)!;
        if (!reached.RowsShown) return Aggregates();
        if (study is null) return Unknown();

        // Images without their persons are reached under their other UIDs only, and the others under their own.
        var hidden = reached.Keys != ItemAction.Clear;
        if (!Reaches(reached.Rows, study, subject) || hidden != (direct is null))
        {
            await audit.AppendAsync(new(AuditKind.Refusal, scope.Who) { Purpose = purpose, What = What, Subject = subject, Outcome = "imaging.unknown", Details = Named(study) }, http.RequestAborted).ConfigureAwait(false);
            return Unknown();
        }

        if (!_readings.GoesOn(scope.Who, purpose, study.Uid)) await audit.AppendAsync(new(AuditKind.Read, scope.Who) { Purpose = purpose, What = What, Subject = subject, Details = Named(study) }, CancellationToken.None).ConfigureAwait(false);
        _readings.Opened(scope.Who, purpose, study.Uid);
        EndWith(scope, http);
        return new ArchiveView(archive) { Study = study.Uid, Disguise = hidden ? new(scope.PseudonymKey.ToArray(), _ => subject) : null };
    }

    private async Task<Result<ArchiveView>> SearchAsync(HttpContext http, string purpose)
    {
        ulong? subject = null;
        if (http.Request.Headers[SubjectHeader].ToString() is { Length: > 0 } text)
        {
            if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return new Problem(ProblemKind.Incorrect, "imaging.query-parameter", $"{SubjectHeader} is a subject in decimal digits.");
            subject = number;
        }

        if (!(await scopes.MakeAsync(http.User, purpose, subject, [DataSet], http.RequestAborted).ConfigureAwait(false)).Try(out var scope, out var problem)) return problem;
        var reached = scope.Of(DataSet)!;
        if (!reached.RowsShown) return Aggregates();
        var patients = reached.Rows.Subjects is { } persons ? archive.Index.Patients(persons.SelectMany(subjects.NumbersOf)) : null;
        EndWith(scope, http);
        return new ArchiveView(archive)
        {
            Bound = new(reached.Rows.Organisations, patients),
            Admits = Consent(reached.Rows, scope.Purpose),
            Disguise = reached.Keys != ItemAction.Clear ? new(scope.PseudonymKey.ToArray(), SubjectOf) : null,
            Searched = found => audit.AppendAsync(new(AuditKind.Read, scope.Who) { Purpose = purpose, What = What, Subject = scope.Subject, Rows = found }, CancellationToken.None),
        };
    }

    /// <summary>What the persons of many studies decided.</summary>
    private Func<StudyRow, CancellationToken, ValueTask<bool>>? Consent(RowFilter rows, string purpose) =>
        rows.Consent is { } filter ? new StudyConsents(consents, registry.Policies.Purposes[purpose], filter.Recipient, SubjectOf).AllowsAsync : null;

    private static bool Reaches(RowFilter rows, StudyRow study, ulong? subject) =>
        (rows.Organisations is null || rows.Organisations.Contains(study.Organisation))
        && (rows.Subjects is null || (subject is { } known && rows.Subjects.Contains(known)))
        && rows.Consent is null;

    private Result<StoreOrigin> Origin(HttpContext http)
    {
        var purpose = DicomWebEndpoints.PurposeOf(http);
        if (!registry.Policies.Purposes.ContainsKey(purpose)) return NoPurpose();
        if (archive.IsReadOnly)
            return new Problem(ProblemKind.Unavailable, "imaging.takes-none", "This server gives images and takes none. Send to `yunnao imaging serve`, or start the server with --take-images.");
        var named = http.Request.Query["organisation"].ToString();
        IReadOnlyList<string> own = CallerId.IsLocal(http.User) ? [] : Caller.Of(http.User).Value.Organisations;
        var organisation = named.Length > 0 ? named : own.Count == 1 ? own[0] : "";
        if (organisation.Length == 0) return new Problem(ProblemKind.Incorrect, "imaging.organisation", "Say whose patient numbers these are: ?organisation=CODE.");
        if (own.Count > 0 && !own.Contains(organisation)) return new Problem(ProblemKind.Forbidden, "imaging.organisation", "The caller does not belong to this organisation.");
        var who = CallerId.Of(http.User);
        return new StoreOrigin(archive, organisation, (kept, failed) => audit.AppendAsync(
            new(AuditKind.Ingest, who) { Purpose = purpose, What = What, Rows = kept, Details = new Dictionary<string, string> { ["organisation"] = organisation, ["failed"] = failed.ToString(CultureInfo.InvariantCulture) } }, CancellationToken.None));
    }

    /// <summary>The person of a study; null where it is not known, or contradicts what was known.</summary>
    private ulong? SubjectOf(StudyRow study) => study.Held is null ? subjects.Find(study.Organisation, study.Facts.Local) : null;

    /// <summary>What is being answered ends when the right to it is taken back.</summary>
    private static void EndWith(Scope scope, HttpContext http) => http.Response.RegisterForDispose(scope.Revoked.Register(http.Abort));

    private static Dictionary<string, string> Named(StudyRow study) => new() { ["study"] = study.Uid };

    private static Problem Unknown() => new(ProblemKind.NotFound, "imaging.unknown", "There is no such study, series, instance or frame.");

    private static Problem NoPurpose() => new(ProblemKind.NotFound, "imaging.purpose", "The address names a purpose: /dicom-web/care/studies; the purposes are in standards/policies/purposes.csv.");

    private static Problem Aggregates() => new(ProblemKind.Forbidden, "imaging.aggregates", "For this purpose only results of aggregates are shown, no single image.");

    private static Problem Unlinked() => new(ProblemKind.Forbidden, "imaging.unlinked", "The study is not joined to a person yet, so nobody can say whether he agrees. Load the images into the lake first.");
}
