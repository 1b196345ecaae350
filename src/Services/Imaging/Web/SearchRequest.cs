using System.Globalization;
using Microsoft.AspNetCore.Http;
using Yunnao.Formats.Dicom;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Web;

/// <summary>The parameters of a search (PS3.18, 8.3.4): attributes by tag or keyword, includefield as a list and repeated, fuzzymatching, limit and offset.</summary>
/// <param name="IsRelational">True when the path does not say in which study to look.</param>
/// <param name="Ignored">Attributes that were asked for and do not narrow the search.</param>
/// <param name="All">True when all attributes are to be delivered.</param>
internal sealed record SearchRequest(ImageQuery Query, HashSet<DicomTag> Included, IReadOnlyList<DicomTag> Ignored, bool IsRelational, bool All)
{
    /// <summary>Reads them. Problems: <c>imaging.query-parameter</c>, <c>imaging.query-too-wide</c>.</summary>
    public static Result<SearchRequest> Of(HttpContext http, QueryLevel level, DicomWebOptions options)
    {
        var (keys, included, ignored, all, fuzzy) = (new List<MatchKey>(), new HashSet<DicomTag>(), new List<DicomTag>(), false, false);
        var (offset, limit) = (0, options.UsualLimit);
        foreach (var (name, tag) in new[] { ("study", Tags.StudyInstanceUid), ("series", Tags.SeriesInstanceUid) })
            if (DicomWebEndpoints.Uid(http, name) is { } uid) keys.Add(new(tag, uid));
        var isRelational = keys.Count == 0 && level != QueryLevel.Study;
        foreach (var (name, values) in http.Request.Query)
        {
            switch (name.ToLowerInvariant())
            {
                case "accept" or "_": break;
                case "offset" when int.TryParse(values, NumberStyles.None, CultureInfo.InvariantCulture, out var number): offset = number; break;
                case "limit" when int.TryParse(values, NumberStyles.None, CultureInfo.InvariantCulture, out var number): limit = Math.Min(number, options.MostLimit); break;
                case "offset" or "limit": return Bad(name, "is no whole number");
                case "fuzzymatching": fuzzy = string.Equals(values, "true", StringComparison.OrdinalIgnoreCase); break;
                case "includefield":
                    foreach (var field in values.SelectMany(v => v!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
                    {
                        if (field == "all") all = true;
                        else if (DicomTag.TryParse(field, out var tag)) included.Add(tag);
                        else return Bad(name, "names an attribute that is not known");
                    }

                    break;
                default:
                    if (!DicomTag.TryParse(name, out var key)) return Bad(name, "is no attribute of DICOM and no parameter of a search");
                    included.Add(key);
                    if (KeyColumn.Of(key) is null) ignored.Add(key);

                    // A list of UIDs is written with commas here and with backslashes there.
                    keys.Add(new(key, string.Join('\\', values.Select(v => KeyColumn.Of(key)?.Kind is KeyKind.Uid or KeyKind.Modality ? v!.Replace(',', '\\') : v))));
                    break;
            }
        }

        if (level == QueryLevel.Image && keys.Count > 0 && !keys.Exists(k => KeyColumn.Of(k.Tag) is { Level: QueryLevel.Study } or { Kind: KeyKind.Uid }) && keys.Exists(k => KeyColumn.Of(k.Tag) is not null))
            return new Problem(ProblemKind.Incorrect, "imaging.query-too-wide", "A search for instances needs a study, a series, an instance or something of the study.");
        return new SearchRequest(new(level, keys, offset, limit, fuzzy), included, ignored, isRelational, all);
    }

    private static Problem Bad(string name, Sentence why) => new(ProblemKind.Incorrect, "imaging.query-parameter", $"The parameter '{(name.Length > 40 ? name[..40] : name)}' {why}.");
}
