using System.CommandLine;

namespace Yunnao.Cli.Bench;

/// <summary>The options that several benchmarks have in common.</summary>
internal sealed class BenchOptions(Terminal terminal)
{
    public Option<string> Dir { get; } = new("--dir") { Description = terminal.Text["bench.dir"], HelpName = "DIR" };

    public Option<bool> Keep { get; } = new("--keep") { Description = terminal.Text["bench.keep"] };

    public Option<int> Memory { get; } = new("--memory") { Description = terminal.Text["bench.memory"], HelpName = "MB" };

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public static Option<long> Number(string name, long usual, string description, long least = 1)
    {
        var option = new Option<long>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => usual };
        option.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<long>() < least) r.AddError($"{name} >= {least}");
        });
        return option;
    }

    public BenchFolder Folder(string bench, ParseResult parsed) => new(bench, parsed.GetValue(Dir), parsed.GetValue(Keep));
}
