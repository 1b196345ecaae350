using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// The SQL function <c>record_text(UHUGEINT) → VARCHAR</c>: a record key in decimal digits, as the engine's own cast gives it. That cast
/// divides bit by bit and takes some 0.2 ms a key, which made it the most of a look-up and would make an export of a million rows minutes long.
/// </summary>
internal static unsafe class RecordText
{
    public const string Name = "record_text";

    private const int MostDigits = 39;

    /// <summary>Makes the function known to the engine's instance, once.</summary>
    public static void Register(DuckDBConnection connection) => new ScalarFunction(Name, [DuckDBType.UnsignedHugeInt], DuckDBType.Varchar).Register(connection, &Write);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Write(nint info, nint chunk, nint output)
    {
        var rows = (int)Native.ChunkSize(chunk);
        var input = Native.ChunkVector(chunk, 0);
        var keys = (UInt128*)NativeMethods.Vectors.DuckDBVectorGetData(input);
        var present = NativeMethods.Vectors.DuckDBVectorGetValidity(input);
        var digits = stackalloc byte[MostDigits];
        for (var row = 0; row < rows; row++)
        {
            if (Validity.IsNull(present, row))
            {
                Validity.SetNull(output, row);
                continue;
            }

            // 39 digits hold every 128-bit number, so this cannot fail.
            keys[row].TryFormat(new Span<byte>(digits, MostDigits), out var length, default, CultureInfo.InvariantCulture);
            NativeMethods.Vectors.DuckDBVectorAssignStringElementLength(output, (ulong)row, digits, length);
        }
    }
}
