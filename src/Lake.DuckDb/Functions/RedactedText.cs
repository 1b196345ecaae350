using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Lake.Scopes;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>The SQL function <c>redacted_text(VARCHAR, subject UBIGINT) → VARCHAR</c>: a text without what identifies a person in it.</summary>
internal static unsafe class RedactedText
{
    private static readonly ScalarFunction s_function = new("redacted_text", [DuckDBType.Varchar, DuckDBType.UnsignedBigInt], DuckDBType.Varchar);

    /// <summary>Registers the function in the database of the connection. Once per database.</summary>
    /// <param name="redactor">Null for one of which every text is NULL.</param>
    public static void Register(DuckDBConnection connection, ITextRedactor? redactor) =>
        s_function.Register(connection, &Write, redactor);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Write(nint info, nint chunk, nint output)
    {
        try
        {
            var redactor = ScalarFunction.Shared<ITextRedactor>(info);
            var rows = (int)Native.ChunkSize(chunk);
            var texts = new TextVector(chunk, 0);
            var vector = Native.ChunkVector(chunk, 1);
            var subjects = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(vector);
            var known = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
            for (var row = 0; row < rows; row++)
            {
                if (redactor is null || !texts.TryGet(row, out var utf8))
                {
                    Validity.SetNull(output, row);
                    continue;
                }

                var redacted = Encoding.UTF8.GetBytes(redactor.Redact(Encoding.UTF8.GetString(utf8), Validity.IsNull(known, row) ? null : subjects[row]));
                fixed (byte* written = redacted)
                {
                    NativeMethods.Vectors.DuckDBVectorAssignStringElementLength(output, (ulong)row, written, redacted.Length);
                }
            }
        }
        catch (Exception e)
        {
            ScalarFunction.Fail(info, "redacted_text", e);
        }
    }
}
