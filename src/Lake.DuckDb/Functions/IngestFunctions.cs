using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// The SQL functions that loading needs and DuckDB lacks, over its vectors in place: <see cref="BitsFunction"/>, and
/// <c>record_key(VARCHAR…) → UHUGEINT</c>, XXH3 128-bit over the parts (stable across versions of the engine), NULL when a part is NULL;
/// <c>subject_of(organisation VARCHAR, local VARCHAR) → UBIGINT</c>, the subject of a local patient number.
/// </summary>
public static unsafe class IngestFunctions
{
    private const byte Separator = 0x1F;
    private static readonly ScalarFunction RecordKeyFunction = new("record_key", [], DuckDBType.UnsignedHugeInt, Rest: DuckDBType.Varchar);
    private static readonly ScalarFunction SubjectOfFunction = new("subject_of", [DuckDBType.Varchar, DuckDBType.Varchar], DuckDBType.UnsignedBigInt);

    /// <summary>Registers them in the database of the connection. Once per database.</summary>
    public static void Register(DuckDBConnection connection, ISubjectResolver resolver)
    {
        BitsFunction.Register(connection);
        if (ScalarFunction.IsKnown(connection, RecordKeyFunction.Name)) return;
        RecordKeyFunction.Register(connection, &RecordKey);
        SubjectOfFunction.Register(connection, &SubjectOf, resolver);
    }

    /// <summary>The record key of these parts, as <c>record_key</c> computes it.</summary>
    public static UInt128 Key(params ReadOnlySpan<string> parts) =>
        XxHash128.HashToUInt128(System.Text.Encoding.UTF8.GetBytes(string.Join((char)Separator, parts!)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void RecordKey(IntPtr info, IntPtr chunk, IntPtr output)
    {
        try
        {
            var rows = (int)Native.ChunkSize(chunk);
            var columns = (int)Native.ChunkColumns(chunk);
            var keys = (UInt128*)NativeMethods.Vectors.DuckDBVectorGetData(output);
            Span<byte> buffer = stackalloc byte[1024];
            Span<TextVector> parts = stackalloc TextVector[columns];
            for (var column = 0; column < columns; column++) parts[column] = new(chunk, column);
            for (var row = 0; row < rows; row++)
            {
                var length = 0;
                var target = buffer;
                var isNull = false;
                for (var column = 0; column < columns; column++)
                {
                    if (!parts[column].TryGet(row, out var part))
                    {
                        isNull = true;
                        break;
                    }

                    if (length + part.Length + 1 > target.Length) target = Grow(target[..length], length + part.Length + 1);
                    if (column > 0) target[length++] = Separator;
                    part.CopyTo(target[length..]);
                    length += part.Length;
                }

                if (isNull) Validity.SetNull(output, row);
                else keys[row] = XxHash128.HashToUInt128(target[..length]);
            }
        }
        catch (Exception e)
        {
            ScalarFunction.Fail(info, "record_key", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SubjectOf(IntPtr info, IntPtr chunk, IntPtr output)
    {
        try
        {
            var resolver = ScalarFunction.Shared<ISubjectResolver>(info)!;
            var rows = (int)Native.ChunkSize(chunk);
            var subjects = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(output);
            var organisations = new TextVector(chunk, 0);
            var locals = new TextVector(chunk, 1);
            for (var row = 0; row < rows; row++)
            {
                if (organisations.TryGet(row, out var organisation) && locals.TryGet(row, out var local))
                    subjects[row] = resolver.Resolve(organisation, local);
                else
                    Validity.SetNull(output, row);
            }
        }
        catch (Exception e)
        {
            ScalarFunction.Fail(info, "subject_of", e);
        }
    }

    private static byte[] Grow(ReadOnlySpan<byte> held, int needed)
    {
        var larger = new byte[needed * 2];
        held.CopyTo(larger);
        return larger;
    }
}
