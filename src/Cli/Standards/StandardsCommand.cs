using System.CommandLine;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards</c>: everything about the registry.</summary>
internal static class StandardsCommand
{
    public static Command Create(Terminal terminal) => new("standards", terminal.Text["standards"])
    {
        CheckCommand.Create(terminal),
        FindCommand.Create(terminal),
        ShowCommand.Create(terminal),
        CompileCommand.Create(terminal),
        DiffCommand.Create(terminal),
        PlanCommand.Create(terminal),
        ApplyCommand.Create(terminal),
        RejudgeCommand.Create(terminal),
        ImportCommand.Create(terminal),
        ExportCommand.Create(terminal),
        DocsCommand.Create(terminal),
    };
}
