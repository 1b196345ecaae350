using System.Net;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Imaging;

public sealed class Full_disk_tests
{
    [Fact]
    public async Task A_full_disk_is_told_and_the_service_lives_on()
    {
        var folder = Directory.CreateTempSubdirectory("yunnao-full-").FullName;
        using (new SmallDisk(folder, 24))
        {
            await using (var archive = await ArchiveProcess.Start(folder))
            {
                var (stored, room) = (0, Path.Combine(folder, "room"));
                await File.WriteAllBytesAsync(room, new byte[1 << 20], TestContext.Current.CancellationToken);
                HttpStatusCode status;
                while ((status = (await Stow.Send(archive.Http, TestImages.Bytes(1, stored + 1, 512))).Status) == HttpStatusCode.OK) stored++;
                Assert.Equal(HttpStatusCode.InsufficientStorage, status);
                Assert.InRange(stored, 5, 47);
                Assert.Equal(HttpStatusCode.InsufficientStorage, (await Stow.Send(archive.Http, TestImages.Bytes(2, 1, 2000))).Status);
                var unsent = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
                await File.WriteAllBytesAsync(unsent, TestImages.Bytes(3, 1, 1024), TestContext.Current.CancellationToken);
                Assert.Contains("OutOfResources", (await Peer.Run("storescu", "-v", "-aec", ArchiveProcess.Title, "127.0.0.1", $"{archive.Dicom}", unsent)).Output, StringComparison.Ordinal);
                File.Delete(unsent);

                // What cannot be noted in the audit is not given; with room again the service goes on, and what was acknowledged is there.
                Fill(Path.Combine(folder, "filler"));
                using var refused = await archive.Http.GetAsync("dicom-web/studies", TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
                Assert.Contains("imaging.no-audit", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
                File.Delete(room);
                File.Delete(Path.Combine(folder, "filler"));
                Assert.Equal(stored, (await archive.Json($"studies/{TestImages.Study(1)}/instances")).GetArrayLength());
                await Peer.Must("echoscu", "-aec", ArchiveProcess.Title, "127.0.0.1", $"{archive.Dicom}");
                Assert.Equal(TestImages.Bytes(1, stored, 512), await archive.File1($"studies/{TestImages.Study(1)}/series/{TestImages.Series(1)}/instances/{TestImages.Instance(1, stored)}"));
            }
        }

        Directory.Delete(folder);
    }

    /// <summary>Leaves no room at all.</summary>
    private static void Fill(string file)
    {
        using var filler = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) filler.Write(new byte[1 << 10]);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
