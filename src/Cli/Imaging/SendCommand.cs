using System.CommandLine;
using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Services.Imaging;
using Yunnao.Trust.Audit;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging send TITLE=HOST:PORT --study UID</c>: sends by C-STORE.</summary>
internal static class SendCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var selection = new SelectionOptions(terminal);
        var to = new Argument<string>("peer") { Description = text["imaging.peer"] };
        var aet = ImagingRoom.Aet(terminal);
        var authority = new Option<string>("--authority") { Description = text["imaging.authority"], HelpName = "FILE" };
        var command = new Command("send", text["imaging.send"]) { to, aet, authority };
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!selection.Named(parsed).Try(out var selected, out var problem)) return terminal.Fail(problem);
            if (!ImagingRoom.Peer(parsed.GetValue(to)!, terminal).Try(out var peer, out problem)) return terminal.Fail(problem);
            if (!Certificates.Open(parsed.GetValue(authority), "", terminal).Try(out var issuer, out problem)) return terminal.Fail(problem);
            return await ImagingRoom.NotedAsync(
                parsed, terminal, AuditKind.Export, "send", selected,
                async done =>
                {
                    if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: true, cancellation).ConfigureAwait(false)).Try(out var archive, out problem)) return terminal.Fail(problem);
                    await using (archive.ConfigureAwait(false))
                    {
                        if (await ImageDesk.EchoAsync(peer, parsed.GetValue(aet)!, new(), issuer, cancellation).ConfigureAwait(false) is { } silent) return terminal.Fail(silent);
                        var (sent, failed) = (0, 0);
                        using var status = new StatusLine(terminal);
                        await foreach (var (instance, isDone, code) in ImageDesk.SendAsync(archive, selected, peer, parsed.GetValue(aet)!, new(), issuer, cancellation).ConfigureAwait(false))
                        {
                            if (isDone) sent++;
                            else
                            {
                                failed++;
                                status.Clear();
                                terminal.Error.WriteLine(text.Format("imaging.not-sent", instance, code.ToString("X4", CultureInfo.InvariantCulture)));
                            }

                            if (isDone) done(1);
                            status.Show(text.Format("imaging.progress", sent + failed));
                        }

                        status.Clear();
                        if (sent + failed == 0) return terminal.Fail(new(ProblemKind.NotFound, "imaging.unknown", text["imaging.none"]));
                        terminal.Print(text.Format("imaging.sent", sent, failed));
                        return failed == 0 ? ExitCodes.Ok : ExitCodes.Of(ProblemKind.Unavailable);
                    }
                },
                cancellation).ConfigureAwait(false);
        });
        return command;
    }
}
