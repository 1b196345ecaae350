namespace Yunnao.Formats.Dicom;

/// <summary>
/// A person name (PS3.5 6.2.1): up to three groups that write the same name, each of family, given, middle name, prefix and suffix.
/// </summary>
/// <param name="Alphabetic">In single-byte letters: <c>Zhang^San</c>; empty when not given.</param>
/// <param name="Ideographic">In ideographs: <c>张^三</c>.</param>
/// <param name="Phonetic">As it sounds.</param>
public sealed record PersonName(string Alphabetic, string Ideographic = "", string Phonetic = "")
{
    /// <summary>True when no group has anything.</summary>
    public bool IsEmpty => Alphabetic.Length == 0 && Ideographic.Length == 0 && Phonetic.Length == 0;

    /// <summary>Family name of the first group that is given.</summary>
    public string Family => Component(First, 0);

    /// <summary>Given name of the first group that is given.</summary>
    public string Given => Component(First, 1);

    private string First => Alphabetic.Length > 0 ? Alphabetic : Ideographic.Length > 0 ? Ideographic : Phonetic;

    /// <summary>From the text of a PN, groups divided by <c>=</c>; empty components at the end of a group are left out.</summary>
    public static PersonName Parse(string text)
    {
        var groups = text.Split('=', 4);
        return new(Clean(groups[0]), groups.Length > 1 ? Clean(groups[1]) : "", groups.Length > 2 ? Clean(groups[2]) : "");
    }

    /// <summary>A component of a group: 0 family, 1 given, 2 middle, 3 prefix, 4 suffix; empty when not there.</summary>
    public static string Component(string group, int index)
    {
        var parts = group.Split('^');
        return index < parts.Length ? parts[index].Trim() : "";
    }

    /// <summary>As in a PN: <c>Zhang^San=张^三</c>.</summary>
    public override string ToString() => Phonetic.Length > 0 ? $"{Alphabetic}={Ideographic}={Phonetic}" : Ideographic.Length > 0 ? $"{Alphabetic}={Ideographic}" : Alphabetic;

    private static string Clean(string group) => group.Trim(' ').TrimEnd('^').TrimEnd(' ');
}
