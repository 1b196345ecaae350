using System.Text.RegularExpressions;

namespace Yunnao.Formats.Dicom.Deidentification;

/// <summary>What names the person of an object, to be taken out of its texts: names, numbers, birth date.</summary>
internal sealed class IdentifyingText
{
    private static readonly DicomTag[] Names =
        [Tags.PatientName, new(0x0010_1001), new(0x0010_1005), new(0x0010_1060), Tags.ReferringPhysicianName, new(0x0008_1050), new(0x0008_1060), new(0x0008_1070)];

    private static readonly DicomTag[] Numbers = [Tags.PatientId, new(0x0010_1000), Tags.AccessionNumber, Tags.StudyId, Tags.PatientBirthDate, new(0x0010_2154)];

    private readonly Regex? _words;

    public IdentifyingText(DicomDataSet set)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var tag in Names)
            foreach (var value in set.GetStrings(tag))
                foreach (var group in value.Split('='))
                {
                    words.Add(group.Replace('^', ' ').Trim());
                    words.Add(group.Replace("^", "", StringComparison.Ordinal).Trim());
                    foreach (var component in group.Split('^')) words.Add(component.Trim());
                }

        foreach (var tag in Numbers)
            foreach (var value in set.GetStrings(tag)) words.Add(value);

        // A single Latin letter or digit is in every text; a single ideograph is a family name.
        var telling = words.Where(w => w.Length > 1 || (w.Length == 1 && w[0] >= 0x2E80)).OrderByDescending(w => w.Length).Select(Bounded).ToArray();
        if (telling.Length > 0) _words = new Regex(string.Join('|', telling), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
    }

    /// <summary>The text without what names the person; dates and long numbers go too.</summary>
    public string Clean(string text)
    {
        var clean = _words is null ? text : _words.Replace(text, "");
        return Digits.Replace(clean, "").Trim();
    }

    private static readonly Regex Digits = new(@"\d{6,}|\d{4}[-./]\d{1,2}[-./]\d{1,2}", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    private static string Bounded(string word)
    {
        var escaped = Regex.Escape(word);
        return char.IsAsciiLetterOrDigit(word[0]) ? $@"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])" : escaped;
    }
}
