using System.Numerics;
using System.Runtime.InteropServices;

namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>
/// Weighted least squares with a few columns: rows are added to the normal equations one by one and solved by Cholesky
/// factorisation, so memory does not grow with the rows. A column that others explain gets the coefficient zero.
/// </summary>
internal sealed class LeastSquares(int columns)
{
    private readonly double[] _factor = new double[columns * columns];
    private readonly double[] _right = new double[columns];
    private readonly double[] _coefficient = new double[columns];
    private readonly bool[] _dropped = new bool[columns];
    private double _squares;
    private int _rows;

    public int Columns { get; } = columns;

    /// <summary>Weighted residual sum of squares over rows − used columns.</summary>
    public double ResidualVariance { get; private set; }

    public double Coefficient(int column) => _coefficient[column];

    public void Add(ReadOnlySpan<double> x, double y, double weight)
    {
        x = x[..Columns];
        _squares += weight * y * y;
        _rows++;
        if (Columns == Vector<double>.Count)
        {
            AddVector(x, y, weight);
            return;
        }

        Span<double> right = _right, rest = _factor;
        for (var i = 0; i < x.Length; i++)
        {
            var wx = weight * x[i];
            right[i] += wx * y;
            var row = rest[..(i + 1)];
            for (var j = 0; j < row.Length; j++)
                row[j] += wx * x[j];
            rest = rest[x.Length..];
        }
    }

    /// <summary>The same where a row is one vector; what is added above the diagonal is not read.</summary>
    private void AddVector(ReadOnlySpan<double> x, double y, double weight)
    {
        var row = new Vector<double>(x);
        var rows = MemoryMarshal.Cast<double, Vector<double>>(_factor.AsSpan());
        for (var i = 0; i < rows.Length; i++)
            rows[i] += weight * x[i] * row;
        MemoryMarshal.Cast<double, Vector<double>>(_right.AsSpan())[0] += weight * y * row;
    }

    /// <summary>Solves for the rows added; false when there are no more rows than used columns. Ends the adding.</summary>
    public bool Solve()
    {
        var used = Factor();
        double explained = 0;
        Array.Copy(_right, _coefficient, Columns);
        for (var i = 0; i < Columns; i++)
        {
            for (var j = 0; j < i; j++)
                _coefficient[i] -= _factor[(i * Columns) + j] * _coefficient[j];
            _coefficient[i] = _dropped[i] ? 0 : _coefficient[i] / _factor[(i * Columns) + i];
            explained += _coefficient[i] * _coefficient[i];
        }

        for (var i = Columns - 1; i >= 0; i--)
        {
            if (_dropped[i])
                continue;
            for (var j = i + 1; j < Columns; j++)
                _coefficient[i] -= _factor[(j * Columns) + i] * _coefficient[j];
            _coefficient[i] /= _factor[(i * Columns) + i];
        }

        ResidualVariance = Math.Max(0, _squares - explained) / (_rows - used);
        return _rows > used;
    }

    public double Predict(ReadOnlySpan<double> x)
    {
        double sum = 0;
        for (var i = 0; i < Columns; i++)
            sum += _coefficient[i] * x[i];
        return sum;
    }

    /// <summary>xᵀ (XᵀWX)⁻¹ x: times the residual variance, the variance of a prediction.</summary>
    public double Leverage(ReadOnlySpan<double> x)
    {
        Span<double> half = stackalloc double[Columns];
        double sum = 0;
        for (var i = 0; i < Columns; i++)
        {
            half[i] = x[i];
            for (var j = 0; j < i; j++)
                half[i] -= _factor[(i * Columns) + j] * half[j];
            half[i] = _dropped[i] ? 0 : half[i] / _factor[(i * Columns) + i];
            sum += half[i] * half[i];
        }

        return sum;
    }

    private int Factor()
    {
        var used = 0;
        for (var i = 0; i < Columns; i++)
        {
            var at = i * Columns;
            var original = _factor[at + i];
            for (var j = 0; j <= i; j++)
            {
                var sum = _factor[at + j];
                for (var k = 0; k < j; k++)
                    sum -= _factor[at + k] * _factor[(j * Columns) + k];
                if (j < i)
                    _factor[at + j] = _dropped[j] ? 0 : sum / _factor[(j * Columns) + j];
                else
                    _factor[at + j] = sum;
            }

            _dropped[i] = !(_factor[at + i] > 1e-12 * original);
            _factor[at + i] = _dropped[i] ? 1 : Math.Sqrt(_factor[at + i]);
            used += _dropped[i] ? 0 : 1;
        }

        return used;
    }
}
