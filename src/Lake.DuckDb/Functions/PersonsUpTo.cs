using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// The SQL aggregate <c>persons_up_to(UBIGINT) → BIGINT</c>: distinct values that are not NULL, exact up to <see cref="Most"/> and never more.
/// Whether a group has so many persons is known after its first rows, where <c>count(DISTINCT)</c> holds every person of every group in hash
/// tables: on an aggregate of a million rows that was ten times the aggregate itself.
/// </summary>
internal static unsafe class PersonsUpTo
{
    /// <summary>The largest answer.</summary>
    public const int Most = 16;

    private const string Name = "persons_up_to";

    /// <summary>Makes the function known to the engine's instance, once.</summary>
    public static void Register(DuckDBConnection connection)
    {
        using var person = NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.UnsignedBigInt);
        using var count = NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.BigInt);
        var function = Native.CreateAggregate();
        Native.SetAggregateName(function, Name);
        Native.AddAggregateParameter(function, person.DangerousGetHandle());
        Native.SetAggregateReturnType(function, count.DangerousGetHandle());
        Native.SetAggregateFunctions(function, &StateSize, &Begin, &Update, &Combine, &Finish);
        Native.SetAggregateSpecialHandling(function);
        var state = Native.RegisterAggregate(connection.NativeConnection.DangerousGetHandle(), function);
        Native.DestroyAggregate(ref function);
        if (state != (int)DuckDBState.Success) throw new InvalidOperationException($"The engine refused the function {Name}.");
    }

    private struct State
    {
        public int Count;

        public fixed ulong Persons[Most];

        public void Add(ulong person)
        {
            for (var i = 0; i < Count; i++)
            {
                if (Persons[i] == person) return;
            }

            Persons[Count++] = person;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ulong StateSize(nint info) => (ulong)sizeof(State);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Begin(nint info, nint state) => ((State*)state)->Count = 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Update(nint info, nint chunk, nint* states)
    {
        var rows = (int)Native.ChunkSize(chunk);
        var vector = Native.ChunkVector(chunk, 0);
        var persons = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(vector);
        var present = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
        for (var row = 0; row < rows; row++)
        {
            var state = (State*)states[row];
            if (state->Count < Most && !Validity.IsNull(present, row)) state->Add(persons[row]);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Combine(nint info, nint* sources, nint* targets, ulong count)
    {
        for (var i = 0UL; i < count; i++)
        {
            State* source = (State*)sources[i], target = (State*)targets[i];
            for (var j = 0; j < source->Count && target->Count < Most; j++) target->Add(source->Persons[j]);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Finish(nint info, nint* states, nint result, ulong count, ulong offset)
    {
        var counts = (long*)NativeMethods.Vectors.DuckDBVectorGetData(result);
        for (var i = 0UL; i < count; i++) counts[offset + i] = ((State*)states[i])->Count;
    }
}
