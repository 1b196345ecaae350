using System.Diagnostics;
using System.Net.Http.Headers;

namespace Yunnao.Cli.Bench.Dicom;

/// <summary>STOW-RS, ten instances in a request, and the reads of a viewer, to ours and to Orthanc over connections kept open.</summary>
internal static class WebPart
{
    private const int Together = 10;
    private const int Repeats = 500;

    // A series as a CT of the chest has it.
    private const int LongSeries = 600;
    private const int LongStudy = 100_000;
    private const int LongRepeats = 50;
    private const int LongSize = 32;

    // Who is slow is asked until this is over, but not less often than that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private const int Least = 100;

    public static async Task<int> RunAsync(BenchFolder folder, string part, int count, int senders, Terminal terminal, CancellationToken cancellation)
    {
        var ours = await MeasureAsync(await BenchServer.OursAsync(folder.Fresh("ours"), cancellation).ConfigureAwait(false), part, count, senders, terminal, cancellation).ConfigureAwait(false);
        var orthanc = await BenchServer.OrthancAsync(folder.Fresh("orthanc"), sync: true, cancellation).ConfigureAwait(false);
        if (orthanc is not null && !await orthanc.HasWebAsync(cancellation).ConfigureAwait(false))
        {
            terminal.Error.WriteLine(terminal.Text["bench.dicom.no-web"]);
            await orthanc.DisposeAsync().ConfigureAwait(false);
            orthanc = null;
        }

        var rival = orthanc is null ? null : await MeasureAsync(orthanc, part, count, senders, terminal, cancellation).ConfigureAwait(false);
        double? disk = part == "stow" ? StorePart.DiskAlone(folder.Fresh("disk"), count, Together) : null;
        foreach (var (name, unit, isRate) in part == "stow" ? [("stow", "instances/s", true)] : new[] { ("instances", "ms", false), ("metadata", "ms", false), ("metadata_600", "ms", false), ("frame", "ms", false), ("instance", "ms", false), ("studies", "ms", false) })
        {
            var (mine, theirs) = (ours[name], rival?[name]);
            terminal.Print(new BenchLine($"dicom {part} {name}", unit)
            {
                Ours = mine.P50, Rival = theirs?.P50, RivalName = orthanc is null ? "Orthanc is not installed" : "Orthanc", Ratio = isRate ? mine.P50 / theirs?.P50 : theirs?.P50 / mine.P50, Rows = count,
            }
                .With("senders", senders).With("p99", mine.P99).With("rival_p99", theirs?.P99).With("disk_alone", disk).ToString());
        }

        return ExitCodes.Ok;
    }

