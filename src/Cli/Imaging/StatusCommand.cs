using System.CommandLine;
using Yunnao.Services.Imaging;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging status</c>: what the archive holds.</summary>
internal static class StatusCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("status", terminal.Text["imaging.status"]);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: true, cancellation).ConfigureAwait(false)).Try(out var archive, out var problem)) return terminal.Fail(problem);
            await using (archive.ConfigureAwait(false))
            {
                var counts = ImageDesk.Count(archive);
                terminal.Print(terminal.Text.Format("imaging.counts", counts.Patients, counts.Studies, counts.Series, counts.Instances, ImagingRoom.Megabytes(counts.Bytes), counts.Quarantined));
                return ExitCodes.Ok;
            }
        });
        return command;
    }
}
