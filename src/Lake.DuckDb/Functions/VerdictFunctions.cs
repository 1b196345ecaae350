using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// SQL functions for many conditions at once: beside <see cref="BitsFunction"/> two, with which a scan judges each value of a column once and not each row:
/// <c>verdict_of(memo BIGINT, value ANY) → UBIGINT</c>, what was noted of the value, NULL when nothing was;
/// <c>verdict_noted(memo BIGINT, value ANY, verdict UBIGINT) → UBIGINT</c>, the verdict, and notes it. What a verdict means is the affair of the
/// statement: <c>coalesce(verdict_of(1, v), verdict_noted(1, v, …))</c> is <c>…</c> for every <c>…</c> that follows from <c>v</c> alone.
/// </summary>
internal static unsafe class VerdictFunctions
{
    private static readonly ScalarFunction VerdictOfFunction = new("verdict_of", [DuckDBType.BigInt, DuckDBType.Any], DuckDBType.UnsignedBigInt, Volatile: true);
    private static readonly ScalarFunction VerdictNotedFunction =
        new("verdict_noted", [DuckDBType.BigInt, DuckDBType.Any, DuckDBType.UnsignedBigInt], DuckDBType.UnsignedBigInt, Volatile: true);

    /// <summary>Registers the functions in the database of the connection. Once per database.</summary>
    public static void Register(DuckDBConnection connection, NumberedParts<VerdictMemo> memos)
    {
        BitsFunction.Register(connection);
        VerdictOfFunction.Register(connection, &VerdictOf, memos);
        VerdictNotedFunction.Register(connection, &VerdictNoted, memos);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)]), MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void VerdictOf(nint info, nint chunk, nint output)
    {
        try
        {
            var rows = (int)Native.ChunkSize(chunk);
            if (rows == 0) return;
            var memo = Memo(info, chunk);
            var values = new ValueVector(Native.ChunkVector(chunk, 1));
            var verdicts = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(output);
            NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(output);
            var known = NativeMethods.Vectors.DuckDBVectorGetValidity(output);
            if (memo.Steps is { } steps)
            {
                if (values.IsDouble) steps.Find((double*)values.Data, values.Mask, rows, verdicts, known);
                else steps.Find((int*)values.Data, values.Mask, rows, verdicts, known);
                return;
            }

            var asks = memo.Pays && values.HasKeys;
            var entries = memo.Known;
            var found = 0;
            for (var row = 0; row < rows; row++)
            {
                if (asks && values.TryGet(row, out var key) && entries.TryFind(key, out verdicts[row])) found++;
                else known[row >> 6] &= ~(1UL << (row & 63));
            }

            if (asks) memo.Note(rows, found);
        }
        catch (Exception e)
        {
            ScalarFunction.Fail(info, "verdict_of", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)]), MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void VerdictNoted(nint info, nint chunk, nint output)
    {
        try
        {
            var rows = (int)Native.ChunkSize(chunk);
            if (rows == 0) return;
            var memo = Memo(info, chunk);
            var values = new ValueVector(Native.ChunkVector(chunk, 1));
            var verdicts = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(Native.ChunkVector(chunk, 2));
            var same = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(output);
            if (memo.Steps is { } steps)
            {
                new ReadOnlySpan<ulong>(verdicts, rows).CopyTo(new(same, rows));
                if (values.IsDouble) steps.Note((double*)values.Data, values.Mask, rows, verdicts);
                else steps.Note((int*)values.Data, values.Mask, rows, verdicts);
                return;
            }

            var notes = memo.Pays && values.HasKeys;
            for (var row = 0; row < rows; row++)
            {
                same[row] = verdicts[row];
                if (notes && values.TryGet(row, out var key)) memo.Add(key, verdicts[row]);
            }
        }
        catch (Exception e)
        {
            ScalarFunction.Fail(info, "verdict_noted", e);
        }
    }

    private static VerdictMemo Memo(nint info, nint chunk)
    {
        var memos = ScalarFunction.Shared<NumberedParts<VerdictMemo>>(info)!;
        return memos.Find(*(long*)NativeMethods.Vectors.DuckDBVectorGetData(Native.ChunkVector(chunk, 0)));
    }
}
