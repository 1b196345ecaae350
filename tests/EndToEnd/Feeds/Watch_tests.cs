using Amazon.S3.Model;
using Xunit;
using Yunnao.Lake.S3;
using Yunnao.Services.Ingest;
using Yunnao.Services.Watch;
using Yunnao.Standards.Feeds;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Feeds;

/// <summary>Files that appear in a folder, on an SFTP server and in a bucket: the same story on each.</summary>
public sealed class Watch_tests(S3Server s3)
{
    private const string Header = "patient_id,report_no,item_no,item_code,report_time\n";

    [Fact]
    public async Task A_folder_is_loaded_as_files_appear_in_it()
    {
        using var platform = new TestPlatform();
        var folder = Directory.CreateTempSubdirectory("yunnao-watch-").FullName;
        try
        {
            await using var drop = new FolderDrop(folder);
            await Story(platform, drop, new FolderSide(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_sftp_server_is_loaded_as_files_appear_on_it()
    {
        using var server = new SftpServer();
        using var platform = new TestPlatform();
        await using var drop = Drops.Of(Sftp(platform, server)).Value;
        await Story(platform, drop, new FolderSide(server.Drop));
    }

    [Fact]
    public async Task A_bucket_is_loaded_as_objects_appear_in_it()
    {
        var place = await s3.BucketAsync("in/");
        using var platform = new TestPlatform();
        await using var drop = new S3Drop(place);
        await Story(platform, drop, new BucketSide(place));
    }

    [Fact]
    public async Task A_server_with_another_key_or_account_is_not_talked_to()
    {
        using var server = new SftpServer();
        using var platform = new TestPlatform();
        var feed = Sftp(platform, server);
        await using (var other = Drops.Of(feed with { HostKey = "SHA256:other" }).Value)
        {
            var problem = Assert.Single(await Look(platform, other)).Problem!;
            Assert.Equal("watch.host-key", problem.Code);
            Assert.Contains(server.HostKey, problem.Message.ToString(), StringComparison.Ordinal);
        }

        await using var stranger = Drops.Of(feed with { KeyFile = null }).Value;
        Assert.Equal("watch.login", Assert.Single(await Look(platform, stranger)).Problem?.Code);
        await using var nowhere = Drops.Of(feed with { Folder = "/no/such/folder" }).Value;
        Assert.Equal("watch.folder", Assert.Single(await Look(platform, nowhere)).Problem?.Code);
    }

    [Fact]
    public async Task A_bucket_is_not_read_with_a_wrong_secret()
    {
        var place = await s3.BucketAsync();
        using var platform = new TestPlatform();
        await using var drop = new S3Drop(place with { SecretKey = "wrong-7Q" });
        var problem = Assert.Single(await Look(platform, drop)).Problem!;
        Assert.Equal("watch.login", problem.Code);
        Assert.DoesNotContain("7Q", problem.ToString(), StringComparison.Ordinal);
    }

    private static async Task Story(TestPlatform platform, IDrop drop, ISide side)
    {
        await side.Put("sources.csv", "folder,source,after\na,plain,leave\nb,plain,move\n");
        await side.Put("a/lab1.csv", Header + "P1,R1,1,WBC,2026-01-02\n");
        await side.Put("a/lab2.csv.part", Header + "P1,R2,1,WBC,20");
        await side.Put("a/.hidden.csv", Header);
        await side.Put("b/deep/lab3.csv", Header + "P1,R3,1,WBC,2026-01-02\nP1,R4,1,WBC,never\n");
        await side.Put("b/lab4.csv", "no,such,columns\n1,2,3\n");
        var watch = Watch(platform, drop, TimeSpan.FromMilliseconds(300));

        // A folder's file may still be growing at the first look.
        var first = await Look(watch);
        if (!drop.AppearsWhole)
        {
            Assert.Empty(first);
            Assert.True(watch.Waits);
            await Task.Delay(400, TestContext.Current.CancellationToken);
            first = await Look(watch);
        }

        Assert.Equal(["lab1.csv:", "lab3.csv:", "lab4.csv:csv.missing-column"], first.Select(o => $"{Path.GetFileName(o.File)}:{o.Problem?.Code}").Order());
        Assert.Equal(["R1", "R3"], platform.Rows("SELECT report_no FROM lab.result WHERE _rejected IS NULL ORDER BY 1"));
        Assert.Equal(["a/.hidden.csv", "a/lab1.csv", "a/lab2.csv.part", "done/b/deep/lab3.csv", "failed/b/lab4.csv", "sources.csv"], await side.List());
        Assert.Empty(await Settled(watch));

        // After a restart nothing is fetched or loaded again; a renamed, a changed and a repeated file are what they are.
        watch = Watch(platform, drop, TimeSpan.Zero);
        Assert.Empty(await Settled(watch));
        await side.Put("a/lab2.csv", Header + "P1,R2,1,WBC,2026-01-02\n");
        await side.Put("a/lab1.csv", Header + "P1,R1,1,RBC,2026-01-02\nP1,R9,1,WBC,2026-01-02\n");
        await side.Put("b/deep/lab3.csv", Header + "P1,R3,1,WBC,2026-01-02\nP1,R4,1,WBC,never\n");
        var second = await Settled(watch);
        Assert.Equal(["lab1.csv:False", "lab2.csv:False", "lab3.csv:True"], second.Select(o => $"{Path.GetFileName(o.File)}:{o.AlreadyLoaded is not null}").Order());
        Assert.Equal(["R1|RBC|2", "R2|WBC|1", "R3|WBC|1", "R9|WBC|1"], platform.Rows("SELECT report_no, item_code, _version FROM lab.result WHERE _rejected IS NULL ORDER BY 1"));
        Assert.Contains("done/b/deep/lab3.2.csv", await side.List());

        // Without its notes it finds by the hash that everything is loaded.
        platform.Rows("DELETE FROM ops.drop_file");
        Assert.All(await Settled(Watch(platform, drop, TimeSpan.Zero)), o => Assert.NotNull(o.AlreadyLoaded));
        Assert.True(!Directory.Exists(Path.Combine(platform.Data, "tmp")) || Directory.GetFileSystemEntries(Path.Combine(platform.Data, "tmp")).Length == 0);
    }

    private static Feed Sftp(TestPlatform platform, SftpServer server)
    {
        var (feed, problems) = FeedReader.Read(
            platform.File("feeds/sftp.yaml", $$"""
                id: hospital-sftp
                name: { zh: 医院, en: Hospital }
                kind: sftp
                host: 127.0.0.1
                port: {{server.Port}}
                user: {{Environment.UserName}}
                key_file: {{server.ClientKey}}
                host_key: "{{server.HostKey}}"
                folder: {{server.Drop}}
                """),
            "");
        Assert.Empty(problems);
        return feed!;
    }

    private static DropWatch Watch(TestPlatform platform, IDrop drop, TimeSpan settle) =>
        new(drop, new WatchOptions { Settle = settle }, platform.Lake, platform.Ingest, Path.Combine(platform.Data, "tmp"), TimeProvider.System);

    private static Task<List<FileOutcome>> Look(TestPlatform platform, IDrop drop) => Look(Watch(platform, drop, TimeSpan.Zero));

    private static async Task<List<FileOutcome>> Look(DropWatch watch)
    {
        var outcomes = new List<FileOutcome>();
        await foreach (var outcome in watch.LookAsync(TestContext.Current.CancellationToken)) outcomes.Add(outcome);
        return outcomes;
    }

    private static async Task<List<FileOutcome>> Settled(DropWatch watch)
    {
        var outcomes = await Look(watch);
        if (watch.Waits) await Task.Delay(400, TestContext.Current.CancellationToken);
        outcomes.AddRange(await Look(watch));
        return outcomes;
    }

    /// <summary>Who puts files into the drop.</summary>
    private interface ISide
    {
        Task Put(string name, string text);

        Task<IEnumerable<string>> List();
    }

    private sealed class FolderSide(string folder) : ISide
    {
        public Task Put(string name, string text)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        }

        public Task<IEnumerable<string>> List() =>
            Task.FromResult(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal).AsEnumerable());
    }

    private sealed class BucketSide(S3Place place) : ISide
    {
        public async Task Put(string name, string text)
        {
            using var client = place.Connect();
            await client.PutObjectAsync(new PutObjectRequest { BucketName = place.Bucket, Key = place.Prefix + name, ContentBody = text }, TestContext.Current.CancellationToken);
        }

        public async Task<IEnumerable<string>> List()
        {
            using var client = place.Connect();
            var listed = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = place.Bucket, Prefix = place.Prefix }, TestContext.Current.CancellationToken);
            return listed.S3Objects.Select(o => o.Key[place.Prefix.Length..]).Order(StringComparer.Ordinal);
        }
    }
}
