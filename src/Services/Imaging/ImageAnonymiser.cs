using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Deidentification;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging;

/// <summary>
/// Gives images out without their persons, after PS3.15 annex E. Each recipient has a key: under it a person has one pseudonym, a UID one other
/// UID and a subject one shift of dates, whenever and however often images are given out, and other ones under the key of another recipient.
/// </summary>
/// <param name="key">The recipient's key, at least 16 bytes.</param>
/// <param name="options">Options of the profile.</param>
/// <param name="evenIfShown">True also gives out objects whose pixels may name or show the person: somebody has looked at them.</param>
public sealed class ImageAnonymiser(byte[] key, DeidOptions options, bool evenIfShown)
{
    private const int PseudonymLength = 16;

    /// <summary>Writes what is selected into a folder, a folder a study and series, under its new UIDs; gives for each instance its path, or why there is none.</summary>
    /// <remarks>Problems: <c>imaging.may-show-person</c>, <c>imaging.too-large</c>, and those of reading.</remarks>
    public async IAsyncEnumerable<Result<string>> WriteAsync(ImageArchive archive, ImageSelection selection, string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (study, series) in Selection.Of(archive.Index, selection.Keys))
        {
            foreach (var (one, instances) in series)
            {
                var place = Path.Combine(folder, Uid(study.Uid), Uid(one.Uid));
                foreach (var instance in instances)
                {
                    if (!Without(archive, instance, study.Organisation).Try(out var bytes, out var problem))
                    {
                        yield return problem;
                        continue;
                    }

                    Directory.CreateDirectory(place);
                    var path = Path.Combine(place, Uid(instance.Uid) + ".dcm");
                    await File.WriteAllBytesAsync(path, bytes, cancellation).ConfigureAwait(false);
                    yield return path;
                }
            }
        }
    }

    private Result<byte[]> Without(ImageArchive archive, InstanceRow instance, string organisation)
    {
        var file = archive.Open(instance);
        if (file.Length > int.MaxValue / 2) return new Problem(ProblemKind.Unsupported, "imaging.too-large", $"{instance.Uid} is larger than 1 GiB: it is not given out without its person.");
        if (!DicomReader.Read(file.Read(0, (int)file.Length)).Try(out var read, out var problem)) return problem;

        // A patient number means something within one institution only.
        var subject = organisation + "\n" + read.DataSet.GetString(Tags.PatientId);
        var without = Deidentifier.Apply(read.DataSet, new() { Key = key, Options = options, Pseudonym = Pseudonym(subject), Subject = subject });
        if (without.MayShowPerson && !evenIfShown)
            return new Problem(ProblemKind.Forbidden, "imaging.may-show-person", $"{instance.Uid} is kept back: its pixels may name or show the person. Look at it first.");
        return DicomWriter.Write(DicomWriter.FileOf(without.DataSet, read.Syntax));
    }

    private string Uid(string uid) => (options & DeidOptions.RetainUids) != 0 ? uid : UidPseudonym.Of(uid, key);

    private string Pseudonym(string subject) => Convert.ToHexString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("patient " + subject)))[..PseudonymLength];
}
