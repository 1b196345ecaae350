using System.CommandLine;
using Yunnao.Cli.Remote;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Objects;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.RegistryChange;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Lake;

/// <summary>Registry, lake and objects of one data folder, for the commands that look at the lake or keep it in order; the vault stays closed.</summary>
internal sealed class LakeRoom : IDisposable
{
    private readonly DuckDbLake? _embedded;
    private readonly string _folder;
    private KeyRing? _keys;

    private LakeRoom(Registry registry, IReadOnlyList<TableShape> shapes, ILakeEngine lake, string folder, string command)
    {
        (Registry, Shapes, Lake, _folder, _embedded) = (registry, shapes, lake, folder, lake as DuckDbLake);
        Scope = LocalAdministrator.ScopeOver(registry.DataSets.Values, command);
    }

    public Registry Registry { get; }

    /// <summary>In the order of the data set ids.</summary>
    public IReadOnlyList<TableShape> Shapes { get; }

    /// <summary>The lake: the embedded one, or that of the server that owns the folder.</summary>
    public ILakeEngine Lake { get; }

    /// <summary>The embedded lake; only for commands that ask for it (<see cref="UseEmbeddedAsync"/>).</summary>
    public DuckDbLake Embedded => _embedded ?? throw new InvalidOperationException("The lake is a server's.");

    /// <summary>The landed files, which need the keys of the folder. Problems: <c>keys.*</c>.</summary>
    public Result<FileObjectStore> OpenObjects()
    {
        if (_keys is null && !KeyRing.Open(_folder).Try(out _keys, out var problem)) return problem;
        return FileObjectStore.Open(Path.Combine(_folder, "objects"), new ObjectCipher(_keys));
    }

    /// <summary>The Scope of whoever runs the program on the machine with the data.</summary>
    public Scope Scope { get; }

    /// <summary>
    /// Lets <paramref name="work"/> run on the lake, or on that of the server that owns the folder; reports the problem that stood in the way.
    /// </summary>
    /// <returns>The exit code.</returns>
    public static Task<int> UseAsync(ParseResult parsed, Terminal terminal, bool write, Func<LakeRoom, Task<int>> work) =>
        UseAsync(Open(parsed, terminal, write, DataFolder.Of(parsed, terminal)), terminal, work);

    /// <summary>As <see cref="UseAsync(ParseResult, Terminal, bool, Func{LakeRoom, Task{int}})"/>, for work that no server does for others.</summary>
    public static Task<int> UseEmbeddedAsync(ParseResult parsed, Terminal terminal, bool write, Func<LakeRoom, Task<int>> work) =>
        UseAsync(Open(parsed, terminal, write, DataFolder.Of(parsed, terminal), embedded: true), terminal, work);

    private static async Task<int> UseAsync(Result<LakeRoom> opened, Terminal terminal, Func<LakeRoom, Task<int>> work)
    {
        if (!opened.Try(out var room, out var problem)) return terminal.Fail(problem);
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

    public void Dispose()
    {
        Lake.Dispose();
        _keys?.Dispose();
    }

    /// <summary>Opens the lake of a folder.</summary>
    /// <param name="embedded">Not by a server, even if one runs.</param>
    public static Result<LakeRoom> Open(ParseResult parsed, Terminal terminal, bool write, string folder, bool embedded = false)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return problem;
        var shapes = registry.DataSets.Values.OrderBy(d => d.Id, StringComparer.Ordinal).Select(d => new TableShape(d)).ToList();
        var command = parsed.CommandResult.Command.Name;
        if (!embedded && ServerConnection.To(folder) is { } server) return new LakeRoom(registry, shapes, new ServerLake(server), folder, command);
        var stamp = RegistryGuard.Stamp(registry, RegistryFolder.Of(parsed, terminal));
        if (!DuckDbLake.Open(new() { Folder = folder, ReadOnly = !write, Registry = stamp }, shapes).Try(out var lake, out problem)) return problem;
        return new LakeRoom(registry, shapes, lake, folder, command);
    }
}
