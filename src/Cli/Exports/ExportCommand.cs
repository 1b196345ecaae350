using System.CommandLine;

namespace Yunnao.Cli.Exports;

/// <summary><c>yunnao export run | targets | omop | verify | open | trace | schedule</c>.</summary>
internal static class ExportCommand
{
    public static Command Create(Terminal terminal) => new("export", terminal.Text["export"]) 
    {
        RunCommand.Create(terminal), TargetsCommand.Create(terminal), OmopCommand.Create(terminal), VerifyCommand.Create(terminal), OpenCommand.Create(terminal), TraceCommand.Create(terminal), ScheduleCommand.Create(terminal),
    };
}
