using System.Diagnostics;
using Yunnao.Formats.Dicom;

namespace Yunnao.Cli.Bench.Dicom;

/// <summary>One multi-frame object of gigabytes, stored and read by C-STORE and WADO-RS: what memory that takes.</summary>
internal static class LargePart
{
    private const long Edge = 1024;

    public static async Task<int> RunAsync(BenchFolder folder, long megabytes, Terminal terminal, CancellationToken cancellation)
    {
        var frames = (int)(megabytes / 2);
        var file = folder.File("large.dcm");
        using (var status = new StatusLine(terminal))
            await WriteAsync(file, frames, written => status.Show(terminal.Text.Format("bench.dicom.written", written * 2, megabytes)), cancellation).ConfigureAwait(false);
        var server = await BenchServer.OursAsync(folder.Fresh("data"), cancellation).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var (started, clock) = (server.PeakMb, Stopwatch.StartNew());
            if (!(await BenchServer.ClientAsync("storescu", ["-aec", server.Title, "127.0.0.1", $"{server.Dicom}", file], cancellation).ConfigureAwait(false)).Try(out var store, out var problem)) return terminal.Fail(problem);
            terminal.Error.WriteLine(terminal.Text.Format("bench.dicom.stored", megabytes / store));
            using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(10) };
            clock.Restart();
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Web}/studies/{BenchImages.Study(0)}/series/{BenchImages.Series(0)}/instances/{BenchImages.Instance(0)}");
            request.Headers.TryAddWithoutValidation("Accept", "application/dicom; transfer-syntax=*");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            await response.Content.CopyToAsync(Stream.Null, cancellation).ConfigureAwait(false);
            var read = clock.Elapsed.TotalSeconds;
            terminal.Print(new BenchLine("dicom large", "MB of memory") { Ours = server.PeakMb, RivalName = "none", Rows = frames, PeakMb = server.PeakMb }
                .With("mb", megabytes).With("started_mb", started).With("store_mb_per_s", megabytes / store).With("read_mb_per_s", megabytes / read).ToString());
            return ExitCodes.Ok;
        }
    }

    private static async Task WriteAsync(string path, int frames, Action<int> report, CancellationToken cancellation)
    {
        var frame = new byte[Edge * Edge * 2];
        new Random(1).NextBytes(frame);
        var set = BenchImages.Set(0).Set(Tags.Rows, Edge).Set(Tags.Columns, Edge).Set(Tags.NumberOfFrames, $"{frames}").Build();
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        await using (file.ConfigureAwait(false))
        {
            file.Write(DicomWriter.Write(DicomWriter.FileOf(set, TransferSyntax.ExplicitLittle)).Value);
            var head = new byte[12];
            (head[0], head[1], head[2], head[3]) = (0xE0, 0x7F, 0x10, 0x00);
            (head[4], head[5]) = ((byte)'O', (byte)'W');
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), (uint)((long)frames * frame.Length));
            file.Write(head);
            for (var i = 0; i < frames; i++)
            {
                await file.WriteAsync(frame, cancellation).ConfigureAwait(false);
                report(i + 1);
            }
        }
    }
}
