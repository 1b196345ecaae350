using System.Numerics;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// Counts terms over the words of rows, a chunk at a time. Every term is looked at only in rows where one of its bits is set: the one that is
/// rarest in the first chunk that comes. Used by many threads at once.
/// </summary>
internal sealed unsafe class TallyProgram(int counters, int words, IReadOnlyList<BitTerm> terms)
{
    private const int Bits = 64;

    private readonly Lock _planning = new();
    private volatile Plan? _plan;

    /// <summary>How many counters a state has.</summary>
    public int Counters => counters;

    /// <summary>Adds the rows of a chunk to the counters of their states.</summary>
    /// <param name="columns">The words of the rows, an array each.</param>
    /// <param name="states">Where the counters of each row are.</param>
    public void Count(ulong** columns, int rows, ulong*** states)
    {
        var plan = _plan ?? PlanBy(columns, rows);
        for (var word = 0; word < words; word++)
        {
            var column = columns[word];
            var drivers = plan.Drivers[word];
            if (drivers == 0) continue;
            for (var row = 0; row < rows; row++)
            {
                for (var set = column[row] & drivers; set != 0; set &= set - 1)
                {
                    foreach (var led in plan.Led[(word * Bits) + BitOperations.TrailingZeroCount(set)])
                        if (led.IsTrue(columns, row)) (*states[row])[led.Counter]++;
                }
            }
        }
    }

    private Plan PlanBy(ulong** columns, int rows)
    {
        lock (_planning)
        {
            if (_plan is { } made) return made;
            var seen = new long[words * Bits];
            for (var word = 0; word < words; word++)
            {
                for (var row = 0; row < rows; row++)
                    for (var set = columns[word][row]; set != 0; set &= set - 1) seen[(word * Bits) + BitOperations.TrailingZeroCount(set)]++;
            }

            var led = new List<Led>[seen.Length];
            var drivers = new ulong[words];
            for (var i = 0; i < led.Length; i++) led[i] = [];
            foreach (var term in terms)
            {
                var driver = term.Set.MinBy(p => seen[(p.Word * Bits) + p.Bit]);
                drivers[driver.Word] |= 1UL << driver.Bit;
                led[(driver.Word * Bits) + driver.Bit].Add(new(term.Counter, Tests(term, driver)));
            }

            return _plan = new(drivers, [.. led.Select(l => l.ToArray())]);
        }
    }

    private static Test[] Tests(BitTerm term, BitPlace driver) =>
    [
        .. term.Set.Where(p => p != driver).Select(p => (p.Word, Set: 1UL << p.Bit, Clear: 0UL)).Concat(term.Clear.Select(p => (p.Word, Set: 0UL, Clear: 1UL << p.Bit)))
            .GroupBy(t => t.Word).Select(g => new Test(g.Key, g.Aggregate(0UL, (mask, t) => mask | t.Set | t.Clear), g.Aggregate(0UL, (mask, t) => mask | t.Set))),
    ];

    /// <param name="Drivers">Of each word the bits at which terms are looked at.</param>
    /// <param name="Led">Those terms, by word and bit.</param>
    private sealed record Plan(ulong[] Drivers, Led[][] Led);

    private readonly record struct Led(int Counter, Test[] Tests)
    {
        public bool IsTrue(ulong** columns, int row)
        {
            foreach (var test in Tests)
                if ((columns[test.Word][row] & test.Mask) != test.Wanted) return false;
            return true;
        }
    }

    private readonly record struct Test(int Word, ulong Mask, ulong Wanted);
}
