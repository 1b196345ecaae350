using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Services.Imaging;
using Yunnao.Trust.Audit;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging get --study UID --to DIR</c>: writes files of the archive into a folder.</summary>
internal static class GetCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var selection = new SelectionOptions(terminal);
        var to = new Option<string>("--to") { Description = text["imaging.to"], HelpName = "DIR", DefaultValueFactory = _ => "." };
        var command = new Command("get", text["imaging.get"]) { to };
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!selection.Named(parsed).Try(out var selected, out var problem)) return terminal.Fail(problem);
            return await ImagingRoom.NotedAsync(
                parsed, terminal, AuditKind.Export, "get", selected,
                async done =>
                {
                    if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: true, cancellation).ConfigureAwait(false)).Try(out var archive, out problem)) return terminal.Fail(problem);
                    await using (archive.ConfigureAwait(false))
                    {
                        var count = 0;
                        using var status = new StatusLine(terminal);
                        await foreach (var _ in ImageDesk.GetAsync(archive, selected, parsed.GetValue(to)!, cancellation).ConfigureAwait(false))
                        {
                            count++;
                            done(1);
                            status.Show(text.Format("imaging.progress", count));
                        }

                        status.Clear();
                        if (count == 0) return terminal.Fail(new(ProblemKind.NotFound, "imaging.unknown", text["imaging.none"]));
                        terminal.Print(text.Format("imaging.got", count));
                        return ExitCodes.Ok;
                    }
                },
                cancellation).ConfigureAwait(false);
        });
        return command;
    }
}
