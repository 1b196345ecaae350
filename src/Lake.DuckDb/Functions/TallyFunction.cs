using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// The SQL aggregates <c>tally_N(program BIGINT, word UBIGINT × N) → UBIGINT[]</c>: how many rows fulfil each of the conditions that a
/// <see cref="TallyProgram"/> makes of the bits of N words. One aggregate for all, because a thousand cost a thousand passes over each chunk. An
/// aggregate of the engine's interface has a fixed number of parameters; so there is one for each N that was asked for.
/// </summary>
internal static unsafe class TallyFunction
{
    /// <summary>The name of the aggregate over so many words.</summary>
    public static string Name(int words) => $"tally_{words}";

    /// <summary>Makes the aggregate over so many words known to the engine's instance, once; within a transaction, with it.</summary>
    public static void Register(DuckDBConnection connection, int words, NumberedParts<TallyProgram> programs)
    {
        var name = Name(words);
        using var number = NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.BigInt);
        using var word = NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.UnsignedBigInt);
        using var counts = NativeMethods.LogicalType.DuckDBCreateListType(word);
        var function = Native.CreateAggregate();
        Native.SetAggregateName(function, name);
        Native.AddAggregateParameter(function, number.DangerousGetHandle());
        for (var i = 0; i < words; i++) Native.AddAggregateParameter(function, word.DangerousGetHandle());
        Native.SetAggregateReturnType(function, counts.DangerousGetHandle());
        Native.SetAggregateFunctions(function, &StateSize, &Begin, &Update, &Combine, &Finish);
        Native.SetAggregateDestructor(function, &End);
        Native.SetAggregateSpecialHandling(function);
        Native.SetAggregateExtraInfo(function, ScalarFunction.Hold(programs), ScalarFunction.LetGo);
        var state = Native.RegisterAggregate(connection.NativeConnection.DangerousGetHandle(), function);
        Native.DestroyAggregate(ref function);
        if (state != (int)DuckDBState.Success) throw new InvalidOperationException($"The engine refused the function {name}.");
    }

    /// <summary>The counters are outside the engine's memory; the engine moves and copies the state as it is.</summary>
    private struct State
    {
        public ulong* Counts;

        public int Length;

        public void Reach(int length)
        {
            if (Counts is not null) return;
            Counts = (ulong*)NativeMemory.AllocZeroed((nuint)length, sizeof(ulong));
            Length = length;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ulong StateSize(nint info) => (ulong)sizeof(State);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Begin(nint info, nint state) => *(State*)state = default;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)]), MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update(nint info, nint chunk, nint* states)
    {
        try
        {
            var rows = (int)Native.ChunkSize(chunk);
            if (rows == 0) return;
            var programs = (NumberedParts<TallyProgram>)GCHandle.FromIntPtr(Native.AggregateExtraInfo(info)).Target!;
            var program = programs.Find(*(long*)NativeMethods.Vectors.DuckDBVectorGetData(Native.ChunkVector(chunk, 0)));
            var words = (int)Native.ChunkColumns(chunk) - 1;
            var columns = stackalloc ulong*[words];
            for (var word = 0; word < words; word++) columns[word] = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(Native.ChunkVector(chunk, (ulong)word + 1));
            for (var row = 0; row < rows; row++) ((State*)states[row])->Reach(program.Counters);
            program.Count(columns, rows, (ulong***)states);
        }
        catch (Exception e)
        {
            // An exception must not cross into native code; its message may hold a value, so only its type is passed on.
            Native.SetAggregateError(info, $"tally failed: {e.GetType().Name}");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Combine(nint info, nint* sources, nint* targets, ulong count)
    {
        for (var i = 0UL; i < count; i++)
        {
            State* source = (State*)sources[i], target = (State*)targets[i];
            if (source->Counts is null) continue;
            target->Reach(source->Length);
            for (var counter = 0; counter < source->Length; counter++) target->Counts[counter] += source->Counts[counter];
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Finish(nint info, nint* states, nint result, ulong count, ulong offset)
    {
        var lists = (DuckDBListEntry*)NativeMethods.Vectors.DuckDBVectorGetData(result);
        for (var i = 0UL; i < count; i++)
        {
            var state = (State*)states[i];
            var at = (ulong)NativeMethods.Vectors.DuckDBListVectorGetSize(result);
            NativeMethods.Vectors.DuckDBListVectorReserve(result, at + (ulong)state->Length);
            var child = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(NativeMethods.Vectors.DuckDBListVectorGetChild(result));
            new ReadOnlySpan<ulong>(state->Counts, state->Length).CopyTo(new(child + at, state->Length));
            NativeMethods.Vectors.DuckDBListVectorSetSize(result, at + (ulong)state->Length);
            lists[offset + i] = new(at, (ulong)state->Length);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void End(nint* states, ulong count)
    {
        for (var i = 0UL; i < count; i++)
        {
            NativeMemory.Free(((State*)states[i])->Counts);
            ((State*)states[i])->Counts = null;
        }
    }
}
