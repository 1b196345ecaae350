using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Yunnao.Kernel;

namespace Yunnao.Trust.Control;

/// <summary>The numbered files of <c>Control/Migrations</c>, applied once each, in order, each in one transaction.</summary>
internal static class Migrations
{
    private sealed record Step(long Number, string Name, string Sql)
    {
        public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
    }

    public static async Task<Problem?> ApplyAsync(ControlDb control, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);

        // Whoever else opens the database at this moment waits here.
        if (control.Dialect.IsPostgreSql) await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(7310868735423)", cancellation).ConfigureAwait(false);
        var create = control.Dialect.Translate("CREATE TABLE IF NOT EXISTS control_migration (number {int64} NOT NULL PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL)");
        await connection.ExecuteAsync(create, cancellation).ConfigureAwait(false);
        var applied = (await connection.RowsAsync(
            r => (Number: r.GetInt64(0), Hash: r.GetString(1)), "SELECT number, hash FROM control_migration", cancellation).ConfigureAwait(false)).ToDictionary(r => r.Number, r => r.Hash);
        var steps = Read();
        if (applied.Keys.FirstOrDefault(n => n > steps[^1].Number) is > 0 and var newer)
        {
            return new(ProblemKind.Unsupported, "control.newer", $"The control database was written by a newer program (migration {newer}); start that one.");
        }

        foreach (var step in steps)
        {
            if (!applied.TryGetValue(step.Number, out var hash)) await RunAsync(connection, control.Dialect, step, cancellation).ConfigureAwait(false);
            else if (hash != step.Hash)
            {
                return new(ProblemKind.Conflict, "control.changed", $"Migration {step.Number} of the control database is not the one that this program knows.");
            }
        }

        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return null;
    }

    private static async Task RunAsync(DbConnection connection, ControlDialect dialect, Step step, CancellationToken cancellation)
    {
        await connection.ExecuteAsync(dialect.Translate(step.Sql), cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "INSERT INTO control_migration (number, name, hash) VALUES (@number, @name, @hash)", cancellation,
            ("number", step.Number), ("name", step.Name), ("hash", step.Hash)).ConfigureAwait(false);
    }

    private static List<Step> Read()
    {
        var assembly = typeof(Migrations).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames().Where(n => n.StartsWith("migrations/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
                var name = Path.GetFileNameWithoutExtension(n["migrations/".Length..]);
                return new Step(long.Parse(name[..4], CultureInfo.InvariantCulture), name, reader.ReadToEnd());
            }),
        ];
    }
}
