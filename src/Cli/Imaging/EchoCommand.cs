using System.CommandLine;
using Yunnao.Services.Imaging;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging echo TITLE=HOST:PORT</c>: asks whether a peer answers.</summary>
internal static class EchoCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var to = new Argument<string>("peer") { Description = text["imaging.peer"] };
        var aet = ImagingRoom.Aet(terminal);
        var authority = new Option<string>("--authority") { Description = text["imaging.authority"], HelpName = "FILE" };
        var command = new Command("echo", text["imaging.echo"]) { to, aet, authority };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!ImagingRoom.Peer(parsed.GetValue(to)!, terminal).Try(out var peer, out var problem)) return terminal.Fail(problem);
            if (!Certificates.Open(parsed.GetValue(authority), "", terminal).Try(out var issuer, out problem)) return terminal.Fail(problem);
            problem = await ImageDesk.EchoAsync(peer, parsed.GetValue(aet)!, new(), issuer, cancellation).ConfigureAwait(false);
            if (problem is not null) return terminal.Fail(problem);
            terminal.Print(text.Format("imaging.answers", peer.AeTitle));
            return ExitCodes.Ok;
        });
        return command;
    }
}
