using System.Security.Cryptography;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging;

/// <summary>Fills an index with instances that have headers and no files, to measure searches at sizes for which nobody has the disks.</summary>
public static class GeneratedIndex
{
    private const int Together = 2000;

    /// <summary>Adds instances by the same way as those that come.</summary>
    /// <param name="make">The object of a number, without pixels.</param>
    public static async Task FillAsync(ImageArchive archive, int count, Func<int, DicomFile> make, Action<int> report, CancellationToken cancellation)
    {
        for (var first = 0; first < count; first += Together)
        {
            cancellation.ThrowIfCancellationRequested();
            var (from, until) = (first, Math.Min(count, first + Together));
            await archive.WorkAsync(
                index =>
                {
                    for (var i = from; i < until; i++)
                    {
                        var hash = SHA256.HashData(BitConverter.GetBytes(i));
                        var record = new PackRecord(IsObject: true, IsErased: false, 525_000, hash, 0, "generated", "generated");
                        index.Add(InstanceHeader.Of(make(i), FrameTable.None).Value, record, hash[..16], new PackPlace(1, 0, 525_000, IsObject: true));
                    }
                },
                cancellation).ConfigureAwait(false);
            report(until);
        }
    }
}
