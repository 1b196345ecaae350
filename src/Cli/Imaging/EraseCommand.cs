using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Services.Imaging;
using Yunnao.Trust.Audit;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging erase --study UID --yes</c>: erases images for good.</summary>
internal static class EraseCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var selection = new SelectionOptions(terminal);
        var yes = new Option<bool>("--yes") { Description = text["imaging.yes"] };
        var command = new Command("erase", text["imaging.erase"]) { yes };
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!selection.Named(parsed).Try(out var selected, out var problem)) return terminal.Fail(problem);
            if (!parsed.GetValue(yes)) return terminal.Fail(new(ProblemKind.Incorrect, "imaging.not-confirmed", text["imaging.not-confirmed"]));
            return await ImagingRoom.NotedAsync(
                parsed, terminal, AuditKind.Change, "erase", selected,
                async done =>
                {
                    if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: false, cancellation).ConfigureAwait(false)).Try(out var archive, out problem)) return terminal.Fail(problem);
                    await using (archive.ConfigureAwait(false))
                    {
                        var count = await ImageDesk.EraseAsync(archive, selected, done, cancellation).ConfigureAwait(false);
                        if (count == 0) return terminal.Fail(new(ProblemKind.NotFound, "imaging.unknown", text["imaging.none"]));
                        terminal.Print(text.Format("imaging.erased", count));
                        return ExitCodes.Ok;
                    }
                },
                cancellation).ConfigureAwait(false);
        });
        return command;
    }
}
