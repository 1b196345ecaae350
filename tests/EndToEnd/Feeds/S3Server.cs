using System.Diagnostics;
using Xunit;
using Yunnao.Lake.S3;
using Yunnao.Tests.EndToEnd.Feeds;

[assembly: AssemblyFixture(typeof(S3Server))]

namespace Yunnao.Tests.EndToEnd.Feeds;

/// <summary>A real S3 server: a private Ceph with its gateway (RGW), started when a test first asks for a bucket; one for all tests.</summary>
public sealed class S3Server : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("yunnao-s3-");
    private readonly Lock _starting = new();
    private Process? _ceph;
    private int _port;
    private int _buckets;
    private string? _broken;

    /// <summary>A new bucket; skips the test where the server is not installed.</summary>
    internal async Task<S3Place> BucketAsync(string prefix = "")
    {
        foreach (var program in (string[])["radosgw", "ceph-mon", "ceph-osd", "ceph-mgr", "ceph"]) PeerProcess.Find(program);
        lock (_starting) Start();
        var place = new S3Place($"http://127.0.0.1:{_port}", "us-east-1", $"bucket{Interlocked.Increment(ref _buckets)}", prefix, "AKTEST", "SKTEST");
        using var client = place.Connect();
        await client.PutBucketAsync(place.Bucket, TestContext.Current.CancellationToken);
        return place;
    }

    public void Dispose()
    {
        if (_ceph is not null)
        {
            _ceph.StandardInput.Close();
            _ceph.WaitForExit(TimeSpan.FromSeconds(20));
            _ceph.Dispose();
        }

        Directory.Delete(_folder.FullName, recursive: true);
    }

    private void Start()
    {
        if (_broken is not null) throw new InvalidOperationException(_broken);
        if (_ceph is not null) return;
        _port = Ports.Free();
        var script = Repository.File("tests/EndToEnd/Feeds/ceph-up.sh");
        _ceph = Process.Start(new ProcessStartInfo("bash", [script, Path.Combine(_folder.FullName, "c"), $"{_port}"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = _ceph.StandardError.ReadToEndAsync();
        var said = _ceph.StandardOutput.ReadLine();
        while (said is not null && said != "ready") said = _ceph.StandardOutput.ReadLine();
        if (said is null) throw new InvalidOperationException(_broken = $"Ceph does not start: {error.GetAwaiter().GetResult()}");
    }
}
