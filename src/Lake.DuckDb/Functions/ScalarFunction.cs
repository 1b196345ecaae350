using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// A SQL function of ours over the engine's vectors, called by its own threads with the rows of a chunk at a time. NULL reaches the body,
/// which decides what comes of it.
/// </summary>
/// <param name="Rest">Type of any number of further parameters; null: there are none.</param>
/// <param name="Volatile">True when the same arguments may give another answer, or the call has an effect.</param>
internal sealed unsafe record ScalarFunction(string Name, DuckDBType[] Parameters, DuckDBType Returns, DuckDBType? Rest = null, bool Volatile = false)
{
    /// <summary>Makes the function known to the engine's instance; once an instance.</summary>
    /// <param name="extra">A handle that the body may ask for; the engine frees it by <paramref name="free"/>. Zero for none.</param>
    public void Register(
        DuckDBConnection connection, delegate* unmanaged[Cdecl]<nint, nint, nint, void> body, nint extra = 0, delegate* unmanaged[Cdecl]<nint, void> free = null)
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
        if (extra != 0) NativeMethods.ScalarFunction.DuckDBScalarFunctionSetExtraInfo(function, extra, free);
        var state = NativeMethods.ScalarFunction.DuckDBRegisterScalarFunction(connection.NativeConnection, function);
        NativeMethods.ScalarFunction.DuckDBDestroyScalarFunction(ref function);
        if (state != DuckDBState.Success) throw new InvalidOperationException($"The engine refused the function {Name}.");
    }
}
