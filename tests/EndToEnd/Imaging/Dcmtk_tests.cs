using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>The programs of dcmtk as devices, workstations and archives, unchanged.</summary>
public sealed class Dcmtk_tests : IDisposable
{
    private const string Aet = ArchiveProcess.Title;
    private const string NotAuthorised = "(?i)0x0?124|not ?authori[sz]ed";
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-dcmtk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Echo_answers_every_proposal_and_survives_an_abort()
    {
        await using var archive = await ArchiveProcess.Start(_folder);
        var port = $"{archive.Dicom}";
        await Peer.Must("echoscu", "-aec", Aet, "127.0.0.1", port);
        await Peer.Must("echoscu", "--repeat", "100", "-aec", Aet, "127.0.0.1", port);
        await Peer.Must("echoscu", "-pts", "38", "--propose-pc", "10", "-aec", Aet, "127.0.0.1", port);
        await Peer.Run("echoscu", "--abort", "-aec", Aet, "127.0.0.1", port);
        await Peer.Must("echoscu", "-aec", Aet, "127.0.0.1", port);
        Assert.Contains("Called AE Title Not Recognized", (await Peer.Run("echoscu", "-aec", "OTHER", "127.0.0.1", port)).Output);
    }

    [Fact]
    public async Task What_is_stored_is_found_and_comes_back_as_it_was_sent()
    {
        const int Slices = 20;
        var files = TestImages.Write(Path.Combine(_folder, "ct"), 3, Slices);
        var own = Ports.Free();
        await using var archive = await ArchiveProcess.Start(_folder, "--peer", $"MOVEDST=127.0.0.1:{own}");
        var port = $"{archive.Dicom}";
        await Peer.Must("storescu", "-aec", Aet, "127.0.0.1", port, "+sd", Path.Combine(_folder, "ct"));
        await Peer.Must("dcmsend", "-aec", Aet, "127.0.0.1", port, "--scan-directories", "--scan-pattern", "s01_00?.dcm", Path.Combine(_folder, "ct"));

        Assert.Equal(3, await Find("-k", "0008,0052=STUDY", "-k", "0010,0010", "-k", "0010,0020", "-k", "0020,000D", "-k", "0008,0061", "-k", "0020,1208"));
        Assert.Equal(1, await Find("-k", "0008,0052=STUDY", "-k", "0010,0010=Wang*", "-k", "0020,000D"));
        Assert.Equal(2, await Find("-k", "0008,0052=STUDY", "-k", "0008,0020=20240101-20240303", "-k", "0020,000D"));
        Assert.Equal(1, await Find("-k", "0008,0052=SERIES", "-k", $"0020,000D={TestImages.Study(1)}", "-k", "0020,000E", "-k", "0008,0060", "-k", "0020,1209"));
        Assert.Equal(Slices, await Find("-k", "0008,0052=IMAGE", "-k", $"0020,000D={TestImages.Study(1)}", "-k", $"0020,000E={TestImages.Series(1)}", "-k", "0008,0018", "-k", "0020,0013"));
        Assert.Equal(3, Responses(await Peer.Must("findscu", "-P", "-aec", Aet, "-k", "0008,0052=PATIENT", "-k", "0010,0020", "-k", "0010,0010", "127.0.0.1", port)));
        Assert.Equal(1, Responses(await Peer.Must("findscu", "-P", "-aec", Aet, "-k", "0008,0052=PATIENT", "-k", "0010,0020", "-k", "0010,0010=Wang*", "127.0.0.1", port)));
        Assert.NotEqual(0, (await Peer.Run("findscu", "-W", "-aec", Aet, "-k", "0010,0010", "127.0.0.1", port)).ExitCode);

        var got = Directory.CreateDirectory(Path.Combine(_folder, "got")).FullName;
        await Peer.Must("getscu", "-S", "-aec", Aet, "-od", got, "-k", "0008,0052=STUDY", "-k", $"0020,000D={TestImages.Study(1)}", "127.0.0.1", port);
        AssertSame(files.Take(Slices), got);
        var moved = Directory.CreateDirectory(Path.Combine(_folder, "moved")).FullName;
        await Peer.Must("movescu", "-S", "-aet", "MOVEDST", "-aem", "MOVEDST", "-aec", Aet, "+P", $"{own}", "-od", moved, "-k", "0008,0052=STUDY", "-k", $"0020,000D={TestImages.Study(2)}", "127.0.0.1", port);
        AssertSame(files.Skip(Slices).Take(Slices), moved);
        Assert.Contains("MoveDestinationUnknown", (await Peer.Run("movescu", "-v", "-S", "-aem", "NOBODY", "-aec", Aet, "-k", "0008,0052=STUDY", "-k", $"0020,000D={TestImages.Study(2)}", "127.0.0.1", port)).Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

        async Task<int> Find(params string[] keys) => Responses(await Peer.Must("findscu", ["-S", "-aec", Aet, .. keys, "127.0.0.1", port]));
    }

    [Fact]
    public async Task A_caller_does_what_it_is_named_for_reads_its_own_institution_and_every_reading_is_audited()
    {
        foreach (var study in new[] { 1, 2 })
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, $"h{study}")).FullName;
            for (var i = 1; i <= 3; i++) await File.WriteAllBytesAsync(Path.Combine(folder, $"{i}.dcm"), TestImages.Bytes(study, i), TestContext.Current.CancellationToken);
            Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", folder, "--organisation", $"H{study}", "--data", _folder)).ExitCode);
        }

        var fresh = Path.Combine(_folder, "fresh.dcm");
        await File.WriteAllBytesAsync(fresh, TestImages.Bytes(3, 1), TestContext.Current.CancellationToken);
        var got = Directory.CreateDirectory(Path.Combine(_folder, "got")).FullName;
        await using (var archive = await ArchiveProcess.Start(_folder, "--allow", "CT1@127.0.0.1=store", "--allow", "WS1=find,retrieve", "--organisation-of", "CT1=H1", "--organisation-of", "WS1=H1"))
        {
            var port = $"{archive.Dicom}";
            Assert.NotEqual(0, (await Peer.Run("echoscu", "-aet", "STRANGER", "-aec", Aet, "127.0.0.1", port)).ExitCode);
            await Peer.Must("storescu", "-aet", "CT1", "-aec", Aet, "127.0.0.1", port, fresh);
            Assert.Matches(NotAuthorised, (await Peer.Run("storescu", "-v", "-aet", "WS1", "-aec", Aet, "127.0.0.1", port, fresh)).Output);
            var refused = (await Peer.Run("findscu", "-v", "-S", "-aet", "CT1", "-aec", Aet, "-k", "0008,0052=STUDY", "-k", "0020,000D", "127.0.0.1", port)).Output;
            Assert.DoesNotContain(TestImages.Root, refused, StringComparison.Ordinal);
            Assert.Matches(NotAuthorised, refused);
            Assert.Equal(2, Responses(await Peer.Must("findscu", "-S", "-aet", "WS1", "-aec", Aet, "-k", "0008,0052=STUDY", "-k", "0020,000D", "127.0.0.1", port)));
            foreach (var study in new[] { 1, 2 })
                await Peer.Run("getscu", "-S", "-aet", "WS1", "-aec", Aet, "-od", got, "-k", "0008,0052=STUDY", "-k", $"0020,000D={TestImages.Study(study)}", "127.0.0.1", port);
        }

        AssertSame(Directory.GetFiles(Path.Combine(_folder, "h1")), got);
        var audit = Path.Combine(_folder, "audit.ndjson");
        Assert.Equal(0, (await CliRun.Of("en", "audit", "export", audit, "--data", _folder)).ExitCode);
        var events = (await File.ReadAllLinesAsync(audit, TestContext.Current.CancellationToken)).Where(l => l.Contains("dicom:", StringComparison.Ordinal)).ToList();
        Assert.Single(events, e => e.Contains("dicom:WS1", StringComparison.Ordinal) && e.Contains("C-FIND", StringComparison.Ordinal));
        Assert.Single(events, e => e.Contains("dicom:WS1", StringComparison.Ordinal) && e.Contains("C-GET", StringComparison.Ordinal) && e.Contains(TestImages.Study(1), StringComparison.Ordinal));
        Assert.DoesNotContain(events, e => e.Contains(TestImages.Study(2), StringComparison.Ordinal));
        Assert.Equal(2, events.Count(e => e.Contains("imaging.not-allowed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_policies_and_persons_refuse_is_refused_over_associations_too()
    {
        // Here treatment asks the person first, and the person of study 1 says no; and a registry in which no application reads for treatment.
        var asking = Registry("asking", "purposes.csv", "care,standard,none", "care,standard,opt-out");
        var closed = Registry("closed", "rights.csv", "application-care,standard,application,care,", "application-care,standard,application,quality,");
        TestImages.Write(Path.Combine(_folder, "ct"), 2, 2);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Path.Combine(_folder, "ct"), "--organisation", "H1", "--data", _folder)).ExitCode);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "load", "--data", _folder, "--standards", asking)).ExitCode);
        var query = await CliRun.Of("en", "query", $"SELECT _subject::VARCHAR AS s FROM exam.series WHERE study_uid = '{TestImages.Study(1)}'", "--json", "--data", _folder, "--standards", asking);
        var subject = System.Text.Json.JsonElement.Parse(query.Out).GetProperty("s").GetString()!;
        var refusal = await CliRun.Of("en", "trust", "consent", "refuse", subject, "--purpose", "care", "--data", _folder, "--standards", asking);
        Assert.True(refusal.ExitCode == 0, refusal.Error);
        string[] named = ["--allow", "WS1=find,retrieve", "--organisation-of", "WS1=H1"];
        var got = Directory.CreateDirectory(Path.Combine(_folder, "got")).FullName;
        await using (var archive = await ArchiveProcess.Start(_folder, ["--standards", asking, .. named]))
        {
            var found = await Studies(archive);
            Assert.Equal(1, Responses(found));
            Assert.Contains(TestImages.Study(2), found, StringComparison.Ordinal);
            Assert.Equal(0, Responses(await Peer.Must("findscu", "-S", "-aet", "WS1", "-aec", Aet, "-k", "0008,0052=IMAGE", "-k", $"0020,000D={TestImages.Study(1)}", "-k", "0008,0018", "127.0.0.1", $"{archive.Dicom}")));
            foreach (var study in new[] { 1, 2 })
                await Peer.Run("getscu", "-S", "-aet", "WS1", "-aec", Aet, "-od", got, "-k", "0008,0052=STUDY", "-k", $"0020,000D={TestImages.Study(study)}", "127.0.0.1", $"{archive.Dicom}");
        }

        AssertSame(Directory.GetFiles(Path.Combine(_folder, "ct"), "s02*"), got);
        await using (var archive = await ArchiveProcess.Start(_folder, ["--standards", closed, .. named])) Assert.Matches(NotAuthorised, await Studies(archive));
        var audit = Path.Combine(_folder, "audit.ndjson");
        Assert.Equal(0, (await CliRun.Of("en", "audit", "export", audit, "--data", _folder)).ExitCode);
        var events = await File.ReadAllLinesAsync(audit, TestContext.Current.CancellationToken);
        Assert.Contains(events, e => e.Contains("dicom:WS1", StringComparison.Ordinal) && e.Contains("scope.role", StringComparison.Ordinal));
        Assert.DoesNotContain(events, e => e.Contains("dicom:WS1", StringComparison.Ordinal) && e.Contains(TestImages.Study(1), StringComparison.Ordinal));

        async Task<string> Studies(ArchiveProcess archive) =>
            (await Peer.Run("findscu", "-v", "-S", "-aet", "WS1", "-aec", Aet, "-k", "0008,0052=STUDY", "-k", "0020,000D", "127.0.0.1", $"{archive.Dicom}")).Output;

        // The registry with one word of a policy changed.
        string Registry(string name, string file, string from, string to)
        {
            var folder = Path.Combine(_folder, name);
            HowToTests.Copy(Repository.File("standards"), folder);
            var policy = Path.Combine(folder, "policies", file);
            var text = File.ReadAllText(policy);
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.SetAttributes(policy, FileAttributes.Normal);
            File.WriteAllText(policy, text.Replace(from, to, StringComparison.Ordinal));
            return folder;
        }
    }

    [Fact]
    public async Task A_search_that_is_cancelled_stops()
    {
        const int Slices = 300;
        TestImages.Write(Path.Combine(_folder, "ct"), 1, Slices, size: 4);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Path.Combine(_folder, "ct"), "--data", _folder)).ExitCode);
        await using var archive = await ArchiveProcess.Start(_folder);
        var output = await Peer.Must(
            "findscu", "--cancel", "2", "-S", "-aec", Aet, "-k", "0008,0052=IMAGE", "-k", $"0020,000D={TestImages.Study(1)}", "-k", $"0020,000E={TestImages.Series(1)}", "-k", "0008,0018", "127.0.0.1", $"{archive.Dicom}");
        Assert.InRange(Responses(output), 2, Slices - 1);
    }

    [Fact]
    public async Task Over_tls_only_where_there_is_a_certificate()
    {
        await Peer.Must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", Path.Combine(_folder, "key.pem"), "-out", Path.Combine(_folder, "cert.pem"));
        var both = Path.Combine(_folder, "both.pem");
        await File.WriteAllTextAsync(both, await File.ReadAllTextAsync(Path.Combine(_folder, "cert.pem"), TestContext.Current.CancellationToken) + await File.ReadAllTextAsync(Path.Combine(_folder, "key.pem"), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await using var archive = await ArchiveProcess.Start(_folder, "--certificate", both);
        await Peer.Must("echoscu", "+tla", "-ic", "-aec", Aet, "localhost", $"{archive.Dicom}");
        Assert.NotEqual(0, (await Peer.Run("echoscu", "-to", "2", "-ta", "2", "-aec", Aet, "localhost", $"{archive.Dicom}")).ExitCode);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "echo", $"{Aet}=localhost:{archive.Dicom}", "--authority", Path.Combine(_folder, "cert.pem"))).ExitCode);
    }

    [Fact]
    public async Task We_send_to_storescp_what_it_then_has()
    {
        const int Slices = 20;
        var files = TestImages.Write(Path.Combine(_folder, "ct"), 1, Slices);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Path.Combine(_folder, "ct"), "--data", _folder)).ExitCode);
        var (port, got) = (Ports.Free(), Directory.CreateDirectory(Path.Combine(_folder, "got")).FullName);
        using var peer = Peer.Start("storescp", "-aet", "PEER", "-od", got, $"{port}");
        try
        {
            await Listening(port);
            var sent = await CliRun.Of("en", "imaging", "send", $"PEER=127.0.0.1:{port}", "--study", TestImages.Study(1), "--data", _folder);
            Assert.True(sent.ExitCode == 0, sent.Error);
            AssertSame(files, got);
        }
        finally
        {
            peer.Kill();
            await peer.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    internal static async Task Listening(int port)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (System.Net.Sockets.SocketException)
            {
                await Task.Delay(50);
            }
        }

        Assert.Fail("The peer does not listen.");
    }

    private static int Responses(string output) => output.Split("Find Response:").Length - 1 is var counted and > 0 ? counted : output.Split("Find Response").Length - 1;

    /// <summary>The files of a folder have the data sets of the originals, byte for byte.</summary>
    internal static void AssertSame(IEnumerable<string> originals, string folder)
    {
        var expected = originals.Select(f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(TestImages.DataSet(File.ReadAllBytes(f))))).Order();
        var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(TestImages.DataSet(File.ReadAllBytes(f))))).Order();
        Assert.Equal(expected, found);
    }
}
