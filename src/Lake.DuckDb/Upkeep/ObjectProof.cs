using System.Security.Cryptography;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Objects;

namespace Yunnao.Lake.DuckDb.Upkeep;

/// <summary>Proves that every landed file of the ledger is in the object store with the bytes it came with, and names what nobody refers to.</summary>
internal static class ObjectProof
{
    public static IReadOnlyDictionary<string, int> Landed(DuckDBConnection connection) => connection.Rows(
        r => (r.GetString(0), r.GetInt32(1)), "SELECT object_id, min(number) FROM ops.batch WHERE object_id IS NOT NULL GROUP BY 1").ToDictionary();

    public static async Task<List<Problem>> RunAsync(IReadOnlyDictionary<string, int> landed, IObjectStore objects, CancellationToken cancellation)
    {
        var problems = new List<Problem>();
        var missing = landed.ToDictionary();
        await foreach (var item in objects.ListAsync(cancellation).ConfigureAwait(false))
        {
            if (!missing.Remove(item.Id))
            {
                problems.Add(new(ProblemKind.NotFound, "verify.orphan", $"Object {item.Id} belongs to no batch."));
            }
            else if (await HashAsync(item.Id, objects, cancellation).ConfigureAwait(false) != item.Id)
            {
                problems.Add(new(ProblemKind.Fault, "verify.damaged", $"Object {item.Id} of batch {landed[item.Id]} does not have the bytes it came with."));
            }
        }

        problems.AddRange(missing.OrderBy(m => m.Value).Select(m =>
            new Problem(ProblemKind.Fault, "verify.missing", $"Object {m.Key} of batch {m.Value} is not in the object store.")));
        return problems;
    }

    private static async Task<string?> HashAsync(string id, IObjectStore objects, CancellationToken cancellation)
    {
        if (!(await objects.OpenAsync(id, cancellation).ConfigureAwait(false)).Try(out var stream, out _)) return null;
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
            }
            catch (InvalidDataException)
            {
                // Encrypted content that is not what was written.
                return null;
            }
        }
    }
}
