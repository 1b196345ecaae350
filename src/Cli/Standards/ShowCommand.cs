using System.CommandLine;
using Yunnao.Standards.Loading;
using Yunnao.Standards.Search;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards show</c>: one entry of the registry with everything about it.</summary>
internal static class ShowCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = terminal.Text["standards.show.id"] };
        var command = new Command("show", terminal.Text["standards.show"]) { id };
        command.SetAction(parsed => Run(RegistryFolder.Of(parsed, terminal), parsed.GetRequiredValue(id), terminal));
        return command;
    }

    private static int Run(string folder, string id, Terminal terminal)
    {
        var load = RegistryLoader.Load(folder);
        if (load.Registry is not { } registry) return terminal.Fail(load.Whole.Problem!);
        if (!RegistryLookup.Find(registry, id).Try(out var entry, out var problem)) return terminal.Fail(problem);
        new EntryPage(registry, terminal).Write(entry);
        return ExitCodes.Ok;
    }
}
