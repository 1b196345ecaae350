using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Spectre.Console;

namespace Yunnao.Cli;

/// <summary>
/// <c>--help</c> in the language of the user: what the command does, how it is called, its arguments and options, and examples
/// (the text <c>examples.&lt;command path&gt;</c>).
/// </summary>
internal sealed class HelpPage(Terminal terminal) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command);
        return ExitCodes.Ok;
    }

    /// <summary>Writes the page of a command.</summary>
    public void Write(Command command)
    {
        var text = terminal.Text;
        terminal.Print(command.Description ?? "");
        Title(text["help.usage"]);
        terminal.Print("  " + Usage(command));
        Section(text["help.arguments"], command.Arguments.Where(a => !a.Hidden).Select(a => (Shown(a), a.Description)));
        Section(text["help.commands"], command.Subcommands.Where(c => !c.Hidden).Select(c => ($"{c.Name} {Arguments(c)}".TrimEnd(), c.Description)));
        Section(text["help.options"], command.Options.Where(o => !o.Hidden && !IsGlobal(o)).Select(o => (Shown(o), o.Description)));
        Section(text["help.global-options"], Path(command)[0].Options.Where(IsGlobal).Select(o => (Shown(o), o.Description)));
        if (text.Find("examples" + string.Concat(Path(command).Skip(1).Select(c => $".{c.Name}"))) is not { } examples) return;
        Title(text["help.examples"]);
        foreach (var line in examples.Trim().Split('\n')) terminal.Print("  " + line.Trim());
    }

    private void Section(string title, IEnumerable<(string Left, string? Right)> rows)
    {
        var list = rows.ToArray();
        if (list.Length == 0) return;
        Title(title);
        var width = list.Max(r => r.Left.GetCellWidth());
        foreach (var (left, right) in list) terminal.Print($"  {left}{new string(' ', width - left.GetCellWidth())}  {right}".TrimEnd());
    }

    private void Title(string title)
    {
        terminal.Print();
        terminal.Print(title);
    }

    private static string Usage(Command command)
    {
        var words = string.Join(' ', Path(command).Select(c => c is RootCommand ? "yunnao" : c.Name));
        var rest = command.Subcommands.Count > 0 ? "<command>" : Arguments(command);
        return $"{words} {rest} [options]".Replace("  ", " ", StringComparison.Ordinal);
    }

    private static string Arguments(Command command) => string.Join(' ', command.Arguments.Where(a => !a.Hidden).Select(Shown));

    private static string Shown(Argument argument)
    {
        var name = argument.Arity.MaximumNumberOfValues > 1 ? $"<{argument.Name}>…" : $"<{argument.Name}>";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    private static string Shown(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(a => a.StartsWith('-') && a != "-?").Append(option.Name).Distinct());
        return option.HelpName is { } value ? $"{names} {value}" : names;
    }

    private static bool IsGlobal(Option option) => option.Recursive || option is HelpOption or VersionOption;

    private static List<Command> Path(Command command)
    {
        var path = new List<Command> { command };
        while (path[0].Parents.OfType<Command>().FirstOrDefault() is { } parent) path.Insert(0, parent);
        return path;
    }
}
