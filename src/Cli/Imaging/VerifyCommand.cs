using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Services.Imaging;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging verify</c>: reads files again and compares them with their hashes.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var selection = new SelectionOptions(terminal);
        var command = new Command("verify", text["imaging.verify"]);
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: true, cancellation).ConfigureAwait(false)).Try(out var archive, out var problem)) return terminal.Fail(problem);
            await using (archive.ConfigureAwait(false))
            {
                var (whole, damaged, bytes) = (0, 0, 0L);
                using var status = new StatusLine(terminal);
                await foreach (var (instance, isWhole, length) in ImageDesk.VerifyAsync(archive, selection.Of(parsed), cancellation).ConfigureAwait(false))
                {
                    bytes += length;
                    if (isWhole) whole++;
                    else
                    {
                        damaged++;
                        status.Clear();
                        terminal.Print(text.Format("imaging.is-damaged", instance));
                    }

                    status.Show(text.Format("imaging.progress", whole + damaged));
                }

                status.Clear();
                terminal.Print(text.Format("imaging.verified", whole, damaged, ImagingRoom.Megabytes(bytes)));
                return damaged == 0 ? ExitCodes.Ok : ExitCodes.Of(ProblemKind.Fault);
            }
        });
        return command;
    }
}
