using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Orthanc as a peer: it sends to us, asks us, takes from us, and has what we send.</summary>
public sealed class Orthanc_tests : IDisposable
{
    private const int Slices = 10;
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-orthanc-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Orthanc_sends_asks_and_takes_and_receives()
    {
        var files = TestImages.Write(Path.Combine(_folder, "ct"), 2, Slices);
        var (dicom, http) = (Ports.Free(), Ports.Free());
        await using var archive = await ArchiveProcess.Start(_folder, "--peer", $"ORTHANC=127.0.0.1:{dicom}");
        var configuration = Path.Combine(_folder, "orthanc.json");
        await File.WriteAllTextAsync(configuration, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["StorageDirectory"] = Path.Combine(_folder, "orthanc"), ["IndexDirectory"] = Path.Combine(_folder, "orthanc"), ["HttpPort"] = http, ["DicomPort"] = dicom, ["DicomAet"] = "ORTHANC",
            ["AuthenticationEnabled"] = false, ["RemoteAccessAllowed"] = true, ["DicomAlwaysAllowStore"] = true, ["Plugins"] = Array.Empty<string>(),
            ["DicomModalities"] = new Dictionary<string, object[]> { ["YUNNAO"] = [ArchiveProcess.Title, "127.0.0.1", archive.Dicom] },
        }), TestContext.Current.CancellationToken);
        using var process = Peer.Start("Orthanc", configuration);
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await Dcmtk_tests.Listening(http);
            await Dcmtk_tests.Listening(dicom);
            using var orthanc = new HttpClient { BaseAddress = new($"http://127.0.0.1:{http}/") };
            foreach (var file in files.Take(Slices)) await Give(orthanc, file);

            // It sends to us.
            var study = (await Names(orthanc, "studies")).Single();
            await Post(orthanc, "modalities/YUNNAO/echo", new { });
            await Post(orthanc, "modalities/YUNNAO/store", new { Resources = new[] { study }, Synchronous = true });
            Assert.Equal(Slices, (await archive.Json($"studies/{TestImages.Study(1)}/instances")).GetArrayLength());

            // It has us commit to what it sent, and to one that we never got.
            async Task<string> Commits(params string[] instances)
            {
                var asked = await Post(orthanc, "modalities/YUNNAO/storage-commitment", new { DicomInstances = instances.Select(i => new { SOPClassUID = "1.2.840.10008.5.1.4.1.1.2", SOPInstanceUID = i }) });
                for (var attempt = 0; ; attempt++)
                {
                    var report = await orthanc.GetFromJsonAsync<JsonElement>($"storage-commitment/{asked.GetProperty("ID").GetString()}");
                    if (report.GetProperty("Status").GetString() is { } status && (status != "Pending" || attempt > 200)) return status;
                    await Task.Delay(50, TestContext.Current.CancellationToken);
                }
            }

            Assert.Equal("Success", await Commits(TestImages.Instance(1, 1), TestImages.Instance(1, Slices)));
            Assert.Equal("Failure", await Commits(TestImages.Instance(1, 1), TestImages.Instance(1, Slices + 1)));

            // It asks us for a study that only we have, and takes it by C-MOVE.
            Assert.Equal(System.Net.HttpStatusCode.OK, (await Stow.Send(archive.Http, [.. files.Skip(Slices).Select(File.ReadAllBytes)])).Status);
            var query = await Post(orthanc, "modalities/YUNNAO/query", new { Level = "Study", Query = new Dictionary<string, string> { ["PatientID"] = "PID0002", ["StudyInstanceUID"] = "" } });
            var answers = $"queries/{query.GetProperty("ID").GetString()}";
            Assert.Equal(["0"], await Names(orthanc, $"{answers}/answers"));
            await Post(orthanc, $"{answers}/retrieve", new { TargetAet = "ORTHANC", Synchronous = true });
            Assert.Equal(2 * Slices, (await Names(orthanc, "instances")).Length);

            // We send to it what it then has.
            foreach (var known in await Names(orthanc, "studies")) await Remove(orthanc, $"studies/{known}");
            Assert.Equal(0, (await CliRun.Of("en", "imaging", "send", $"ORTHANC=127.0.0.1:{dicom}", "--study", TestImages.Study(1), "--data", _folder)).ExitCode);
            var got = Directory.CreateDirectory(Path.Combine(_folder, "got")).FullName;
            foreach (var instance in await Names(orthanc, "instances")) await Take(orthanc, $"instances/{instance}/file", Path.Combine(got, instance));
            Dcmtk_tests.AssertSame(files.Take(Slices), got);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<string[]> Names(HttpClient http, string path) => (await http.GetFromJsonAsync<string[]>(path))!;

    private static async Task Give(HttpClient http, string file) => (await http.PostAsync("instances", new ByteArrayContent(await File.ReadAllBytesAsync(file)))).EnsureSuccessStatusCode();

    private static async Task Remove(HttpClient http, string path) => (await http.DeleteAsync(path)).EnsureSuccessStatusCode();

    private static async Task Take(HttpClient http, string path, string file) => await File.WriteAllBytesAsync(file, await http.GetByteArrayAsync(path));

    private static async Task<JsonElement> Post(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsync(path, new StringContent(JsonSerializer.Serialize(body)));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonElement.Parse(text);
    }
}
