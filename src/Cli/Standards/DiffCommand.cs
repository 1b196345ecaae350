using System.CommandLine;
using Yunnao.Services.RegistryChange;
using Yunnao.Standards.Loading;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards diff</c>: what is different between two registries, and whether their versions say so.</summary>
internal static class DiffCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var old = new Argument<string>("old") { Description = text["standards.diff.old"] };
        var now = new Argument<string>("new") { Description = text["standards.diff.new"] };
        var most = MostOption(terminal);
        var command = new Command("diff", text["standards.diff"]) { old, now, most };
        command.SetAction(parsed =>
        {
            if (!RegistryLoader.Load(parsed.GetRequiredValue(old)).Whole.Try(out var before, out var problem)) return terminal.Fail(problem);
            if (!RegistryLoader.Load(parsed.GetRequiredValue(now)).Whole.Try(out var after, out problem)) return terminal.Fail(problem);
            return ChangeListing.Print(RegistryPlan.Of(before, after, null), terminal, parsed.GetValue(most));
        });
        return command;
    }

    /// <summary>How many changes to list.</summary>
    public static Option<int> MostOption(Terminal terminal) =>
        new("--most") { Description = terminal.Text["standards.diff.most"], HelpName = "N", DefaultValueFactory = _ => 200 };
}
