using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Yunnao.Cli.Accounts;
using Yunnao.Cli.Backups;
using Yunnao.Cli.Bench;
using Yunnao.Cli.City;
using Yunnao.Cli.Data;
using Yunnao.Cli.Demo;
using Yunnao.Cli.Drg;
using Yunnao.Cli.Epidemic;
using Yunnao.Cli.Feeds;
using Yunnao.Cli.Imaging;
using Yunnao.Cli.Lake;
using Yunnao.Cli.Listen;
using Yunnao.Cli.Map;
using Yunnao.Cli.Privacy;
using Yunnao.Cli.Quality;
using Yunnao.Cli.Standards;
using Yunnao.Cli.Trust;
using Yunnao.Kernel;

namespace Yunnao.Cli;

/// <summary>The one executable. Every command is one line of <see cref="Commands"/>.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => RunAsync(args, Terminal.OfProcess(args));

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code, see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var parsed = Root(terminal).Parse(args);
        var configuration = new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
        if (parsed.Action is ParseErrorAction mistake) return await ParseMistakes.PrintAsync(parsed, mistake, terminal);

        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            return terminal.Fail(new(ProblemKind.Interrupted, "cli.interrupted", terminal.Text["interrupted"]));
        }
        catch (Exception e) when (FullDisk.Caused(e))
        {
            return terminal.Fail(FullDisk.Problem);
        }
        catch (Exception bug)
        {
            // The message of an exception may hold a value of a record; its type and stack do not.
            terminal.Error.WriteLine(bug.StackTrace);
            return terminal.Fail(new(ProblemKind.Fault, "cli.fault", terminal.Text.Format("fault", bug.GetType())));
        }
    }

    private static Command[] Commands(Terminal terminal) =>
    [
        DemoCommand.Create(terminal),
        CityCommand.Create(terminal),
        StandardsCommand.Create(terminal),
        Ingest.IngestCommand.Create(terminal),
        ImagingCommand.Create(terminal),
        ListenCommand.Create(terminal),
        PullCommand.Create(terminal),
        WatchCommand.Create(terminal),
        MapCommand.Create(terminal),
        DrgCommand.Create(terminal),
        QueryCommand.Create(terminal),
        View.ViewCommand.Create(terminal),
        DataCommand.Create(terminal),
        Exports.ExportCommand.Create(terminal),
        Lake.ShowCommand.Create(terminal),
        BatchesCommand.Create(terminal),
        BatchCommand.Create(terminal),
        Lake.QuarantineCommand.Create(terminal),
        Identity.IdentityCommand.Create(terminal),
        LakeCommand.Create(terminal),
        QualityCommand.Create(terminal),
        EpidemicCommand.Create(terminal),
        Serve.ServeCommand.Create(terminal),
        BackupCommand.Create(terminal),
        AccountCommand.Create(terminal),
        AppCommand.Create(terminal),
        TrustCommand.Create(terminal),
        AuditCommand.Create(terminal),
        PrivacyCommand.Create(terminal),
        BenchCommand.Create(terminal),
    ];

    /// <summary>All that can be said.</summary>
    internal static RootCommand Root(Terminal terminal)
    {
        var help = new HelpPage(terminal);
        var root = new RootCommand(terminal.Text["root"])
        {
            new Option<string>("--standards") { Description = terminal.Text["option.standards"], HelpName = "DIR", Recursive = true },
            new Option<string>("--data") { Description = terminal.Text["option.data"], HelpName = "DIR", Recursive = true },
            new Option<string>("--lang") { Description = terminal.Text["option.lang"], HelpName = "zh|en", Recursive = true },
        };
        foreach (var command in Commands(terminal)) root.Add(command);
        foreach (var option in root.Options)
        {
            if (option is HelpOption) (option.Action, option.Description) = (help, terminal.Text["option.help"]);
            if (option is VersionOption) option.Description = terminal.Text["option.version"];
        }

        ShowHelpWithoutSubcommand(root, help);
        return root;
    }

    /// <summary>A command that only groups others shows its page when it is called alone.</summary>
    private static void ShowHelpWithoutSubcommand(Command command, HelpPage help)
    {
        if (command.Subcommands.Count > 0 && command.Action is null) command.Action = help;
        foreach (var child in command.Subcommands) ShowHelpWithoutSubcommand(child, help);
    }
}
