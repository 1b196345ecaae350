using System.Runtime.Intrinsics;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>Bounds over columns of DOUBLE, tried on sixty-four rows at a time.</summary>
internal sealed unsafe class BoundList(BoundList.Entry[] bounds)
{
    /// <summary>A bit for each of up to sixty-four rows from <paramref name="from"/>: set where any bound is passed.</summary>
    /// <param name="columns">The numbers of all rows, an array a column.</param>
    /// <param name="validity">Their masks; null where a column has no NULL.</param>
    public ulong Passed(double** columns, ulong** validity, int from, int rows)
    {
        var any = 0UL;
        foreach (ref readonly var bound in bounds.AsSpan())
        {
            var passed = bound.IsUpper ? Passed(columns[bound.Left] + from, columns[bound.Other] + from, bound.Number, rows)
                : Passed(columns[bound.Left] + from, columns[bound.Other] + from, bound.Number, rows, -1);
            if (passed == 0) continue;
            if (validity[bound.Left] is not null) passed &= validity[bound.Left][from >> 6];
            if (validity[bound.Other] is not null) passed &= validity[bound.Other][from >> 6];
            any |= passed;
        }

        return any;
    }

    /// <summary>Rows where left ≥ other + number, or with a sign of -1 left ≤ other + number. A number that is none passes: the engine has it above all others.</summary>
    private static ulong Passed(double* left, double* other, double number, int rows, int sign = 1)
    {
        var passed = 0UL;
        var row = 0;
        var added = Vector256.Create(number);
        for (; row + Vector256<double>.Count <= rows; row += Vector256<double>.Count)
        {
            Vector256<double> l = Vector256.Load(left + row), r = Vector256.Load(other + row) + added;
            var within = sign > 0 ? Vector256.LessThan(l, r) : Vector256.GreaterThan(l, r);
            passed |= (ulong)(~Vector256.ExtractMostSignificantBits(within) & 0xF) << row;
        }

        for (; row < rows; row++)
        {
            var r = other[row] + number;
            if (!(sign > 0 ? left[row] < r : left[row] > r)) passed |= 1UL << row;
        }

        return passed;
    }

    /// <param name="Left">Number of a column; <paramref name="Other"/> too.</param>
    internal readonly record struct Entry(int Left, int Other, bool IsUpper, double Number);
}
