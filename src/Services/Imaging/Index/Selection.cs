using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>The instances that a retrieval names by the unique keys of its levels (PS3.4, C.4.2.2.1), study by study.</summary>
internal static class Selection
{
    private static readonly DicomTag[] UniqueKeys = [Tags.PatientId, Tags.StudyInstanceUid, Tags.SeriesInstanceUid, Tags.SopInstanceUid];

    /// <summary>True when at least one unique key has a value, without wildcards.</summary>
    public static bool IsNamed(IReadOnlyList<MatchKey> keys) => keys.Any(k => UniqueKeys.Contains(k.Tag) && k.Value.Length > 0 && !k.Value.AsSpan().ContainsAny('*', '?'));

    /// <summary>For each study its series with the instances that are asked for.</summary>
    /// <param name="bound">What may be found at all; null for everything.</param>
    public static IEnumerable<(StudyRow Study, List<(SeriesRow Series, List<InstanceRow> Instances)> Series)> Of(ImageIndex index, IReadOnlyList<MatchKey> keys, RowBound? bound = null)
    {
        var named = keys.Where(k => UniqueKeys.Contains(k.Tag) && k.Value.Length > 0).ToList();
        var (series, instances) = (Uids(named, Tags.SeriesInstanceUid), Uids(named, Tags.SopInstanceUid));
        var level = instances is not null ? QueryLevel.Image : series is not null ? QueryLevel.Series : QueryLevel.Study;
        var studies = index.Search(new(level, named) { Bound = bound }).Select(a => a.Study!).DistinctBy(s => s.Id).ToList();
        foreach (var study in studies)
        {
            var chosen = index.SeriesOf(study).Where(s => series is null || series.Contains(s.Uid))
                .Select(s => (s, index.InstancesOf(s).Where(i => instances is null || instances.Contains(i.Uid)).ToList())).Where(s => s.Item2.Count > 0).ToList();
            if (chosen.Count > 0) yield return (study, chosen);
        }
    }

    private static HashSet<string>? Uids(List<MatchKey> keys, DicomTag tag) =>
        keys.Where(k => k.Tag == tag).Select(k => k.Value.Split('\\').ToHashSet(StringComparer.Ordinal)).FirstOrDefault();
}
