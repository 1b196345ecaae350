using System.CommandLine;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic</c>: early warning and analysis of epidemics, on the lake and on CSV files.</summary>
internal static class EpidemicCommand
{
    public static Command Create(Terminal terminal) => new("epidemic", terminal.Text["epidemic"])
    {
        SeriesCommand.Create(terminal),
        DetectCommand.Create(terminal),
        RtCommand.Create(terminal),
        NowcastCommand.Create(terminal),
        ForecastCommand.Create(terminal),
        ScanCommand.Create(terminal),
        SeirCommand.Create(terminal),
        FatalityCommand.Create(terminal),
        ChainsCommand.Create(terminal),
        AlarmsCommand.Create(terminal),
        CardsCommand.Create(terminal),
        ReportCommand.Create(terminal),
    };
}
