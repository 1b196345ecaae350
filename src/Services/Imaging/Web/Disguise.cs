using System.Security.Cryptography;
using System.Text;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Deidentification;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Web;

/// <summary>
/// How a recipient sees images without knowing whose they are: the basic profile of PS3.15 with shifted dates, under the recipient's key. A
/// person who is known to the platform has the same pseudonym as in the data sets.
/// </summary>
/// <param name="key">Key of the recipient's pseudonyms.</param>
/// <param name="subjectOf">The subject behind a study, where it is known.</param>
internal sealed class Disguise(byte[] key, Func<StudyRow, ulong?> subjectOf)
{
    private const DeidOptions Options = DeidOptions.ShiftDates;
    private const int PseudonymLength = 32;

    // What is binary is named by its place, so that a value that stays can be asked for.
    private static readonly DicomJsonOptions Json = new() { BulkDataUri = path => HeaderJson.BulkScheme + path, LargestInline = -1 };

    /// <summary>Why an object is kept back.</summary>
    public static Problem Shows { get; } = new(ProblemKind.Forbidden, "imaging.may-show-person", "The pixels may name or show the person: they are not given out for this purpose.");

    public string Uid(string uid) => UidPseudonym.Of(uid, key);

    public bool TryCode(string uid, out long code) => UidPseudonym.TryCode(uid, key, out code);

    public static bool Keeps(DicomTag tag) => Deidentifier.Keeps(tag, Options);

    public HeaderBlock Header(HeaderBlock block, StudyRow study) => HeaderBlock.Of(DicomJson.Write(Apply(Read(block), study).DataSet, Json));

    public static bool MayShowPerson(HeaderBlock block) => Deidentifier.MayShowPerson(Read(block));

    /// <summary>A data set, or a header, without its person.</summary>
    public DeidentifiedObject Apply(DicomDataSet set, StudyRow study)
    {
        // A patient number means something within one institution only.
        var local = study.Organisation + "\n" + study.Facts.Local;
        var subject = subjectOf(study);
        return Deidentifier.Apply(set, new() { Key = key, Options = Options, Pseudonym = subject is { } known ? Pseudonym(known) : Pseudonym(local), Subject = subject?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? local });
    }

    /// <summary>The whole file. Problems: <c>imaging.may-show-person</c>, <c>imaging.too-large</c>, and those of reading.</summary>
    public Result<byte[]> File(StoredFile file, StudyRow study)
    {
        if (file.Length > int.MaxValue / 2) return new Problem(ProblemKind.Unsupported, "imaging.too-large", "An instance larger than 1 GiB is not given out without its person; its frames are.");
        if (!DicomReader.Read(file.Read(0, (int)file.Length)).Try(out var read, out var problem)) return problem;
        var without = Apply(read.DataSet, study);
        return without.MayShowPerson ? Shows : DicomWriter.Write(DicomWriter.FileOf(without.DataSet, read.Syntax));
    }

    private static DicomDataSet Read(HeaderBlock block) => DicomJson.Read(AnswerBlock.ToJson(block), uri => Encoding.ASCII.GetBytes(uri)).Value[0];

    private string Pseudonym(string local) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("patient " + local)))[..PseudonymLength];

    /// <summary>As the data sets show <c>_subject</c> under a pseudonym.</summary>
    private string Pseudonym(ulong subject)
    {
        var hex = Convert.ToHexStringLower(key);
        return Hash(hex + Hash(hex + subject.ToString(System.Globalization.CultureInfo.InvariantCulture)))[..PseudonymLength];

        static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
