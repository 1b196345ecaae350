using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>What a caller reads over associations.</summary>
/// <param name="Bound">Which studies may be found at all; null for every one.</param>
/// <param name="Consents">Asks the persons of what is found; null where nobody has to be asked.</param>
internal sealed record DimseReach(RowBound? Bound, StudyConsents? Consents)
{
    /// <summary>Everything.</summary>
    public static readonly DimseReach All = new(null, null);

    /// <summary>True when the study may be read.</summary>
    private ValueTask<bool> AdmitsAsync(StudyRow study) => Consents is null ? ValueTask.FromResult(true) : Consents.AllowsAsync(study, CancellationToken.None);

    /// <summary>The studies that a retrieval names and that may be read, with their instances.</summary>
    public async ValueTask<List<(StudyRow Study, List<InstanceRow> Instances)>> StudiesAsync(ImageIndex index, IReadOnlyList<MatchKey> keys)
    {
        var studies = new List<(StudyRow, List<InstanceRow>)>();
        foreach (var (study, series) in Selection.Of(index, keys, Bound))
            if (await AdmitsAsync(study).ConfigureAwait(false)) studies.Add((study, [.. series.SelectMany(s => s.Instances)]));
        return studies;
    }

    /// <summary>Those of some answers that may be given. A patient is no study: where persons are asked, patients are found by their studies only.</summary>
    public async ValueTask<IReadOnlyList<ImageAnswer>> OfAsync(IReadOnlyList<ImageAnswer> answers)
    {
        if (Consents is null) return answers;
        var admitted = new List<ImageAnswer>(answers.Count);
        foreach (var answer in answers)
            if (answer.Study is { } study && await AdmitsAsync(study).ConfigureAwait(false)) admitted.Add(answer);
        return admitted;
    }
}
