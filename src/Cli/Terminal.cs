using System.Text;
using Spectre.Console;
using Yunnao.Kernel;

namespace Yunnao.Cli;

/// <summary>
/// Where a command writes: results to <see cref="Out"/>, progress and problems to <see cref="Error"/>; and in which language.
/// Colours and drawn tables only where a person looks at a terminal.
/// </summary>
internal sealed class Terminal(
    TextWriter output, TextWriter error, Text text, bool outIsTerminal, bool errorIsTerminal, Func<string, string?> variable)
{
    private static readonly string[] LanguageVariables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    private IAnsiConsole? _screen;
    private IAnsiConsole? _errorScreen;

    public TextWriter Out => output;

    public TextWriter Error => error;

    public Text Text => text;

    /// <summary>True when the standard output is a terminal.</summary>
    public bool OutIsTerminal => outIsTerminal;

    /// <summary>True when the standard error is a terminal.</summary>
    public bool ErrorIsTerminal => errorIsTerminal;

    /// <summary>Standard output for drawn things.</summary>
    public IAnsiConsole Screen => _screen ??= Create(output, outIsTerminal);

    /// <summary>Standard error for drawn things such as progress bars.</summary>
    public IAnsiConsole ErrorScreen => _errorScreen ??= Create(error, errorIsTerminal);

    /// <summary>The terminal of this process. The language is that of <c>--lang</c>, else of LC_ALL, LC_MESSAGES or LANG.</summary>
    public static Terminal OfProcess(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var texts = Texts.For(LanguageOption(args) ?? LanguageVariables.Select(Variable).FirstOrDefault(v => !string.IsNullOrEmpty(v)));
        return new(Console.Out, Console.Error, texts, !Console.IsOutputRedirected, !Console.IsErrorRedirected, Variable);

        static string? Variable(string name) => Environment.GetEnvironmentVariable(name);
    }

    /// <summary>An environment variable, or null.</summary>
    public string? Variable(string name) => variable(name);

    /// <summary>The variable that names the PostgreSQL database of the control data.</summary>
    public const string ControlVariable = "YUNNAO_POSTGRESQL";

    /// <summary>Its connection string; null where the control data are in the data folder.</summary>
    public string? ControlDatabase => Variable(ControlVariable) is { Length: > 0 } text ? text : null;

    public void Print(string line = "") => output.WriteLine(line);

    public void Print(Listing listing)
    {
        if (outIsTerminal) Draw(listing);
        else
        {
            output.WriteLine(string.Join('\t', listing.Headers));
            foreach (var row in listing.Rows) output.WriteLine(string.Join('\t', row.Select(OneLine)));
        }
    }

    /// <summary>Reports a problem on standard error.</summary>
    /// <returns>The exit code of its kind.</returns>
    public int Fail(Problem problem)
    {
        error.WriteLine(problem.In(text));
        if (text.Find($"problem.{problem.Code}") is { } advice) error.WriteLine(advice);
        return ExitCodes.Of(problem.Kind);
    }

    /// <summary>The value of <c>--lang</c>, read before the command line is parsed because the commands' own texts depend on it.</summary>
    private static string? LanguageOption(string[] args)
    {
        for (var i = 0; i < args.Length && args[i] != "--"; i++)
        {
            if (args[i] == "--lang" && i + 1 < args.Length) return args[i + 1];
            if (args[i].StartsWith("--lang=", StringComparison.Ordinal)) return args[i]["--lang=".Length..];
        }

        return null;
    }

    private void Draw(Listing listing)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var header in listing.Headers) table.AddColumn(new TableColumn(new Markup($"[bold]{Markup.Escape(header)}[/]")));
        foreach (var row in listing.Rows) table.AddRow(row.Select(c => new Spectre.Console.Text(c)).ToArray<Spectre.Console.Rendering.IRenderable>());
        Screen.Write(table);
    }

    private static string OneLine(string cell) => cell.Replace('\t', ' ').ReplaceLineEndings(" ");

    private static IAnsiConsole Create(TextWriter writer, bool terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
        Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
    });
}
