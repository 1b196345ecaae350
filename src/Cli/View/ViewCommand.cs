using System.CommandLine;

namespace Yunnao.Cli.View;

/// <summary><c>yunnao view</c>: flat tables of FHIR resources, as SQL on FHIR describes them.</summary>
internal static class ViewCommand
{
    public static Command Create(Terminal terminal) => new("view", terminal.Text["view"])
    {
        ListCommand.Create(terminal),
        RunCommand.Create(terminal),
        CheckCommand.Create(terminal),
        SqlCommand.Create(terminal),
        TestCommand.Create(terminal),
    };
}
