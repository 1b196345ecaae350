using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Standards.Loading;
using Yunnao.Standards.Search;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards find</c>: full-text search over the registry.</summary>
internal static class FindCommand
{
    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("words") { Description = terminal.Text["standards.find.words"], Arity = ArgumentArity.OneOrMore };
        var most = new Option<int>("--most") { Description = terminal.Text["standards.find.most"], HelpName = "N", DefaultValueFactory = _ => 30 };
        var command = new Command("find", terminal.Text["standards.find"]) { words, most };
        command.SetAction(parsed =>
        {
            var text = string.Join(' ', parsed.GetRequiredValue(words));
            return Run(RegistryFolder.Of(parsed, terminal), text, parsed.GetValue(most), terminal);
        });
        return command;
    }

    private static int Run(string folder, string words, int most, Terminal terminal)
    {
        // A registry with mistakes can still be searched: that is how one finds what was meant.
        var load = RegistryLoader.Load(folder);
        if (load.Registry is not { } registry) return terminal.Fail(load.Whole.Problem!);
        var text = terminal.Text;
        var listing = new Listing(text["kind"], text["id"], text["name"], text["place"]);
        foreach (var hit in RegistrySearch.Find(registry, words, most))
        {
            listing.Add(text[$"kind.{hit.Kind}"], hit.Id, hit.Name.In(text.Language), $"{hit.At.File}:{hit.At.Line}");
        }

        if (listing.Rows.Count == 0)
        {
            return terminal.Fail(new(ProblemKind.NotFound, "standards.nothing-found", text.Format("standards.find.nothing", words)));
        }

        terminal.Print(listing);
        return ExitCodes.Ok;
    }
}
