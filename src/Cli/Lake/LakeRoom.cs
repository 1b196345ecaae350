using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Objects;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.RegistryChange;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Lake;

/// <summary>Registry, lake and objects of one data folder, for the commands that look at the lake or keep it in order; the vault stays closed.</summary>
internal sealed class LakeRoom : IDisposable
{
    private LakeRoom(Registry registry, IReadOnlyList<TableShape> shapes, DuckDbLake lake, FileObjectStore objects, string command)
    {
        (Registry, Shapes, Lake, Objects) = (registry, shapes, lake, objects);
        Scope = LocalAdministrator.ScopeOver(registry.DataSets.Values, command);
    }

    public Registry Registry { get; }

    /// <summary>In the order of the data set ids.</summary>
    public IReadOnlyList<TableShape> Shapes { get; }

    public DuckDbLake Lake { get; }

    public FileObjectStore Objects { get; }

    /// <summary>The Scope of whoever runs the program on the machine with the data.</summary>
    public Scope Scope { get; }

    /// <summary>Opens the lake, lets <paramref name="work"/> run on it and closes it; reports the problem that stood in the way.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> UseAsync(ParseResult parsed, Terminal terminal, bool write, Func<LakeRoom, Task<int>> work)
    {
        if (!Open(parsed, terminal, write, DataFolder.Of(parsed, terminal)).Try(out var room, out var problem)) return terminal.Fail(problem);
        using (room)
        {
            try
            {
                return await work(room).ConfigureAwait(false);
            }
            catch (QueryFailedException e)
            {
                return terminal.Fail(e.Problem);
            }
        }
    }

    /// <summary>All rows of a SELECT, at most <paramref name="most"/> of them.</summary>
    public async Task<Result<Listing>> ListAsync(string sql, int most, CancellationToken cancellation)
    {
        if (!(await Lake.RunSqlAsync(Scope, sql, cancellation).ConfigureAwait(false)).Try(out var answer, out var problem)) return problem;
        await using (answer.ConfigureAwait(false))
        {
            return (await AnswerPrinter.ListAsync(answer, most, cancellation).ConfigureAwait(false)).Listing;
        }
    }

    public void Dispose() => Lake.Dispose();

    /// <summary>Opens the lake of a folder.</summary>
    public static Result<LakeRoom> Open(ParseResult parsed, Terminal terminal, bool write, string folder)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return problem;
        var shapes = registry.DataSets.Values.OrderBy(d => d.Id, StringComparer.Ordinal).Select(d => new TableShape(d)).ToList();
        var stamp = RegistryGuard.Stamp(registry, RegistryFolder.Of(parsed, terminal));
        if (!DuckDbLake.Open(new() { Folder = folder, ReadOnly = !write, Registry = stamp }, shapes).Try(out var lake, out problem)) return problem;
        return new LakeRoom(registry, shapes, lake, FileObjectStore.Open(Path.Combine(folder, "objects")), parsed.CommandResult.Command.Name);
    }
}
