using System.CommandLine;
using System.Globalization;
using Yunnao.Services.Imaging;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging quarantine</c>: the files that need a look, and taking one out.</summary>
internal static class QuarantineCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var limit = new Option<int>("--limit") { Description = text["imaging.limit"], HelpName = "N", DefaultValueFactory = _ => 100 };
        var number = new Option<long?>("--number") { Description = text["imaging.number"], HelpName = "N" };
        var to = new Option<string>("--to") { Description = text["imaging.to-file"], HelpName = "FILE" };
        var command = new Command("quarantine", text["imaging.quarantine"]) { limit, number, to };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: true, cancellation).ConfigureAwait(false)).Try(out var archive, out var problem)) return terminal.Fail(problem);
            await using (archive.ConfigureAwait(false))
            {
                if (parsed.GetValue(number) is { } chosen && parsed.GetValue(to) is { } path)
                {
                    problem = await ImageDesk.GetQuarantinedAsync(archive, chosen, path, cancellation).ConfigureAwait(false);
                    return problem is null ? ExitCodes.Ok : terminal.Fail(problem);
                }

                if (parsed.GetValue(number) is null && parsed.GetValue(to) is { } folder)
                {
                    var written = 0;
                    Directory.CreateDirectory(folder);
                    foreach (var line in ImageDesk.Quarantine(archive, parsed.GetValue(limit)))
                    {
                        var file = Path.Combine(folder, line.Number.ToString(CultureInfo.InvariantCulture) + ".dcm");
                        problem = await ImageDesk.GetQuarantinedAsync(archive, line.Number, file, cancellation).ConfigureAwait(false);
                        if (problem is not null) return terminal.Fail(problem);
                        written++;
                    }

                    terminal.Print(text.Format("imaging.got", written));
                    return ExitCodes.Ok;
                }

                var listing = new Listing(text["imaging.head.number"], text["imaging.head.received"], text["imaging.head.reason"], text["imaging.head.sender"], text["imaging.head.bytes"], text["imaging.head.uid"]);
                foreach (var line in ImageDesk.Quarantine(archive, parsed.GetValue(limit)))
                {
                    listing.Add(
                        line.Number.ToString(CultureInfo.InvariantCulture), line.Received.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), line.Reason, line.Sender,
                        line.Bytes.ToString(CultureInfo.InvariantCulture), line.Instance.Length > 0 ? line.Instance : line.Study);
                }

                terminal.Print(listing);
                return ExitCodes.Ok;
            }
        });
        return command;
    }
}
