using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>
/// Quasi-Poisson (or, with a size, negative binomial) regression with log link of a count on one factor and a few slopes: log μ = level[g] + Σ slope[k]·x[k],
/// fitted by iteratively reweighted least squares (McCullagh, Nelder 1989, Generalized Linear Models, 2.5). The factor makes
/// the normal equations an arrow: the levels are eliminated one by one and a matrix of only the slopes is factored, so a
/// step costs rows × slopes². A workspace is filled, fitted, changed and fitted again without allocating.
/// Iteration ends when the deviance changes by under <see cref="Tolerance"/> of itself, or after 25 steps.
/// Rows lie in columns, filled up to whole vectors with copies of the last row that weigh nothing; the columns are rented.
/// </summary>
internal sealed class LogLinearFit
{
    private const int MaximumSteps = 25;
    private const double SmallestMean = 2.220446049250313e-16;

    /// <summary>What is added to a count where the iteration starts; and functions of small counts, which most are.</summary>
    private const double Start = 0.1;

    private static readonly double[] s_logs = [.. Enumerable.Range(0, 256).Select(static k => Math.Log(k))];
    private static readonly double[] s_startLogs = [.. Enumerable.Range(0, 256).Select(static k => Math.Log(k + Start))];
    private static readonly double[] s_twoThirds = [.. Enumerable.Range(0, 256).Select(static k => TwoThirds(k))];

    private readonly int _levels;
    private readonly int _capacitySlopes;
    private readonly int _stride;
    private readonly int[] _level;
    private readonly double[] _x;
    private readonly double[] _y;
    private readonly double[] _logY;
    private readonly double[] _weight;
    private readonly double[] _eta;
    private readonly double[] _mean;
    private readonly double[] _work;
    private readonly double[] _workResponse;
    private readonly double[] _column;
    private readonly double[] _levelValue;
    private readonly double[] _levelWeight;
    private readonly double[] _levelX;
    private readonly double[] _slopeValue;
    private readonly double[] _schur;
    private readonly double[] _right;
    private readonly double[] _scratch;
    private readonly bool[] _dropped;

    /// <summary>A workspace for at most <paramref name="rows"/> rows.</summary>
    public LogLinearFit(int rows, int levels, int slopes)
    {
        _levels = levels;
        _capacitySlopes = slopes;
        _stride = Padded(rows);
        _level = ArrayPool<int>.Shared.Rent(_stride);
        _x = ArrayPool<double>.Shared.Rent(_stride * slopes);
        _y = ArrayPool<double>.Shared.Rent(_stride);
        _logY = ArrayPool<double>.Shared.Rent(_stride);
        _weight = ArrayPool<double>.Shared.Rent(_stride);
        _eta = ArrayPool<double>.Shared.Rent(_stride);
        _mean = ArrayPool<double>.Shared.Rent(_stride);
        _work = ArrayPool<double>.Shared.Rent(_stride);
        _workResponse = ArrayPool<double>.Shared.Rent(_stride);
        _column = ArrayPool<double>.Shared.Rent(_stride);
        _levelValue = new double[levels];
        _levelWeight = new double[levels];
        _levelX = new double[levels * Math.Max(1, slopes)];
        _slopeValue = new double[Math.Max(1, slopes)];
        _schur = new double[Math.Max(1, slopes * slopes)];
        _right = new double[Math.Max(1, slopes)];
        _scratch = new double[Math.Max(1, slopes)];
        _dropped = new bool[Math.Max(1, slopes)];
    }

    /// <summary>Gives the rented columns back, where a fit is short-lived; nothing of it may be used afterwards.</summary>
    public void GiveBack()
    {
        ArrayPool<int>.Shared.Return(_level);
        foreach (var column in (ReadOnlySpan<double[]>)[_x, _y, _logY, _weight, _eta, _mean, _work, _workResponse, _column])
            ArrayPool<double>.Shared.Return(column);
    }

    /// <summary>Rows added so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Slopes used by the next fit, counted from the first; at most the capacity.</summary>
    public int Slopes { get; set; }

    /// <summary>
    /// Size θ of a negative binomial law with variance μ + μ²/θ; infinite for (quasi-)Poisson. Changes the weights and the
    /// deviance of the next fit; <see cref="Dispersion"/> is then relative to that variance.
    /// </summary>
    public double Size { get; set; } = double.PositiveInfinity;

