using Yunnao.Kernel;
using Yunnao.Services.Pull;
using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Exports.Targets;

/// <summary>Opens a target.</summary>
internal static class TargetConnections
{
    /// <summary>Problems: <c>target.connect</c>, <c>target.login</c>, <c>target.connection</c>, <c>feed.secret</c>, <c>keys.*</c>.</summary>
    public static async Task<Result<TargetDatabase>> OpenAsync(TargetBook book, Target target, CancellationToken cancellation)
    {
        if (!book.SecretOf(target).Try(out var secret, out var problem)) return problem;
        TargetDatabase? database = null;
        try
        {
            switch (target.Kind)
            {
                case TargetKind.Postgres:
                    var postgres = DatabaseFeed.Postgres(target.Connection, secret);
                    database = new PostgresTarget(postgres, target.Schema);
                    await postgres.OpenAsync(cancellation).ConfigureAwait(false);
                    break;
                case TargetKind.MySql:
                    var mySql = DatabaseFeed.MySql(target.Connection, secret, loads: true);
                    database = new MySqlTarget(mySql);
                    await mySql.OpenAsync(cancellation).ConfigureAwait(false);
                    break;
                case TargetKind.Yunnao:
                    if (!YunnaoTarget.Of(target, secret).Try(out var platform, out problem)) return problem;
                    database = platform;
                    if (await platform.SignInAsync(cancellation).ConfigureAwait(false) is { } refused) return refused;
                    break;
                default:
                    database = new ClickHouseTarget(target.Connection, secret);
                    break;
            }

            return database;
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException)
        {
            return TargetProblems.Connection;
        }
        catch (Exception e) when (database?.Explain(e) is { } explained)
        {
            await database.DisposeAsync().ConfigureAwait(false);
            return explained;
        }
    }
}
