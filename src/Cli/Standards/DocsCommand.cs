using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Standards.Dictionary;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards docs</c>: the registry as a static site, with how far the lake fills each item when asked.</summary>
internal static class DocsCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var folder = new Option<string>("--out") { Description = text["standards.docs.out"], HelpName = "DIR", Required = true };
        var lake = new Option<bool>("--lake") { Description = text["standards.docs.lake"] };
        var command = new Command("docs", text["standards.docs"]) { folder, lake };
        command.SetAction(async (parsed, cancellation) =>
        {
            var target = parsed.GetRequiredValue(folder);
            if (parsed.GetValue(lake))
            {
                return await LakeRoom.UseAsync(parsed, terminal, write: false, async room =>
                {
                    if (!(await CoverageAsync(room, cancellation).ConfigureAwait(false)).Try(out var coverage, out var failed)) return terminal.Fail(failed);
                    return Write(room.Registry, target, coverage, terminal);
                }).ConfigureAwait(false);
            }

            return RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem) ? Write(registry, target, null, terminal) : terminal.Fail(problem);
        });
        return command;
    }

    private static int Write(Registry registry, string folder, IReadOnlyDictionary<string, SetCoverage>? coverage, Terminal terminal)
    {
        try
        {
            var files = DictionarySite.Write(registry, folder, coverage);
            terminal.Print(terminal.Text.Format("standards.docs.done", files, Path.Combine(folder, "index.html")));
            return ExitCodes.Ok;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return terminal.Fail(new(ProblemKind.Unavailable, "export.file", failure.Message, new Place(folder)));
        }
    }

    /// <summary>One scan a data set: its rows, and how many have a value for each item.</summary>
    private static async Task<Result<Dictionary<string, SetCoverage>>> CoverageAsync(LakeRoom room, CancellationToken cancellation)
    {
        var coverage = new Dictionary<string, SetCoverage>(StringComparer.Ordinal);
        foreach (var shape in room.Shapes)
        {
            var items = shape.DataSet.Items.Where(i => !i.InVault).Select(i => i.Name).ToArray();
            var counts = string.Concat(items.Select(i => $", count({i})"));
            if (!(await room.ListAsync($"SELECT count(*){counts} FROM {shape.DataSet.Id}", 1, cancellation).ConfigureAwait(false)).Try(out var answer, out var problem)) return problem;
            var row = answer.Rows[0].Select(c => long.Parse(c, CultureInfo.InvariantCulture)).ToArray();
            coverage.Add(shape.DataSet.Id, new(row[0], items.Zip(row.Skip(1)).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal)));
        }

        return coverage;
    }
}
