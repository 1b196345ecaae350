using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// A SQL function of ours over the engine's vectors, called by its own threads with the rows of a chunk at a time. NULL reaches the body,
/// which decides what comes of it.
/// </summary>
/// <param name="Rest">Type of any number of further parameters; null: there are none.</param>
/// <param name="Volatile">True when the same arguments may give another answer, or the call has an effect.</param>
internal sealed unsafe record ScalarFunction(string Name, DuckDBType[] Parameters, DuckDBType Returns, DuckDBType? Rest = null, bool Volatile = false)
{
    /// <summary>True when the engine's instance knows a function of this name already.</summary>
    public static bool IsKnown(DuckDBConnection connection, string name) => connection.Scalar<long>("SELECT count(*) FROM duckdb_functions() WHERE function_name = $1", name) > 0;

    /// <summary>Frees what <see cref="Hold"/> holds; for the engine to call.</summary>
    public static delegate* unmanaged[Cdecl]<nint, void> LetGo => &Free;

    /// <summary>A handle by which the engine holds what the bodies of a function share.</summary>
    public static nint Hold(object shared) => GCHandle.ToIntPtr(GCHandle.Alloc(shared));

    /// <summary>What the function was registered with; null when that was nothing.</summary>
    /// <param name="info">As the body got it.</param>
    public static T? Shared<T>(nint info)
        where T : class => NativeMethods.ScalarFunction.DuckDBScalarFunctionGetExtraInfo(info) is var held && held == 0 ? null : (T)GCHandle.FromIntPtr(held).Target!;

    /// <summary>Ends the statement. An exception must not cross into native code; its message may hold a value, so only its type is passed on.</summary>
    /// <param name="info">As the body got it.</param>
    public static void Fail(nint info, string function, Exception e) =>
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetError(info, $"{function} failed: {e.GetType().Name}");

    /// <summary>Makes the function known to the engine's instance; once an instance.</summary>
    /// <param name="shared">What the body may ask for (<see cref="Shared"/>); null for nothing.</param>
    public void Register(DuckDBConnection connection, delegate* unmanaged[Cdecl]<nint, nint, nint, void> body, object? shared = null)
    {
        var types = Parameters.Select(NativeMethods.LogicalType.DuckDBCreateLogicalType).ToArray();
        using var returns = NativeMethods.LogicalType.DuckDBCreateLogicalType(Returns);
        var function = NativeMethods.ScalarFunction.DuckDBCreateScalarFunction();
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetName(function, Name);
        foreach (var type in types)
        {
            NativeMethods.ScalarFunction.DuckDBScalarFunctionAddParameter(function, type);
            type.Dispose();
        }

        if (Rest is { } rest)
        {
            using var type = NativeMethods.LogicalType.DuckDBCreateLogicalType(rest);
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetVarargs(function, type);
        }

        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetReturnType(function, returns);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetSpecialHandling(function);
        if (Volatile) NativeMethods.ScalarFunction.DuckDBScalarFunctionSetVolatile(function);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetFunction(function, body);
        if (shared is not null) NativeMethods.ScalarFunction.DuckDBScalarFunctionSetExtraInfo(function, Hold(shared), LetGo);
        var state = NativeMethods.ScalarFunction.DuckDBRegisterScalarFunction(connection.NativeConnection, function);
        NativeMethods.ScalarFunction.DuckDBDestroyScalarFunction(ref function);
        if (state != DuckDBState.Success) throw new InvalidOperationException($"The engine refused the function {Name}.");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint handle) => GCHandle.FromIntPtr(handle).Free();
}
