namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>
/// Minimises a function of a few unknowns without derivatives: Nelder, Mead (1965), The Computer Journal 7:308–313, started
/// again from its end until a restart no longer helps. Infinite values mark points that are not allowed.
/// </summary>
internal static class NelderMead
{
    public static double[] Minimise(Func<double[], double> function, double[] start, double step)
    {
        var best = (double[])start.Clone();
        var value = function(best);
        for (var restart = 0; restart < 5; restart++)
        {
            var (point, lower) = Once(function, best, step);
            best = point;
            if (value - lower <= 1e-10 * (Math.Abs(lower) + 1e-10))
                return best;
            value = lower;
        }

        return best;
    }

    /// <summary>
    /// Inverse of the matrix of second differences at a minimum of a negative log-likelihood: the covariance of the estimates.
    /// Null where the minimum is not curved in every direction.
    /// </summary>
    public static double[,]? Covariance(Func<double[], double> function, double[] at, double step)
    {
        var n = at.Length;
        var hessian = new double[n, n];
        var centre = function(at);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                hessian[i, j] = hessian[j, i] = i == j
                    ? (Moved(i, 0, step, 0) - (2 * centre) + Moved(i, 0, -step, 0)) / (step * step)
                    : (Moved(i, j, step, step) - Moved(i, j, step, -step) - Moved(i, j, -step, step) + Moved(i, j, -step, -step))
                        / (4 * step * step);
            }
        }

        return Invert(hessian);

        double Moved(int i, int j, double di, double dj)
        {
            var point = (double[])at.Clone();
            point[i] += di;
            point[j] += dj;
            return function(point);
        }
    }

    /// <summary>Inverse of a symmetric positive definite matrix by Gauss–Jordan; null when it is not.</summary>
    private static double[,]? Invert(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var left = (double[,])matrix.Clone();
        var right = new double[n, n];
        for (var i = 0; i < n; i++)
            right[i, i] = 1;
        for (var pivot = 0; pivot < n; pivot++)
        {
            // Without row exchanges the pivots of a positive definite matrix are all positive.
            var d = left[pivot, pivot];
            if (!(d > 0) || !double.IsFinite(d))
                return null;
            for (var c = 0; c < n; c++)
            {
                left[pivot, c] /= d;
                right[pivot, c] /= d;
            }

            for (var r = 0; r < n; r++)
            {
                var factor = left[r, pivot];
                for (var c = 0; c < n && r != pivot; c++)
                {
                    left[r, c] -= factor * left[pivot, c];
                    right[r, c] -= factor * right[pivot, c];
                }
            }
        }

        return right;
    }

    private static (double[] Point, double Value) Once(Func<double[], double> function, double[] start, double step)
    {
        var n = start.Length;
        var points = new double[n + 1][];
        var values = new double[n + 1];
        for (var i = 0; i <= n; i++)
        {
            points[i] = (double[])start.Clone();
            if (i > 0)
                points[i][i - 1] += step;
            values[i] = function(points[i]);
        }

        for (var turn = 0; turn < 400 * n; turn++)
        {
            Array.Sort(values, points);
            if (values[n] - values[0] <= 1e-13 * (Math.Abs(values[0]) + 1e-13) && Spread(points) < 1e-9)
                break;
            Step(function, points, values);
        }

        Array.Sort(values, points);
        return (points[0], values[0]);
    }

    private static void Step(Func<double[], double> function, double[][] points, double[] values)
    {
        var n = points.Length - 1;
        var (reflected, value) = Try(-1);
        if (value < values[0])
        {
            var (expanded, farther) = Try(-2);
            (points[n], values[n]) = farther < value ? (expanded, farther) : (reflected, value);
            return;
        }

        if (value < values[n - 1])
        {
            (points[n], values[n]) = (reflected, value);
            return;
        }

        var (contracted, nearer) = Try(value < values[n] ? -0.5 : 0.5);
        if (nearer < Math.Min(value, values[n]))
        {
            (points[n], values[n]) = (contracted, nearer);
            return;
        }

        for (var i = 1; i <= n; i++)
        {
            for (var k = 0; k < n; k++)
                points[i][k] = (points[i][k] + points[0][k]) / 2;
            values[i] = function(points[i]);
        }

        (double[] Point, double Value) Try(double factor)
        {
            var point = new double[n];
            for (var k = 0; k < n; k++)
            {
                double centre = 0;
                for (var i = 0; i < n; i++)
                    centre += points[i][k] / n;
                point[k] = centre + (factor * (points[n][k] - centre));
            }

            return (point, function(point));
        }
    }

    private static double Spread(double[][] points)
    {
        double spread = 0;
        for (var k = 0; k < points[0].Length; k++)
            spread = Math.Max(spread, Math.Abs(points[^1][k] - points[0][k]));
        return spread;
    }
}
