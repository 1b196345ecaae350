using System.Numerics;

namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>
/// Quasi-Poisson (or, with a size, negative binomial) regression with log link of a count on one factor and a few slopes: log μ = level[g] + Σ slope[k]·x[k],
/// fitted by iteratively reweighted least squares (McCullagh, Nelder 1989, Generalized Linear Models, 2.5). The factor makes
/// the normal equations an arrow: the levels are eliminated one by one and a matrix of only the slopes is factored, so a
/// step costs rows × slopes². A workspace is filled, fitted, changed and fitted again without allocating.
/// Iteration ends when the deviance changes by under 1e-8 of itself, or after 25 steps.
/// </summary>
internal sealed class LogLinearFit
{
    private const double Epsilon = 1e-8;
    private const int MaximumSteps = 25;
    private const double SmallestMean = 2.220446049250313e-16;

    /// <summary>What is added to a count where the iteration starts; and logarithms of small counts, which most are.</summary>
    private const double Start = 0.1;

    private static readonly double[] s_logs = [.. Enumerable.Range(0, 256).Select(static k => Math.Log(k))];
    private static readonly double[] s_startLogs = [.. Enumerable.Range(0, 256).Select(static k => Math.Log(k + Start))];

    private readonly int _levels;
    private readonly int _capacitySlopes;
    private readonly int[] _level;
    private readonly double[] _x;
    private readonly double[] _y;
    private readonly double[] _logY;
    private readonly double[] _weight;
    private readonly double[] _eta;
    private readonly double[] _mean;
    private readonly double[] _work;
    private readonly double[] _workResponse;
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
        _level = new int[rows];
        _x = new double[rows * Math.Max(1, slopes)];
        _y = new double[rows];
        _logY = new double[rows];
        _weight = new double[rows];
        _eta = new double[rows];
        _mean = new double[rows];
        _work = new double[rows];
        _workResponse = new double[rows];
        _levelValue = new double[levels];
        _levelWeight = new double[levels];
        _levelX = new double[levels * Math.Max(1, slopes)];
        _slopeValue = new double[Math.Max(1, slopes)];
        _schur = new double[Math.Max(1, slopes * slopes)];
        _right = new double[Math.Max(1, slopes)];
        _scratch = new double[Math.Max(1, slopes)];
        _dropped = new bool[Math.Max(1, slopes)];
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
        _logY[Rows] = y > 0 ? Logarithm(y, s_logs, 0) : 0;
        _level[Rows] = level;
        _weight[Rows] = 1;
        x[.._capacitySlopes].CopyTo(_x.AsSpan(Rows * _capacitySlopes));
        Rows++;
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
        for (var i = 0; i < Rows && !goOn; i++)
        {
            _mean[i] = _y[i] + Start;
            _eta[i] = Logarithm(_y[i], s_startLogs, Start);
        }

        var deviance = Deviance();
        for (var step = 0; step < MaximumSteps; step++)
        {
            Solve();
            Update();
            var next = Deviance();
            if (!double.IsFinite(next))
                return false;
            Converged = Math.Abs(next - deviance) / (Math.Abs(next) + 0.1) < Epsilon;
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
        for (var i = 0; i < Rows; i++)
        {
            var cubeY = Math.Cbrt(_y[i]);
            var cubeMean = Math.Cbrt(_mean[i]);
            var raw = 1.5 * ((cubeY * cubeY) - (cubeMean * cubeMean)) / Math.Sqrt(cubeMean);
            into[i] = raw / Math.Sqrt(dispersion * (1 - Leverage(i)));
        }
    }

    /// <summary>Diagonal of the hat matrix of the last step.</summary>
    private double Leverage(int row) => _work[row] * Quadratic(_level[row], Row(row));

    private ReadOnlySpan<double> Row(int row) => _x.AsSpan(row * _capacitySlopes, _capacitySlopes);

    /// <summary>One weighted least squares step for the working response, by elimination of the levels.</summary>
    private void Solve()
    {
        Array.Clear(_levelWeight);
        Array.Clear(_levelX);
        Array.Clear(_levelValue);
        Array.Clear(_schur);
        Array.Clear(_right);
        WorkingResponse();
        for (var i = 0; i < Rows; i++)
            Accumulate(i);

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

    private static double Logarithm(double y, double[] table, double added)
    {
        var whole = (int)Math.Min(y, table.Length - 1);
        return whole == y ? table[whole] : Math.Log(y + added);
    }

    /// <summary>Weights of the step, and weighted responses w (η + (y − μ) / μ).</summary>
    private void WorkingResponse()
    {
        var row = 0;
        for (; row <= Rows - Vector<double>.Count; row += Vector<double>.Count)
        {
            var mean = new Vector<double>(_mean, row);
            var scale = new Vector<double>(_weight, row) / (Vector<double>.One + (mean / Size));
            (scale * mean).CopyTo(_work, row);
            (scale * ((mean * new Vector<double>(_eta, row)) + new Vector<double>(_y, row) - mean)).CopyTo(_workResponse, row);
        }

        for (; row < Rows; row++)
        {
            var scale = _weight[row] / (1 + (_mean[row] / Size));
            _work[row] = scale * _mean[row];
            _workResponse[row] = scale * ((_mean[row] * _eta[row]) + _y[row] - _mean[row]);
        }
    }

    private void Accumulate(int i)
    {
        var (w, wz) = (_work[i], _workResponse[i]);
        if (w == 0)
            return;
        var level = _level[i];
        _levelWeight[level] += w;
        _levelValue[level] += wz;
        var row = i * _capacitySlopes;
        for (var k = 0; k < Slopes; k++)
        {
            var wx = w * _x[row + k];
            _levelX[(level * _capacitySlopes) + k] += wx;
            _right[k] += wz * _x[row + k];
            for (var m = 0; m <= k; m++)
                _schur[(k * _capacitySlopes) + m] += wx * _x[row + m];
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
        for (var i = 0; i < Rows; i++)
        {
            var eta = _levelValue[_level[i]];
            for (var k = 0; k < Slopes; k++)
                eta += _slopeValue[k] * _x[(i * _capacitySlopes) + k];
            _eta[i] = eta;
        }

        var row = 0;
        for (; row <= Rows - Vector<double>.Count; row += Vector<double>.Count)
            Vector.Max(Vector.Exp(new Vector<double>(_eta, row)), new Vector<double>(SmallestMean)).CopyTo(_mean, row);
        for (; row < Rows; row++)
            _mean[row] = Math.Max(Math.Exp(_eta[row]), SmallestMean);
    }

    private double Deviance()
    {
        if (!double.IsInfinity(Size))
            return NegativeBinomialDeviance();
        var sums = Vector<double>.Zero;
        var row = 0;
        for (; row <= Rows - Vector<double>.Count; row += Vector<double>.Count)
        {
            var y = new Vector<double>(_y, row);
            var part = (y * (new Vector<double>(_logY, row) - new Vector<double>(_eta, row))) + new Vector<double>(_mean, row) - y;
            sums += new Vector<double>(_weight, row) * part;
        }

        var sum = Vector.Sum(sums);
        for (; row < Rows; row++)
            sum += _weight[row] * ((_y[row] * (_logY[row] - _eta[row])) + _mean[row] - _y[row]);
        return 2 * sum;
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
        double sum = 0;
        for (var i = 0; i < Rows; i++)
        {
            var residual = (_y[i] - _mean[i]) / _mean[i];
            sum += _work[i] * residual * residual;
        }

        return sum / DegreesOfFreedom;
    }
}
