namespace Yunnao.Synthetic.Catalogue;

/// <summary>An examination of the registry's EXAM list, with what is seen when nothing is wrong, and what is seen in a disease.</summary>
internal sealed record Exam(
    string Id, string Code, string Name, string Modality, string BodyPart, double Price, string Site, string Findings, string Impression)
{
    private readonly Dictionary<string, (string Findings, string Impression)> _abnormal = new(StringComparer.Ordinal);

    public void Add(string disease, string findings, string impression) => _abnormal.Add(disease, (findings, impression));

    /// <summary>What the examination shows in a disease; false where it shows nothing of it.</summary>
    public bool TryFind(string disease, out string findings, out string impression)
    {
        var found = _abnormal.TryGetValue(disease, out var text);
        (findings, impression) = found ? text : (Findings, Impression);
        return found;
    }

    /// <summary>Images are kept as a study.</summary>
    public bool HasStudy => Modality is "DX" or "CT" or "MR" or "MG" or "US" or "XA";
}
