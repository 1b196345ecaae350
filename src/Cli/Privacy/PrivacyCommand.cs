using System.CommandLine;

namespace Yunnao.Cli.Privacy;

/// <summary><c>yunnao privacy</c>: what is shared gives no person away.</summary>
internal static class PrivacyCommand
{
    public static Command Create(Terminal terminal) => new("privacy", terminal.Text["privacy"])
    {
        RedactCommand.Create(terminal),
        MeasureCommand.Create(terminal),
        AnonymiseCommand.Create(terminal),
        BudgetCommand.Create(terminal),
        AskCommand.Create(terminal),
    };
}
