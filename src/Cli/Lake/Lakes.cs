using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Cli.Lake;

/// <summary>The lake of the data folder and the registry it is read with.</summary>
internal sealed class Lakes : IDisposable
{
    private Lakes(Registry registry, DuckDbLake lake) => (Registry, Lake) = (registry, lake);

    public Registry Registry { get; }

    public DuckDbLake Lake { get; }

    /// <summary>Opens the lake; for reading only unless <paramref name="write"/>.</summary>
    public static Result<Lakes> Open(ParseResult parsed, Terminal terminal, bool write = false) => Open(parsed, terminal, DataFolder.Of(parsed, terminal), write);

    /// <summary>Opens the lake of a folder.</summary>
    public static Result<Lakes> Open(ParseResult parsed, Terminal terminal, string folder, bool write = false)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return problem;
        var shapes = registry.DataSets.Values.Select(d => new TableShape(d)).ToList();
        if (!DuckDbLake.Open(new() { Folder = folder, ReadOnly = !write }, shapes).Try(out var lake, out problem)) return problem;
        return new Lakes(registry, lake);
    }

    /// <summary>The Scope of the local administrator over everything.</summary>
    public Scope Scope(string purpose) => LocalAdministrator.ScopeOver(Registry.DataSets.Values, purpose);

    /// <summary>All rows of a SQL text as a listing, at most <paramref name="limit"/> of them.</summary>
    public async Task<Result<Listing>> ListAsync(string sql, string purpose, int limit, CancellationToken cancellation)
    {
        if (!(await Lake.RunSqlAsync(Scope(purpose), sql, cancellation).ConfigureAwait(false)).Try(out var stream, out var problem)) return problem;
        await using (stream.ConfigureAwait(false))
        {
            var listing = new Listing([.. stream.Schema.FieldsList.Select(f => f.Name)]);
            await foreach (var batch in stream.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                    for (var row = 0; row < batch.Length && listing.Rows.Count < limit; row++)
                        listing.Add([.. Enumerable.Range(0, batch.ColumnCount).Select(c => ArrowText.Of(batch.Column(c), row))]);
                if (listing.Rows.Count >= limit) break;
            }

            return listing;
        }
    }

    public void Dispose() => Lake.Dispose();
}
