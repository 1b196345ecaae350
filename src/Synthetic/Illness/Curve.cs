using System.Globalization;

namespace Yunnao.Synthetic.Illness;

/// <summary>A value by age, written <c>0:900 18:130 65:160</c>: straight lines between the points, level outside of them.</summary>
internal sealed class Curve
{
    private readonly double[] _byAge = new double[121];

    public Curve(string points)
    {
        var list = points.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split(':'))
            .Select(p => (Age: double.Parse(p[0], CultureInfo.InvariantCulture), Value: double.Parse(p[1], CultureInfo.InvariantCulture))).ToList();
        for (var age = 0; age < _byAge.Length; age++)
        {
            var after = list.FindIndex(p => p.Age > age);
            if (after <= 0) _byAge[age] = after == 0 ? list[0].Value : list[^1].Value;
            else _byAge[age] = Between(list[after - 1], list[after], age);
        }
    }

    public double At(int age) => _byAge[Math.Clamp(age, 0, _byAge.Length - 1)];

    private static double Between((double Age, double Value) from, (double Age, double Value) to, int age) =>
        from.Value + (to.Value - from.Value) * (age - from.Age) / (to.Age - from.Age);
}
