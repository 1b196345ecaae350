using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Synthetic.Bulk;

namespace Yunnao.Cli.Bench;

/// <summary>
/// <c>yunnao bench stream</c>: large inputs of each form, made on the way, loaded with everything on; what counts is the peak of memory. The
/// forms that end in <c>-line</c> are one line of that size, which must be refused with its place while what stands beside it is read.
/// </summary>
internal static class StreamBench
{
    private const long CsvRowBytes = 95;
    private const long ResourceBytes = 1000;

    // One line a form: what stands before the long line, what it is filled with, what follows it.
    private static readonly Dictionary<string, (string Name, string Source, Action<Registry, Stream, long, int> Write)> s_forms = new(StringComparer.Ordinal)
    {
        ["csv"] = ("lab.result.csv", "template", (registry, file, bytes, rows) => LabFile.Write(registry, file, bytes / CsvRowBytes, 1, rows)),
        ["ndjson"] = ("bench.ndjson", "fhir-r4", (registry, file, bytes, _) => FhirFile.Write(registry, file, bytes / ResourceBytes, 1)),
        ["bundle"] = ("bench.json", "fhir-r4", (registry, file, bytes, _) => WriteBundle(registry, file, bytes)),
        ["csv-line"] = ("lab.result.csv", "template", (registry, file, bytes, _) =>
        {
            LabFile.Write(registry, file, 1000, 1);
            Line(file, "H01,P1,R1,1,GLU,", bytes, "\n");
        }),
        ["ndjson-line"] = ("bench.ndjson", "fhir-r4", (registry, file, bytes, _) =>
        {
            FhirFile.Write(registry, file, 1000, 1);
            Line(file, "{\"resourceType\":\"Patient\",\"id\":\"", bytes, "\"}\n");
        }),
        ["hl7-line"] = ("bench.hl7", "hl7v2", (registry, file, bytes, _) =>
        {
            Hl7v2File.Write(registry, file, 1000, 1);
            Line(file, "MSH|^~\\&|LIS|H1|||20260102100000||ORU^R01|x|P|2.5\rOBX|1|TX|a||", bytes, "\r");
        }),
    };

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var forms = new Option<string[]>("--form") { Description = text["bench.stream.form"], HelpName = "NAME", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. s_forms.Keys] };
        forms.AcceptOnlyFromAmong([.. s_forms.Keys]);
        var size = BenchOptions.Number("--megabytes", 512, text["bench.stream.megabytes"]);
        var perPatient = BenchOptions.Number("--rows-per-patient", LabFile.UsualRowsPerPatient, text["bench.stream.rows-per-patient"]);
        var command = new Command("stream", text["bench.stream"]) { forms, size, perPatient, options.Dir, options.Keep, options.Memory };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder("stream", parsed);
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
            foreach (var form in parsed.GetValue(forms)!)
            {
                void Write(Stream file) => s_forms[form].Write(registry, file, parsed.GetValue(size) << 20, (int)parsed.GetValue(perPatient));
                if (await RunAsync(form, Write, folder, parsed, options, terminal, cancellation).ConfigureAwait(false) is { } failed) return terminal.Fail(failed);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<Problem?> RunAsync(
        string form, Action<Stream> write, BenchFolder folder, ParseResult parsed, BenchOptions options, Terminal terminal, CancellationToken cancellation)
    {
        var (name, source, _) = s_forms[form];
        var file = Path.Combine(folder.Fresh("in"), name);
        var clock = Stopwatch.StartNew();
        using (var stream = File.Create(file, 1 << 20)) write(stream);
        var bytes = new FileInfo(file).Length;
        terminal.Error.WriteLine(terminal.Text.Format("bench.stream.written", form, bytes / 1e6, clock.Elapsed.TotalSeconds));
        var data = folder.Fresh("data");
        var run = await IngestRun.RunAsync(RegistryFolder.Of(parsed, terminal), data, file, source, parsed.GetValue(options.Memory), terminal, cancellation).ConfigureAwait(false);
        var refusedWhole = !run.Try(out var load, out var problem);
        if (!parsed.GetValue(options.Keep)) Directory.Delete(data, recursive: true);
        File.Delete(file);
        if (refusedWhole && !form.EndsWith("-line", StringComparison.Ordinal)) return problem;
        var line = new BenchLine("stream", "MB")
        {
            Ours = refusedWhole ? PeakMemory.Mb : load!.PeakMb,
            Rival = 2048,
            RivalName = "the limit",
            Ratio = 2048.0 / (refusedWhole ? PeakMemory.Mb : load!.PeakMb),
            Rows = load?.Received ?? 0,
            PeakMb = refusedWhole ? PeakMemory.Mb : load!.PeakMb,
        };
        terminal.Print(line.With("form", form).With("bytes", bytes).With("seconds", load?.Seconds).With("cpu_seconds", load?.CpuSeconds)
            .With("accepted", load?.Accepted).With("quarantined", load?.Quarantined).With("problem", refusedWhole ? problem!.Code : null).ToString());
        return null;
    }

    private static void Line(Stream file, string head, long bytes, string tail)
    {
        file.Write(Encoding.UTF8.GetBytes(head));
        var filler = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        for (long left = bytes; left > 0; left -= filler.Length) file.Write(filler, 0, (int)Math.Min(left, filler.Length));
        file.Write(Encoding.UTF8.GetBytes(tail));
    }

    private static void WriteBundle(Registry registry, Stream file, long bytes)
    {
        file.Write("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["u8);
        using (var entries = new BundleStream(file)) FhirFile.Write(registry, entries, bytes / ResourceBytes, 1);
        file.Write("]}"u8);
    }
}
