namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>
/// Sines and cosines of the harmonics of a year, point by point. Where a year is a whole number of points they come from a table.
/// </summary>
internal sealed class Waves
{
    private static Waves? s_last;

    private readonly double _frequency;
    private readonly int _harmonics;
    private readonly double[] _table;

    private Waves(double frequency, int harmonics)
    {
        (_frequency, _harmonics) = (frequency, harmonics);
        _table = frequency is > 0 and <= 400 && frequency == Math.Floor(frequency) ? new double[(int)frequency * 2 * harmonics] : [];
        for (var at = 0; at < _table.Length; at += 2 * harmonics)
            Turn(at / (2 * harmonics), _table.AsSpan(at));
    }

    /// <summary>The waves of a year of <paramref name="frequency"/> points, above zero; those asked for last are kept, for the next series.</summary>
    public static Waves Of(double frequency, int harmonics)
    {
        var last = Volatile.Read(ref s_last);
        if (last is null || last._frequency != frequency || last._harmonics != harmonics)
            Volatile.Write(ref s_last, last = new Waves(frequency, harmonics));
        return last;
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
        var place = point % year;
        _table.AsSpan((place < 0 ? place + year : place) * 2 * _harmonics, 2 * _harmonics).CopyTo(x);
    }

    private void Turn(int point, Span<double> x)
    {
        for (var h = 0; h < _harmonics; h++)
            (x[2 * h], x[(2 * h) + 1]) = Math.SinCos(2 * Math.PI * (h + 1) * point / _frequency);
    }
}
