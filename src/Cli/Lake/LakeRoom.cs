using System.CommandLine;
using Yunnao.Cli.Remote;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Objects;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Identity;
using Yunnao.Services.RegistryChange;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Trust;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Lake;

/// <summary>Registry, lake and objects of one data folder, for the commands that look at the lake or keep it in order; the vault stays closed.</summary>
internal sealed class LakeRoom : IAsyncDisposable
{
    private readonly DuckDbLake? _embedded;
    private readonly string _folder;
    private readonly string? _control;
    private SubjectRedactor? _redactor;
    private KeyRing? _keys;
    private TrustRoom? _trust;

    private LakeRoom(Registry registry, IReadOnlyList<TableShape> shapes, ILakeEngine lake, string folder, string? control, string command)
    {
        (Registry, Shapes, Lake, _folder, _control, _embedded) = (registry, shapes, lake, folder, control, lake as DuckDbLake);
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
        if (!OpenKeys().Try(out var keys, out var problem)) return problem;
        return FileObjectStore.Open(Path.Combine(_folder, "objects"), new ObjectCipher(keys));
    }

    private Result<KeyRing> OpenKeys() => _keys is not null || KeyRing.Open(_folder).Try(out _keys, out var problem) ? _keys : problem;

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
        await using (room.ConfigureAwait(false))
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

    /// <summary>
    /// The answer to a SELECT, with the read in the audit before its first row; a server audits for itself. Problems: <c>sql.*</c>, <c>scope.*</c>,
    /// <c>control.*</c>, <c>keys.*</c>.
    /// </summary>
    public async Task<Result<RowStream>> AskAsync(string sql, CancellationToken cancellation)
    {
        if (_embedded is null) return await Lake.RunSqlAsync(Scope, sql, cancellation).ConfigureAwait(false);
        if (!(await TrustAsync(cancellation).ConfigureAwait(false)).Try(out var trust, out var problem)) return problem;
        return await trust.Lake!.RunSqlAsync(Scope, sql, cancellation).ConfigureAwait(false);
    }

    /// <summary>The answer to a query tree, in the audit as that of <see cref="AskAsync(string, CancellationToken)"/>. Problems: <c>query.*</c>, <c>scope.*</c>, <c>control.*</c>, <c>keys.*</c>.</summary>
    public async Task<Result<RowStream>> AskAsync(Query query, CancellationToken cancellation)
    {
        if (_embedded is null) return await Lake.RunAsync(Scope, query, cancellation).ConfigureAwait(false);
        if (!(await TrustAsync(cancellation).ConfigureAwait(false)).Try(out var trust, out var problem)) return problem;
        return await trust.Lake!.RunAsync(Scope, query, cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts into the audit that something is about to be shown; what cannot be written there must not be shown. A server audits for itself.</summary>
    public async Task<Problem?> NoteAsync(string what, ulong? subject, CancellationToken cancellation)
    {
        if (_embedded is null) return null;
        if (!(await TrustAsync(cancellation).ConfigureAwait(false)).Try(out var trust, out var problem)) return problem;
        await trust.Audit.AppendAsync(new(AuditKind.Read, Scope.Who) { Purpose = Scope.Purpose, What = what, Subject = subject }, cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>The rights and the audit of an embedded lake, opened when first asked for; they end with the room. Problems: <c>control.*</c>, <c>keys.*</c>.</summary>
    public async Task<Result<TrustRoom>> TrustAsync(CancellationToken cancellation)
    {
        if (_trust is not null) return _trust;
        var options = new TrustOptions { Folder = _folder, PostgreSql = _control, SealMinutes = 0 };
        return (await TrustRoom.OpenAsync(options, Registry, _embedded, cancellation: cancellation).ConfigureAwait(false)).Try(out _trust, out var problem) ? _trust : problem;
    }

    /// <summary>All rows of a SELECT, at most <paramref name="most"/> of them.</summary>
    public async Task<Result<Listing>> ListAsync(string sql, int most, CancellationToken cancellation)
    {
        if (!(await AskAsync(sql, cancellation).ConfigureAwait(false)).Try(out var answer, out var problem)) return problem;
        await using (answer.ConfigureAwait(false))
        {
            return (await AnswerPrinter.ListAsync(answer, most, cancellation).ConfigureAwait(false)).Listing;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_trust is not null) await _trust.DisposeAsync().ConfigureAwait(false);
        Lake.Dispose();
        _redactor?.Dispose();
        _keys?.Dispose();
    }

    /// <summary>Opens the lake of a folder.</summary>
    /// <param name="embedded">Not by a server, even if one runs.</param>
    public static Result<LakeRoom> Open(ParseResult parsed, Terminal terminal, bool write, string folder, bool embedded = false)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return problem;
        var shapes = registry.DataSets.Values.OrderBy(d => d.Id, StringComparer.Ordinal).Select(d => new TableShape(d)).ToList();
        var command = parsed.CommandResult.Command.Name;
        if (!embedded && ServerConnection.To(folder, terminal) is { } server) return new LakeRoom(registry, shapes, new ServerLake(server), folder, null, command);
        var stamp = RegistryGuard.Stamp(registry, RegistryFolder.Of(parsed, terminal));
        LakeRoom? room = null;
        var redactor = new SubjectRedactor(RegistryFolder.Of(parsed, terminal), () => room!.OpenKeys().Try(out var keys, out var missing) ? Vault.Open(folder, keys) : missing);
        if (!DuckDbLake.Open(new() { Folder = folder, ReadOnly = !write, Registry = stamp, Redactor = redactor }, shapes).Try(out var lake, out problem)) return problem;
        return room = new(registry, shapes, lake, folder, terminal.ControlDatabase, command) { _redactor = redactor };
    }
}
