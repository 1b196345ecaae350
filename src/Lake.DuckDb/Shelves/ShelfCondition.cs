using System.Collections.Frozen;
using System.Text;
using Yunnao.Lake.Queries;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>Compiles a filter over the rows of one person, in the logic of three values that SQL has: null is neither true nor false.</summary>
internal static class ShelfCondition
{
    private static readonly int s_epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>Row → what is said of it; null when only the engine knows.</summary>
    /// <param name="column">The column of a name as the Scope shows it.</param>
    /// <param name="survivors">Merged subject → the one under which its rows are found.</param>
    public static Func<int, bool?>? Of(Filter filter, Func<string, ShownValues> column, FrozenDictionary<ulong, ulong> survivors)
    {
        switch (filter)
        {
            case Filter.And and: return Join(and.Parts, decides: false);
            case Filter.Or or: return Join(or.Parts, decides: true);
            case Filter.Not not: return Of(not.Part, column, survivors) is { } part ? row => !part(row) : null;
            case Filter.IsNull missing:
                var looked = column(missing.Name).Values;
                return row => !looked[row].IsThere;
            case Filter.Compare compare: return Compare(compare.Name, [compare.Value], (by, constants) => Holds(compare.Comparison, by(constants[0])));
            case Filter.In { Values.Count: 0 }: return _ => false;
            case Filter.In among when column(among.Name) is { Type.Type: ShelfType.UnsignedBigInt } numbers && among.Values.All(v => v.Data is ulong):
                var wanted = among.Values.Select(v => (ulong)v.Data).Select(s => survivors.GetValueOrDefault(s, s)).ToHashSet();
                return row => numbers.Values[row] is { IsThere: true, Unsigned: var number } ? wanted.Contains(number) : null;
            case Filter.In among: return Compare(among.Name, among.Values, (by, constants) => constants.Any(c => by(c) == 0));
            case Filter.Between between: return Compare(between.Name, [between.Low, between.High], (by, constants) => by(constants[0]) >= 0 && by(constants[1]) <= 0);
            default: return null;
        }

        Func<int, bool?>? Join(IReadOnlyList<Filter> filters, bool decides)
        {
            var parts = filters.Select(f => Of(f, column, survivors)).ToArray();
            if (parts.Contains(null)) return null;
            return row =>
            {
                bool? joined = !decides;
                foreach (var part in parts)
                {
                    var said = part!(row);
                    if (said == decides) return decides;
                    joined = said is null ? null : joined;
                }

                return joined;
            };
        }

        Func<int, bool?>? Compare(string name, IReadOnlyList<Value> values, Func<Func<ShelfValue, int>, ShelfValue[], bool> holds)
        {
            var (type, held) = (column(name).Type.Type, column(name).Values);
            var constants = values.Select(v => Constant(type, v, survivors)).ToArray();
            if (constants.Any(c => c is null)) return null;
            ShelfValue[] known = [.. constants.Select(c => c!.Value)];
            return row => held[row].IsThere ? holds(constant => ShelfValue.Compare(type, held[row], constant), known) : null;
        }
    }

    /// <summary>A constant as a value of the type that it is compared with; null where the engine would convert one of the two in its own way.</summary>
    private static ShelfValue? Constant(ShelfType type, Value value, FrozenDictionary<ulong, ulong> survivors) => (type, value.Data) switch
    {
        // The engine is given texts that end at the first zero.
        (ShelfType.Text, string text) when !text.Contains('\0', StringComparison.Ordinal) => ShelfValue.Of(Encoding.UTF8.GetBytes(text)),
        (ShelfType.Integer or ShelfType.BigInt, long number) => ShelfValue.Of(number),
        (ShelfType.Double, double number) when !double.IsNaN(number) => ShelfValue.Of(number),
        (ShelfType.Double, long number) => ShelfValue.Of((double)number),
        (ShelfType.Boolean, bool truth) => ShelfValue.Of(truth ? 1L : 0),
        (ShelfType.Date, DateOnly day) => ShelfValue.Of((long)(day.DayNumber - s_epoch)),
        (ShelfType.Timestamp, DateTime moment) => ShelfValue.Of((moment.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond),
        (ShelfType.Time, TimeOnly clock) => ShelfValue.Of(clock.Ticks / TimeSpan.TicksPerMicrosecond),
        (ShelfType.UnsignedBigInt, ulong subject) => ShelfValue.Of((UInt128)survivors.GetValueOrDefault(subject, subject)),
        (ShelfType.UnsignedHugeInt, UInt128 key) => ShelfValue.Of(key),
        _ => null,
    };

    private static bool Holds(Comparison comparison, int compared) => comparison switch
    {
        Comparison.Equal => compared == 0,
        Comparison.NotEqual => compared != 0,
        Comparison.Less => compared < 0,
        Comparison.LessOrEqual => compared <= 0,
        Comparison.Greater => compared > 0,
        Comparison.GreaterOrEqual => compared >= 0,
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };
}
