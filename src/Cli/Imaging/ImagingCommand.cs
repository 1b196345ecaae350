using System.CommandLine;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging</c>: the archive of images.</summary>
internal static class ImagingCommand
{
    public static Command Create(Terminal terminal) => new("imaging", terminal.Text["imaging"])
    {
        ServeCommand.Create(terminal),
        IngestCommand.Create(terminal),
        FindCommand.Create(terminal),
        LoadCommand.Create(terminal),
        GetCommand.Create(terminal),
        AnonymiseCommand.Create(terminal),
        SendCommand.Create(terminal),
        EchoCommand.Create(terminal),
        VerifyCommand.Create(terminal),
        EraseCommand.Create(terminal),
        QuarantineCommand.Create(terminal),
        StatusCommand.Create(terminal),
    };
}