    /// <summary>Relative change of the deviance that ends the iteration; R's unless set.</summary>
    public double Tolerance { get; set; } = 1e-8;

    /// <summary>Rows minus estimated coefficients (rows of weight zero not counted).</summary>
    public int DegreesOfFreedom { get; private set; }

    /// <summary>Whether the last fit settled within the allowed steps.</summary>
    public bool Converged { get; private set; }

    /// <summary>Pearson's estimate of the dispersion of the last fit, not floored.</summary>
    public double Dispersion { get; private set; }

    /// <summary>Observed counts of the rows.</summary>
    public ReadOnlySpan<double> Observed => _y.AsSpan(0, Rows);

    /// <summary>Fitted means of the rows.</summary>
    public ReadOnlySpan<double> Mean => _mean.AsSpan(0, Rows);

    /// <summary>Prior weights of the rows; set to one by <see cref="Add"/>, free to change before a fit.</summary>
    public Span<double> Weights => _weight.AsSpan(0, Rows);

    public void Clear() => Rows = 0;

    /// <summary>Adds a row; <paramref name="x"/> holds as many slopes as the capacity.</summary>
    public void Add(double y, int level, ReadOnlySpan<double> x)
    {
        _y[Rows] = y;
        _logY[Rows] = y > 0 ? Look(y, s_logs, static y => Math.Log(y)) : 0;
        _level[Rows] = level;
        _weight[Rows] = 1;
        for (var k = 0; k < _capacitySlopes; k++)
            _x[(k * _stride) + Rows] = x[k];
        Rows++;
    }

    /// <summary>Takes other counts, none a gap, for the rows that are there, and weighs them alike.</summary>
    public void Replace(ReadOnlySpan<double> counts)
    {
        counts[..Rows].CopyTo(_y);
        for (var i = 0; i < Rows; i++)
            _logY[i] = _y[i] > 0 ? Look(_y[i], s_logs, static y => Math.Log(y)) : 0;
        Weights.Fill(1);
    }

    /// <summary>Puts every mean at that of the counts, which must hold a case, for a fit that goes on from there.</summary>
    public void StartLevel()
    {
        double sum = 0;
        foreach (var count in Observed)
            sum += count;
        _mean.AsSpan(0, Rows).Fill(sum / Rows);
        _eta.AsSpan(0, Rows).Fill(Math.Log(sum / Rows));
    }

    /// <summary>A slope of the last fit; NaN when the data could not tell it from the others.</summary>
    public double Slope(int k) => _dropped[k] ? double.NaN : _slopeValue[k];

    /// <summary>
    /// Fits, from the counts themselves or (<paramref name="goOn"/>) from the means of the last fit. False when there are no
    /// degrees of freedom or a mean left the range of numbers.
    /// </summary>
    public bool Fit(bool goOn = false)
    {
        Converged = false;
        if (Rows == 0)
            return false;
        for (var i = 0; i < Rows && !goOn; i++)
        {
            _mean[i] = _y[i] + Start;
            _eta[i] = Look(_y[i], s_startLogs, static y => Math.Log(y + Start));
        }

        Pad();
        var deviance = Deviance();
        for (var step = 0; step < MaximumSteps; step++)
        {
            Solve();
            Update();
            var next = Deviance();
            if (!double.IsFinite(next))
                return false;
            Converged = Math.Abs(next - deviance) / (Math.Abs(next) + 0.1) < Tolerance;
            deviance = next;
            if (Converged)
                break;
        }

        CountFreedom();
        if (DegreesOfFreedom < 1)
            return false;
        Dispersion = PearsonDispersion();
        return true;
    }

    /// <summary>
    /// Linear predictor at a level and slopes, and its variance over the dispersion (from the last step's weights).
    /// NaN at a level without rows.
    /// </summary>
    public (double Eta, double Variance) Predict(int level, ReadOnlySpan<double> x)
    {
        if (!(_levelWeight[level] > 0))
            return (double.NaN, double.NaN);
        var eta = _levelValue[level];
        for (var k = 0; k < Slopes; k++)
            eta += _slopeValue[k] * x[k];
        return (eta, Quadratic(level, x));
    }

    /// <summary>Variance of a slope over the dispersion.</summary>
    public double SlopeVariance(int k)
    {
        if (_dropped[k])
            return double.NaN;
        Array.Clear(_scratch);
        _scratch[k] = 1;
        return SolveHalf(_scratch);
    }

