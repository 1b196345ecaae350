namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>
/// Sines and cosines of the harmonics of a year, point by point. Where a year is a whole number of points they come from a table.
/// </summary>
internal sealed class Waves
{
    private readonly double _frequency;
    private readonly int _harmonics;
    private readonly double[] _table;

    /// <summary><paramref name="frequency"/> points a year, above zero.</summary>
    public Waves(double frequency, int harmonics)
    {
        (_frequency, _harmonics) = (frequency, harmonics);
        _table = frequency is > 0 and <= 400 && frequency == Math.Floor(frequency) ? new double[(int)frequency * 2 * harmonics] : [];
        for (var at = 0; at < _table.Length; at += 2 * harmonics)
            Turn(at / (2 * harmonics), _table.AsSpan(at));
    }

    /// <summary>Sine and cosine of each harmonic in turn, at a point counted from any origin.</summary>
    public void Fill(int point, Span<double> x)
    {
        if (_table.Length == 0)
        {
            Turn(point, x);
            return;
        }

        var year = (int)_frequency;
        _table.AsSpan(((point % year) + year) % year * 2 * _harmonics, 2 * _harmonics).CopyTo(x);
    }

    private void Turn(int point, Span<double> x)
    {
        for (var h = 0; h < _harmonics; h++)
            (x[2 * h], x[(2 * h) + 1]) = Math.SinCos(2 * Math.PI * (h + 1) * point / _frequency);
    }
}
