using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Migration;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Migration;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb;

/// <summary>The step from one registry to the next, and judging stored rows again.</summary>
public sealed partial class DuckDbLake
{
    /// <summary>The registry that the tables follow, or null when the lake has not been opened with one.</summary>
    public AppliedRegistry? AppliedRegistry() => Read(c => new RegistryMemory(c).Newest());

    /// <summary>The columns of which values would be lost by a step to <paramref name="shapes"/>.</summary>
    public IReadOnlyList<ColumnLoss> Losses(IReadOnlyList<TableShape> shapes, IReadOnlyList<ColumnRename> renames) =>
        Read(c => new Migration.Migration(c, shapes).Losses(renames));

    /// <summary>Rows of a data set, superseded versions included; 0 when it has no table.</summary>
    public long RowsOf(TableShape shape) => Read(c => new Migration.Migration(c, [shape]).Rows(shape));

    /// <summary>
    /// Takes all tables to a new registry and remembers it, in one transaction. Problems: <c>lake.would-lose</c>, <c>lake.narrowed</c>,
    /// <c>batch.open</c>, <c>lake.read-only</c>; with any of them nothing has changed.
    /// </summary>
    public Problem? Migrate(IReadOnlyList<TableShape> shapes, IReadOnlyList<ColumnRename> renames, RegistryStamp stamp)
    {
        if (StartWriting() is { } refused) return refused;
        try
        {
            var tables = new LakeTables(shapes);
            var problem = Read(connection =>
            {
                using var transaction = connection.BeginTransaction();
                if (new Migration.Migration(connection, shapes).Run(renames) is { } failed) return failed;
                new RegistryMemory(connection).Write(stamp, tables, Time.GetUtcNow());
                transaction.Commit();
                return null;
            });
            if (problem is not null) return problem;
            Tables = tables;
            ReadCatalog();
            return null;
        }
        finally
        {
            StopWriting();
        }
    }

    /// <summary>
    /// Judges the stored rows of a data set by the registry in use, in one transaction. Problems: <c>batch.open</c>, <c>lake.read-only</c>.
    /// </summary>
    /// <param name="dryRun">Computes everything and changes nothing.</param>
    public Result<RejudgeReport> Rejudge(TableShape shape, Registry registry, bool dryRun, CancellationToken cancellation = default)
    {
        if (StartWriting() is { } refused) return refused;
        try
        {
            // A connection of its own: the types of the value sets live as long as it.
            if (!_pool.Rent().Try(out var connection, out var problem)) return problem;
            using (connection)
            {
                using var transaction = connection.BeginTransaction();
                var report = new Rejudgement(connection, shape, new CodeSets(registry), registry.Fingerprint).Run(Time.GetUtcNow(), cancellation);
                if (!dryRun) transaction.Commit();
                return report;
            }
        }
        finally
        {
            StopWriting();
        }
    }
}