    private static async Task<Dictionary<string, (double P50, double P99)>> MeasureAsync(BenchServer server, string part, int count, int senders, Terminal terminal, CancellationToken cancellation)
    {
        var results = new Dictionary<string, (double, double)>(StringComparer.Ordinal);
        await using (server.ConfigureAwait(false))
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
            for (var round = 0; round < (part == "stow" ? StorePart.Rounds : 1); round++)
            {
                var rate = await StoreAsync(http, server, round * count, count, part == "stow" ? senders : 1, terminal, cancellation).ConfigureAwait(false);
                await server.RestAsync(cancellation).ConfigureAwait(false);
                terminal.Error.WriteLine(terminal.Text.Format("bench.dicom.round", server.Name, round + 1, rate, server.Processor));
                if (!results.TryGetValue("stow", out var best) || best.Item1 < rate) results["stow"] = (rate, rate);
            }

            if (part == "stow") return results;
            var studies = Math.Max(1, count / BenchImages.Slices);
            string Series(int i) => $"{server.Web}/studies/{BenchImages.Study(i % studies)}/series/{BenchImages.Series(i % studies)}";
            string Instance(int i) => $"{server.Web}/studies/{BenchImages.Study(i % count / BenchImages.Slices)}/series/{BenchImages.Series(i % count / BenchImages.Slices)}/instances/{BenchImages.Instance(i % count)}";
            results["studies"] = await TimeAsync(http, i => $"{server.Web}/studies?PatientID=PID{i % studies:00000000}", "application/dicom+json", cancellation).ConfigureAwait(false);
            results["instances"] = await TimeAsync(http, i => Series(i) + "/instances", "application/dicom+json", cancellation).ConfigureAwait(false);
            results["metadata"] = await TimeAsync(http, i => Series(i) + "/metadata", "application/dicom+json", cancellation).ConfigureAwait(false);
            await StoreAsync(http, server, LongStudy * LongSeries, LongSeries, 1, terminal, cancellation, LongSeries, LongSize).ConfigureAwait(false);
            var longSeries = $"{server.Web}/studies/{BenchImages.Study(LongStudy)}/series/{BenchImages.Series(LongStudy)}/metadata";
            results["metadata_600"] = await TimeAsync(http, _ => longSeries, "application/dicom+json", cancellation, LongRepeats).ConfigureAwait(false);
            results["frame"] = await TimeAsync(http, i => Instance(i * 7) + "/frames/1", "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*", cancellation).ConfigureAwait(false);
            results["instance"] = await TimeAsync(http, i => Instance(i * 7), "multipart/related; type=\"application/dicom\"; transfer-syntax=*", cancellation).ConfigureAwait(false);
        }

        return results;
    }

    /// <summary>Stores instances, some in a request; gives how many a second.</summary>
    private static async Task<double> StoreAsync(HttpClient http, BenchServer server, int first, int count, int senders, Terminal terminal, CancellationToken cancellation, int slices = BenchImages.Slices, int size = BenchImages.Size)
    {
        using var status = new StatusLine(terminal);
        var (clock, step) = (new Stopwatch(), Together * senders);
        for (var i = 0; i < count; i += step)
        {
            // Making the images costs more than sending them, and is no work of an archive.
            var requests = new List<HttpContent>();
            for (var at = i; at < Math.Min(i + step, count); at += Together) requests.Add(await ContentAsync(first + at, Math.Min(Together, count - at), slices, size, cancellation).ConfigureAwait(false));
            clock.Start();
            var answers = await Task.WhenAll(requests.Select(r => http.PostAsync(server.Web + "/studies", r, cancellation))).ConfigureAwait(false);
            clock.Stop();
            foreach (var answer in answers)
                using (answer) answer.EnsureSuccessStatusCode();
            foreach (var request in requests) request.Dispose();
            status.Show(terminal.Text.Format("imaging.progress", i + step));
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    internal static async Task<(double P50, double P99)> TimeAsync(HttpClient http, Func<int, string> url, string accept, CancellationToken cancellation, int repeats = Repeats)
    {
        var (times, begun) = (new List<double>(), Stopwatch.StartNew());
        for (var i = -repeats / 5; i < repeats; i++)
        {
            if (i >= Math.Min(Least, repeats) && begun.Elapsed > Patience) break;
            var clock = Stopwatch.StartNew();
            using var request = new HttpRequestMessage(HttpMethod.Get, url(Math.Abs(i)));
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);

            // The first ones warm both up.
            if (i >= 0) times.Add(clock.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return (times[times.Count / 2], times[times.Count * 99 / 100]);
    }

    /// <summary>A request of some instances, in memory.</summary>
    private static async Task<HttpContent> ContentAsync(int first, int count, int slices, int size, CancellationToken cancellation)
    {
        using var parts = new MultipartContent("related", "bench");
        parts.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", "\"application/dicom\""));
        for (var i = 0; i < count; i++)
        {
            var part = new ByteArrayContent(BenchImages.File(first + i, slices, size));
            part.Headers.ContentType = new("application/dicom");
            parts.Add(part);
        }

        var content = new ByteArrayContent(await parts.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        content.Headers.ContentType = parts.Headers.ContentType;
        return content;
    }
}
