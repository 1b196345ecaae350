using System.CommandLine;
using Yunnao.Services.Imaging;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging load</c>: patients and series of the archive as rows of the lake.</summary>
internal static class LoadCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("load", terminal.Text["imaging.load"]);
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = DataFolder.Of(parsed, terminal);
            if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: true, cancellation).ConfigureAwait(false)).Try(out var archive, out var problem)) return terminal.Fail(problem);
            await using (archive.ConfigureAwait(false))
            {
                if (!Platform.Open(RegistryFolder.Of(parsed, terminal), folder).Try(out var platform, out problem)) return terminal.Fail(problem);
                using (platform)
                {
                    var (accepted, quarantined) = (0L, 0L);
                    await foreach (var outcome in ImageRows.LoadAsync(archive, platform.Ingest, folder, cancellation).ConfigureAwait(false))
                    {
                        if (outcome.Problem is { } failed) return terminal.Fail(failed);
                        accepted += outcome.Batch?.Accepted ?? 0;
                        quarantined += outcome.Batch?.Quarantined ?? 0;
                    }

                    terminal.Print(terminal.Text.Format("imaging.loaded", accepted, quarantined));
                    return ExitCodes.Ok;
                }
            }
        });
        return command;
    }
}
