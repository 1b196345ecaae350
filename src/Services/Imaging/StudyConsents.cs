using Yunnao.Services.Imaging.Index;
using Yunnao.Standards.Policies;
using Yunnao.Trust.Consents;

namespace Yunnao.Services.Imaging;

/// <summary>What the persons of studies decided about a purpose and a recipient; each person is asked once. For one request.</summary>
/// <param name="subjectOf">The person of a study; null where it is not known.</param>
internal sealed class StudyConsents(ConsentBook consents, PolicyPurpose purpose, string recipient, Func<StudyRow, ulong?> subjectOf)
{
    private readonly Dictionary<ulong, bool> _known = [];

    /// <summary>True when the study may be read. Of a person who is not known nobody can say what was decided.</summary>
    public async ValueTask<bool> AllowsAsync(StudyRow study, CancellationToken cancellation)
    {
        if (subjectOf(study) is not { } subject) return false;
        if (!_known.TryGetValue(subject, out var allowed)) _known[subject] = allowed = await consents.AllowsAsync(subject, purpose, recipient, cancellation).ConfigureAwait(false);
        return allowed;
    }
}
