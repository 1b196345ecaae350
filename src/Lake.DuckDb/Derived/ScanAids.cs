using System.Globalization;
using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Derived;

/// <summary>Makes what the functions of a scan need beside the engine, and forgets it at the end. Used by one thread at a time.</summary>
internal sealed class ScanAids(DuckDBConnection connection, ScanParts parts) : IDisposable
{
    private readonly List<long> _verdicts = [];
    private readonly List<long> _tallies = [];
    private readonly List<long> _bounds = [];

    public ScanFunctions Functions => new(Tally, Remembered, Passed);

    public void Dispose()
    {
        parts.Verdicts.Forget(_verdicts);
        parts.Tallies.Forget(_tallies);
        parts.Bounds.Forget(_bounds);
    }

    private string Tally(int counters, IReadOnlyList<BitTerm> terms, IReadOnlyList<string> words)
    {
        _tallies.Add(parts.Tallies.Add(new(counters, words.Count, terms)));
        return $"{TallyFunction.Register(connection, words.Count, parts.Tallies)}({_tallies[^1]}, {string.Join(", ", words)})";
    }

    private string Remembered(string column, string word, IReadOnlyList<double>? steps)
    {
        _verdicts.Add(parts.Verdicts.Add(new(steps is null ? null : new StepVerdicts([.. steps]))));
        return $"coalesce(verdict_of({_verdicts[^1]}, {column}), verdict_noted({_verdicts[^1]}, {column}, {word}))";
    }

    private string Passed(IReadOnlyList<NumberBound> bounds)
    {
        var columns = bounds.SelectMany(b => new[] { b.Left, b.Other }).Distinct().ToList();
        _bounds.Add(parts.Bounds.Add(new([.. bounds.Select(b => new BoundList.Entry(columns.IndexOf(b.Left), columns.IndexOf(b.Other), b.IsUpper, b.Number))])));
        return string.Create(CultureInfo.InvariantCulture, $"bounds_passed({_bounds[^1]}, {string.Join(", ", columns)})");
    }
}
