using System.CommandLine;

namespace Yunnao.Cli.Bench.Dicom;

/// <summary><c>yunnao bench dicom</c>: the archive of images beside Orthanc and dcmtk's storescp, under the same clients in the same run.</summary>
internal static class DicomBench
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var part = new Option<string>("--part") { Description = text["bench.dicom.part"], HelpName = "PART", DefaultValueFactory = _ => "store" };
        part.AcceptOnlyFromAmong("store", "stow", "read", "index", "large", "parse");
        var instances = BenchOptions.Number("--instances", 500, text["bench.dicom.instances"]);
        var senders = new Option<int>("--senders") { Description = text["bench.dicom.senders"], HelpName = "N", DefaultValueFactory = _ => 1 };
        var megabytes = BenchOptions.Number("--megabytes", 2048, text["bench.dicom.megabytes"]);
        var data = new Option<DirectoryInfo>("--data") { Description = text["bench.dicom.data"], HelpName = "DIR" };
        var seconds = new Option<int>("--seconds") { Description = text["bench.dicom.seconds"], HelpName = "N", DefaultValueFactory = _ => 5 };
        var postgres = new Option<bool>("--postgres") { Description = text["bench.dicom.postgres"] };
        var command = new Command("dicom", text["bench.dicom"]) { part, instances, senders, megabytes, data, seconds, postgres, options.Dir, options.Keep };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder("dicom", parsed);
            var count = (int)parsed.GetValue(instances);
            var many = Math.Clamp(parsed.GetValue(senders), 1, 64);
            return parsed.GetValue(part) switch
            {
                "store" => await StorePart.RunAsync(folder, count, many, terminal, cancellation).ConfigureAwait(false),
                "index" => await IndexPart.RunAsync(folder, count, parsed.GetValue(postgres), terminal, cancellation).ConfigureAwait(false),
                "large" => await LargePart.RunAsync(folder, parsed.GetValue(megabytes), terminal, cancellation).ConfigureAwait(false),
                "parse" => ParsePart.Run(parsed.GetValue(data), Math.Clamp(parsed.GetValue(seconds), 1, 600), terminal),
                var web => await WebPart.RunAsync(folder, web!, count, many, terminal, cancellation).ConfigureAwait(false),
            };
        });
        return command;
    }
}
