using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// The SQL function <c>record_uuid(UHUGEINT) → UUID</c>: a record key as the UUID of the same 128 bits, which Parquet keeps in 16 bytes. The engine
/// has no such cast.
/// </summary>
internal static unsafe class RecordUuid
{
    public const string Name = "record_uuid";

    /// <summary>The engine keeps a UUID as a signed number of 128 bits in the order of its text: with the first bit inverted.</summary>
    private static readonly UInt128 s_first = UInt128.One << 127;

    /// <summary>Makes the function known to the engine's instance, once.</summary>
    public static void Register(DuckDBConnection connection) => new ScalarFunction(Name, [DuckDBType.UnsignedHugeInt], DuckDBType.Uuid).Register(connection, &Write);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Write(nint info, nint chunk, nint output)
    {
        var rows = (int)Native.ChunkSize(chunk);
        var input = Native.ChunkVector(chunk, 0);
        var keys = (UInt128*)NativeMethods.Vectors.DuckDBVectorGetData(input);
        var uuids = (UInt128*)NativeMethods.Vectors.DuckDBVectorGetData(output);
        var present = NativeMethods.Vectors.DuckDBVectorGetValidity(input);
        for (var row = 0; row < rows; row++)
        {
            if (Validity.IsNull(present, row)) Validity.SetNull(output, row);
            else uuids[row] = keys[row] ^ s_first;
        }
    }
}
