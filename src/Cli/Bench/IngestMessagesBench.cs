using System.CommandLine;
using System.Diagnostics;
using Yunnao.Standards;

namespace Yunnao.Cli.Bench;

/// <summary>What is measured of a format that our own decoders read: records a second into a new data folder, everything on.</summary>
/// <param name="Name">Name of the benchmark; the texts are <c>bench.&lt;name&gt;</c> and <c>bench.&lt;name&gt;.&lt;of&gt;</c>.</param>
/// <param name="Of">What the records are called.</param>
/// <param name="Usual">How many by default.</param>
/// <param name="Write">Writes so many of them, all valid.</param>
/// <param name="NoRival">Why there is no rival in the same run.</param>
/// <param name="Published">Figures that others have published, or null.</param>
internal sealed record IngestMessagesBench(
    string Name, string Of, long Usual, string FileName, string Source, Action<Registry, Stream, long, ulong> Write, string NoRival, string? Published = null)
{
    private const ulong Seed = 1;

    public Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var count = BenchOptions.Number($"--{Of}", Usual, text[$"bench.{Name}.{Of}"]);
        var command = new Command(Name, text[$"bench.{Name}"]) { count, options.Dir, options.Keep, options.Memory };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder(Name, parsed);
            return await RunAsync(parsed, folder, parsed.GetValue(count), parsed.GetValue(options.Memory), terminal, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, BenchFolder folder, long count, int memory, Terminal terminal, CancellationToken cancellation)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
        var file = folder.File(FileName);
        var clock = Stopwatch.StartNew();
        using (var stream = File.Create(file, 1)) Write(registry, stream, count, Seed);
        var (written, bytes) = (clock.Elapsed.TotalSeconds, new FileInfo(file).Length);
        terminal.Error.WriteLine(terminal.Text.Format("bench.written", count, bytes / 1e6, written, count / written));

        var standards = RegistryFolder.Of(parsed, terminal);
        var run = await IngestRun.RunAsync(standards, folder.Fresh("data"), file, Source, memory, terminal, cancellation).ConfigureAwait(false);
        if (!run.Try(out var load, out problem)) return terminal.Fail(problem);
        terminal.Error.WriteLine(terminal.Text.Format("bench.ours", 1, load.Seconds, count / load.Seconds, load.PeakMb));
        terminal.Print(new BenchLine(Name, $"{Of}/s")
        {
            Ours = count / load.Seconds, RivalName = NoRival, Rows = count, PeakMb = load.PeakMb,
        }
            .With("published_rival", Published).With("rows_received", load.Received).With("accepted", load.Accepted).With("quarantined", load.Quarantined)
            .With("mb_per_s", bytes / 1e6 / load.Seconds).With("bytes_per_record", (double)bytes / count).With("file_bytes_per_row", (double)load.FileBytes / load.Accepted)
            .With("seconds", load.Seconds).With("steps_s", load.Steps).With("open_s", load.OpenSeconds).ToString());
        return load.Compare(0) is { } wrong ? terminal.Fail(wrong) : ExitCodes.Ok;
    }
}
