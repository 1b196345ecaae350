using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Yunnao.Kernel;
using Yunnao.Trust.Control;

namespace Yunnao.Server.Accounts;

/// <summary>Makes the tables of <see cref="AccountsDb"/> once, in one transaction, and knows which layout is there.</summary>
internal static class AccountsSchema
{
    /// <summary>Raised with every change of the model; a change brings its own step from the layout before it.</summary>
    private const int Layout = 2;

    /// <summary>The statements that make the tables in SQLite. Working them out takes a good part of a first start, so it is done beside other work.</summary>
    public static string SqliteScript()
    {
        using var db = new AccountsDb(new DbContextOptionsBuilder<AccountsDb>().UseSqlite("Data Source=:memory:").Options);
        return db.Database.GenerateCreateScript();
    }

    /// <summary>Makes what is missing. Problem: <c>control.newer</c>.</summary>
    /// <param name="script">Gives the statements that make the tables where there are none.</param>
    public static async Task<Problem?> EnsureAsync(ControlDb control, Func<Task<string>> script, CancellationToken cancellation)
    {
        var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                // Whoever else starts at this moment waits here.
                if (control.Dialect.IsPostgreSql) await RunAsync("SELECT pg_advisory_xact_lock(7310868735424)").ConfigureAwait(false);
                await RunAsync("CREATE TABLE IF NOT EXISTS account_layout (layout INTEGER NOT NULL)").ConfigureAwait(false);
                var layout = await AskAsync("SELECT max(layout) FROM account_layout").ConfigureAwait(false) is { } kept and not DBNull ? Convert.ToInt32(kept, CultureInfo.InvariantCulture) : 0;
                if (layout > Layout) return new(ProblemKind.Unsupported, "control.newer", "The accounts were written by a newer program; start that one.");
                if (layout == Layout) return null;
                if (layout == 0) await RunAsync(await script().ConfigureAwait(false)).ConfigureAwait(false);
                else await RunAsync($"""ALTER TABLE account ADD COLUMN "PasswordChanged" {(control.Dialect.IsPostgreSql ? "timestamp with time zone" : "TEXT")} NULL""").ConfigureAwait(false);
                await RunAsync($"INSERT INTO account_layout VALUES ({Layout})").ConfigureAwait(false);
                await transaction.CommitAsync(cancellation).ConfigureAwait(false);
                return null;
            }

            async Task RunAsync(string sql)
            {
                var command = connection.CreateCommand();
                await using (command.ConfigureAwait(false))
                {
                    command.CommandText = sql;
                    command.Transaction = transaction;
                    await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
                }
            }

            async Task<object?> AskAsync(string sql)
            {
                var command = connection.CreateCommand();
                await using (command.ConfigureAwait(false))
                {
                    command.CommandText = sql;
                    command.Transaction = transaction;
                    return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false);
                }
            }
        }
    }
}
