using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Ingest;

namespace Yunnao.Services.Imaging;

/// <summary>
/// Brings what the headers say into the lake, by the way of every other source: patients as rows of person.basic, so that they become subjects,
/// and series as rows of exam.series. Studies whose patient contradicts what was known wait until somebody has looked.
/// </summary>
public static class ImageRows
{
    private const int StudiesAtOnce = 2000;
    private const string Source = "template";
    private const string PersonHead = "org_code,patient_id,name,sex,birth_date,registered_time";
    private const string SeriesHead = "org_code,patient_id,study_uid,series_uid,series_no,modality,description,body_part_text,laterality,instance_count,first_instance_uid,series_time";
    private static readonly DicomTag Laterality = new(0x0020_0060);

    /// <summary>Loads the studies that changed since the last time; gives the outcome of each file.</summary>
    /// <param name="folder">The data folder; where the last time ended is noted in it.</param>
    public static async IAsyncEnumerable<FileOutcome> LoadAsync(ImageArchive archive, IngestService ingest, string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var mark = Path.Combine(folder, "imaging", "loaded");
        var after = File.Exists(mark) ? long.Parse(await File.ReadAllTextAsync(mark, cancellation).ConfigureAwait(false), CultureInfo.InvariantCulture) : 0;
        var scratch = Directory.CreateDirectory(Path.Combine(folder, "tmp", "imaging")).FullName;
        while (archive.Index.Changed(after, StudiesAtOnce) is { Count: > 0 } changed)
        {
            var (persons, series) = Write(archive.Index, changed, scratch);
            try
            {
                var failed = false;
                await foreach (var outcome in ingest.IngestAsync(new([persons, series], Source, null, false, false), null, cancellation).ConfigureAwait(false))
                {
                    failed |= outcome.Problem is not null;
                    yield return outcome;
                }

                if (failed) yield break;
            }
            finally
            {
                File.Delete(persons);
                File.Delete(series);
            }

            after = changed[^1].Changed;
            await File.WriteAllTextAsync(mark, after.ToString(CultureInfo.InvariantCulture), cancellation).ConfigureAwait(false);
        }
    }

    private static (string Persons, string Series) Write(ImageIndex index, List<(long Changed, PatientRow Patient, StudyRow Study)> studies, string folder)
    {
        var name = studies[^1].Changed.ToString(CultureInfo.InvariantCulture);
        var (persons, series) = (Path.Combine(folder, $"person.basic-{name}.csv"), Path.Combine(folder, $"exam.series-{name}.csv"));
        using (var writer = new StreamWriter(persons, append: false, new UTF8Encoding(false)))
        {
            writer.WriteLine(PersonHead);
            foreach (var (_, patient, study) in studies.Where(s => s.Study.Held is null && s.Patient.Facts.Local.Length > 0).DistinctBy(s => s.Patient.Id))
                WriteLine(writer, patient.Organisation, patient.Facts.Local, Name(patient.Facts.Name), Sex(patient.Sex), Date(patient.Facts.Birth), Time(study, study.Date, study.Time));
        }

        using (var writer = new StreamWriter(series, append: false, new UTF8Encoding(false)))
        {
            writer.WriteLine(SeriesHead);
            foreach (var (_, patient, study) in studies.Where(s => s.Study.Held is null && s.Patient.Facts.Local.Length > 0))
            {
                foreach (var one in index.SeriesOf(study))
                {
                    WriteLine(
                        writer, patient.Organisation, patient.Facts.Local, study.Uid, one.Uid, one.Number?.ToString(CultureInfo.InvariantCulture) ?? "", one.Modality, Value(one, Tags.SeriesDescription),
                        Value(one, Tags.BodyPartExamined), Value(one, Laterality), one.Instances.ToString(CultureInfo.InvariantCulture), Value(one, Tags.SopInstanceUid),
                        Time(study, Value(one, Tags.SeriesDate), Value(one, Tags.SeriesTime)));
                }
            }
        }

        return (persons, series);
    }

    private static void WriteLine(StreamWriter writer, params ReadOnlySpan<string> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) writer.Write(',');
            writer.Write('"');
            writer.Write(cells[i].Replace("\"", "\"\"", StringComparison.Ordinal));
            writer.Write('"');
        }

        writer.WriteLine();
    }

    /// <summary>The name as people here write it: the ideographic group, else the alphabetic one, family name first.</summary>
    private static string Name(string name)
    {
        var parsed = PersonName.Parse(name);
        return parsed.Ideographic.Length > 0 ? parsed.Ideographic.Replace("^", "", StringComparison.Ordinal).Trim() : parsed.Alphabetic.Replace('^', ' ').Trim();
    }

    /// <summary>GB/T 2261.1.</summary>
    private static string Sex(string sex) => sex switch { "M" => "1", "F" => "2", "O" => "9", _ => "0" };

    private static string Date(string date) => date.Length == 8 ? $"{date[..4]}-{date[4..6]}-{date[6..]}" : "";

    /// <summary>A time as the registry writes it; where the series has no date, that of the study.</summary>
    private static string Time(StudyRow study, string date, string time)
    {
        if (!DicomTime.TryParseDate(date, out var day) && !DicomTime.TryParseDate(study.Date, out day)) return "";
        return DicomTime.TryParseTime(time, out var of) || DicomTime.TryParseTime(study.Time, out of)
            ? day.ToDateTime(of).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            : day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static string Value(SeriesRow series, DicomTag tag)
    {
        var text = series.Header.Find(tag);
        if (text.IsEmpty) return "";
        using var json = JsonDocument.Parse(text.ToArray());
        return json.RootElement.TryGetProperty("Value", out var values) && values.GetArrayLength() > 0 && values[0].ValueKind == JsonValueKind.String ? values[0].GetString()! : "";
    }
}