    /// <summary>
    /// Anscombe residuals standardised by dispersion φ and leverage:
    /// 3/2 (y^(2/3) − μ^(2/3)) / (μ^(1/6) √φ √(1 − h)).
    /// </summary>
    public void AnscombeResiduals(double dispersion, Span<double> into)
    {
        if (_levels == 1)
            LeveragesOfOneLevel();
        else
            Leverages();
        for (var i = 0; i < Rows; i++)
            _column[i] = Look(_y[i], s_twoThirds, TwoThirds);
        Span<Vector<double>> power = Vectors(_column), leverage = Vectors(_workResponse), eta = Vectors(_eta);
        var smallest = new Vector<double>(Math.Cbrt(SmallestMean));
        for (var i = 0; i < eta.Length; i++)
        {
            var cube = Vector.Max(Vector.Exp(eta[i] / 3), smallest);
            var raw = 1.5 * (power[i] - (cube * cube)) / Vector.SquareRoot(cube);
            power[i] = raw / Vector.SquareRoot(dispersion * (Vector<double>.One - leverage[i]));
        }

        _column.AsSpan(0, Rows).CopyTo(into);
    }

    private static int Padded(int rows) => (rows + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;

    private static double TwoThirds(double y)
    {
        var cube = Math.Cbrt(y);
        return cube * cube;
    }

    /// <summary>A function of a count, from a table where the count is small and whole.</summary>
    private static double Look(double y, double[] table, Func<double, double> function)
    {
        var whole = (int)Math.Min(y, table.Length - 1);
        return whole == y ? table[whole] : function(y);
    }

    /// <summary>The rows of a column, as whole vectors.</summary>
    private Span<Vector<double>> Vectors(double[] column) => MemoryMarshal.Cast<double, Vector<double>>(column.AsSpan(0, Padded(Rows)));

    private Span<Vector<double>> XOf(int k) => MemoryMarshal.Cast<double, Vector<double>>(_x.AsSpan(k * _stride, Padded(Rows)));

    /// <summary>Fills the last vector with copies of the last row that weigh nothing.</summary>
    private void Pad()
    {
        for (var i = Rows; i < Padded(Rows); i++)
        {
            (_y[i], _logY[i], _level[i], _weight[i], _eta[i], _mean[i]) = (_y[Rows - 1], _logY[Rows - 1], _level[Rows - 1], 0, _eta[Rows - 1], _mean[Rows - 1]);
            for (var k = 0; k < _capacitySlopes; k++)
                _x[(k * _stride) + i] = _x[(k * _stride) + Rows - 1];
        }
    }

    /// <summary>Diagonal of the hat matrix of the last step, into the working responses.</summary>
    private void Leverages()
    {
        Span<double> x = stackalloc double[_capacitySlopes];
        for (var i = 0; i < Rows; i++)
        {
            for (var k = 0; k < Slopes; k++)
                x[k] = _x[(k * _stride) + i];
            _workResponse[i] = _work[i] * Quadratic(_level[i], x);
        }
    }

    /// <summary>The same where all rows have one level: forward substitution of whole columns.</summary>
    private void LeveragesOfOneLevel()
    {
        Span<Vector<double>> work = Vectors(_work), into = Vectors(_workResponse);
        Span<Vector<double>> half = stackalloc Vector<double>[Slopes];
        var inverse = new Vector<double>(1 / _levelWeight[0]);
        for (var i = 0; i < into.Length; i++)
        {
            var sum = inverse;
            for (var k = 0; k < Slopes; k++)
            {
                if (_dropped[k])
                {
                    half[k] = Vector<double>.Zero;
                    continue;
                }

                var value = XOf(k)[i] - new Vector<double>(_levelX[k] / _levelWeight[0]);
                for (var m = 0; m < k; m++)
                    value -= _schur[(k * _capacitySlopes) + m] * half[m];
                half[k] = value / _schur[(k * _capacitySlopes) + k];
                sum += half[k] * half[k];
            }

            into[i] = work[i] * sum;
        }
    }

    /// <summary>One weighted least squares step for the working response, by elimination of the levels.</summary>
    private void Solve()
    {
        WorkingResponse();
        if (_levels == 1)
            AccumulateOneLevel();
        else
            Accumulate();
        for (var level = 0; level < _levels; level++)
        {
            if (_levelWeight[level] > 0)
                Eliminate(level);
        }

        Factor();
        Array.Copy(_right, _slopeValue, Slopes);
        SolveFull(_slopeValue);
        for (var level = 0; level < _levels; level++)
        {
            if (!(_levelWeight[level] > 0))
                continue;
            var sum = _levelValue[level];
            for (var k = 0; k < Slopes; k++)
                sum -= _levelX[(level * _capacitySlopes) + k] * _slopeValue[k];
            _levelValue[level] = sum / _levelWeight[level];
        }
    }

    /// <summary>Weights of the step, and weighted responses w (η + (y − μ) / μ).</summary>
    private void WorkingResponse()
    {
        Span<Vector<double>> mean = Vectors(_mean), eta = Vectors(_eta), y = Vectors(_y), weight = Vectors(_weight), work = Vectors(_work), response = Vectors(_workResponse);
        var poisson = double.IsInfinity(Size);
        for (var i = 0; i < mean.Length; i++)
        {
            var scale = poisson ? weight[i] : weight[i] / (Vector<double>.One + (mean[i] / Size));
            work[i] = scale * mean[i];
            response[i] = scale * ((mean[i] * eta[i]) + y[i] - mean[i]);
        }
    }

    /// <summary>The normal equations where all rows have one level: sums of products of columns.</summary>
    private void AccumulateOneLevel()
    {
        Span<Vector<double>> work = Vectors(_work), response = Vectors(_workResponse), weighted = Vectors(_column);
        _levelWeight[0] = Sum(work);
        _levelValue[0] = Sum(response);
        for (var k = 0; k < Slopes; k++)
        {
            var x = XOf(k);
            var sum = Vector<double>.Zero;
            for (var i = 0; i < weighted.Length; i++)
            {
                weighted[i] = work[i] * x[i];
                sum += weighted[i];
            }

            _levelX[k] = Vector.Sum(sum);
            _right[k] = Dot(response, x);
            for (var m = 0; m <= k; m++)
                _schur[(k * _capacitySlopes) + m] = Dot(weighted, XOf(m));
        }
    }

    private static double Sum(ReadOnlySpan<Vector<double>> values)
    {
        var sum = Vector<double>.Zero;
        foreach (var value in values)
            sum += value;
        return Vector.Sum(sum);
    }

    private static double Dot(ReadOnlySpan<Vector<double>> a, ReadOnlySpan<Vector<double>> b)
    {
        var (even, odd) = (Vector<double>.Zero, Vector<double>.Zero);
        var i = 0;
        for (; i < a.Length - 1; i += 2)
        {
            even += a[i] * b[i];
            odd += a[i + 1] * b[i + 1];
        }

        if (i < a.Length)
            even += a[i] * b[i];
        return Vector.Sum(even + odd);
    }

    private void Accumulate()
    {
        Array.Clear(_levelWeight);
        Array.Clear(_levelX);
        Array.Clear(_levelValue);
        Array.Clear(_schur);
        Array.Clear(_right);
        for (var i = 0; i < Rows; i++)
        {
            var (w, wz, level) = (_work[i], _workResponse[i], _level[i]);
            if (w == 0)
                continue;
            _levelWeight[level] += w;
            _levelValue[level] += wz;
            for (var k = 0; k < Slopes; k++)
            {
                var x = _x[(k * _stride) + i];
                _levelX[(level * _capacitySlopes) + k] += w * x;
                _right[k] += wz * x;
                for (var m = 0; m <= k; m++)
                    _schur[(k * _capacitySlopes) + m] += w * x * _x[(m * _stride) + i];
            }
        }
    }

    private void Eliminate(int level)
    {
        var at = level * _capacitySlopes;
        for (var k = 0; k < Slopes; k++)
        {
            var share = _levelX[at + k] / _levelWeight[level];
            _right[k] -= share * _levelValue[level];
            for (var m = 0; m <= k; m++)
                _schur[(k * _capacitySlopes) + m] -= share * _levelX[at + m];
        }
    }

    /// <summary>Cholesky factor of the Schur complement in place; a slope that the others explain is dropped.</summary>
    private void Factor()
    {
        for (var k = 0; k < Slopes; k++)
        {
            var at = k * _capacitySlopes;
            var original = _schur[at + k];
            for (var m = 0; m < k; m++)
            {
                var sum = _schur[at + m];
                for (var j = 0; j < m; j++)
                    sum -= _schur[at + j] * _schur[(m * _capacitySlopes) + j];
                _schur[at + m] = _dropped[m] ? 0 : sum / _schur[(m * _capacitySlopes) + m];
            }

            var pivot = original;
            for (var j = 0; j < k; j++)
                pivot -= _schur[at + j] * _schur[at + j];
            _dropped[k] = !(pivot > 1e-11 * Math.Abs(original)) || !(original > 0);
            _schur[at + k] = _dropped[k] ? 1 : Math.Sqrt(pivot);
        }
    }

    /// <summary>Forward substitution in place; returns the squared length, which is vᵀ S⁻¹ v.</summary>
    private double SolveHalf(double[] v)
    {
        double length = 0;
        for (var k = 0; k < Slopes; k++)
        {
            if (_dropped[k])
            {
                v[k] = 0;
                continue;
            }

            var sum = v[k];
            for (var m = 0; m < k; m++)
                sum -= _schur[(k * _capacitySlopes) + m] * v[m];
            v[k] = sum / _schur[(k * _capacitySlopes) + k];
            length += v[k] * v[k];
        }

        return length;
    }

    private void SolveFull(double[] v)
    {
        SolveHalf(v);
        for (var k = Slopes - 1; k >= 0; k--)
        {
            if (_dropped[k])
                continue;
            var sum = v[k];
            for (var m = k + 1; m < Slopes; m++)
                sum -= _schur[(m * _capacitySlopes) + k] * v[m];
            v[k] = sum / _schur[(k * _capacitySlopes) + k];
        }
    }

    /// <summary>(e_level, x)ᵀ (XᵀWX)⁻¹ (e_level, x).</summary>
    private double Quadratic(int level, ReadOnlySpan<double> x)
    {
        var weight = _levelWeight[level];
        for (var k = 0; k < Slopes; k++)
            _scratch[k] = x[k] - (_levelX[(level * _capacitySlopes) + k] / weight);
        return (1 / weight) + SolveHalf(_scratch);
    }

    private void Update()
    {
        Span<Vector<double>> eta = Vectors(_eta), mean = Vectors(_mean);
        if (_levels == 1)
        {
            eta.Fill(new Vector<double>(_levelValue[0]));
        }
        else
        {
            for (var i = 0; i < Padded(Rows); i++)
                _eta[i] = _levelValue[_level[i]];
        }

        for (var k = 0; k < Slopes; k++)
        {
            Span<Vector<double>> x = XOf(k);
            var slope = _slopeValue[k];
            for (var i = 0; i < eta.Length; i++)
                eta[i] += slope * x[i];
        }

        var smallest = new Vector<double>(SmallestMean);
        for (var i = 0; i < mean.Length; i++)
            mean[i] = Vector.Max(Vector.Exp(eta[i]), smallest);
    }

    private double Deviance()
    {
        if (!double.IsInfinity(Size))
            return NegativeBinomialDeviance();
        Span<Vector<double>> y = Vectors(_y), logY = Vectors(_logY), eta = Vectors(_eta), mean = Vectors(_mean), weight = Vectors(_weight);
        var sum = Vector<double>.Zero;
        for (var i = 0; i < y.Length; i++)
            sum += weight[i] * ((y[i] * (logY[i] - eta[i])) + mean[i] - y[i]);
        return 2 * Vector.Sum(sum);
    }

    private double NegativeBinomialDeviance()
    {
        double sum = 0;
        for (var i = 0; i < Rows; i++)
        {
            var part = _y[i] * (_logY[i] - _eta[i]);
            sum += _weight[i] * (part + ((_y[i] + Size) * Math.Log((_mean[i] + Size) / (_y[i] + Size))));
        }

        return 2 * sum;
    }

    private void CountFreedom()
    {
        var used = 0;
        for (var i = 0; i < Rows; i++)
        {
            if (_weight[i] > 0)
                used++;
        }

        for (var level = 0; level < _levels; level++)
        {
            if (_levelWeight[level] > 0)
                used--;
        }

        for (var k = 0; k < Slopes; k++)
        {
            if (!_dropped[k])
                used--;
        }

        DegreesOfFreedom = used;
    }

    private double PearsonDispersion()
    {
        Span<Vector<double>> y = Vectors(_y), mean = Vectors(_mean), work = Vectors(_work);
        var sum = Vector<double>.Zero;
        for (var i = 0; i < y.Length; i++)
        {
            var residual = (y[i] - mean[i]) / mean[i];
            sum += work[i] * residual * residual;
        }

        return Vector.Sum(sum) / DegreesOfFreedom;
    }
}
