using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Evaluation;

/// <summary>
/// Daily counts of a city's districts with outbreaks whose truth is known. Season, its size and time from year to year, a slow
/// trend, weekdays, the Spring Festival and slow noise of the city and of each district make a baseline that no detector here
/// models exactly. The same seed gives the same city.
/// </summary>
internal sealed class SimulatedCity
{
    public const int Districts = 12;
    public const int Days = 365;

    /// <summary>Years before the judged one: what the moving percentile method asks for, and some weeks.</summary>
    public const int Past = (5 * Days) + 60;

    private const int Columns = 4;
    private const double OutbreaksOfYear = 14;
    private const int FewestCases = 5;

    private static readonly double[] s_weekday = [1.18, 1.1, 1.06, 1.04, 1.04, 0.82, 0.76];

    private readonly double[][] _mean;
    private readonly double[] _residents;

    private SimulatedCity(ulong seed)
    {
        var random = new RandomDraws(seed);
        var diseases = SimulatedDisease.All;
        _residents = new double[Districts];
        for (var district = 0; district < Districts; district++)
            _residents[district] = Math.Exp(Math.Log(250_000) + (0.6 * random.Normal()));
        _mean = new double[diseases.Count * Districts][];
        Counts = new double[diseases.Count * Districts][];
        for (var disease = 0; disease < diseases.Count; disease++)
            MakeBaseline(ref random, disease);
        Outbreaks = MakeOutbreaks(ref random);
    }

    public static int Length => Past + Days;

    /// <summary>Counts of a disease in a district, at disease × Districts + district.</summary>
    public double[][] Counts { get; }

    /// <summary>Outbreaks that touch the judged year.</summary>
    public IReadOnlyList<SimulatedOutbreak> Outbreaks { get; }

    public static SimulatedCity Make(ulong seed) => new(seed);

    /// <summary>Counts of a disease in the whole city.</summary>
    public double[] Whole(int disease)
    {
        var sum = new double[Length];
        for (var district = 0; district < Districts; district++)
        {
            var counts = Counts[(disease * Districts) + district];
            for (var day = 0; day < sum.Length; day++)
                sum[day] += counts[day];
        }

        return sum;
    }

    private void MakeBaseline(ref RandomDraws random, int index)
    {
        var disease = SimulatedDisease.All[index];
        var city = CityShape(ref random, disease);
        var own = new double[Length];
        for (var district = 0; district < Districts; district++)
        {
            SlowNoise(ref random, 0.15, own);
            var share = disease.Rate / 100_000 / Days * _residents[district] * Math.Exp(0.3 * random.Normal());
            var (mean, counts) = (new double[Length], new double[Length]);
            for (var day = 0; day < Length; day++)
            {
                mean[day] = share * city[day] * Math.Exp(own[day]);
                // Gamma noise of the day: variance mean + mean² / 20.
                counts[day] = random.Poisson(mean[day] * random.Gamma(20) / 20);
            }

            (_mean[(index * Districts) + district], Counts[(index * Districts) + district]) = (mean, counts);
        }
    }

    /// <summary>What all districts share: season, the size and shift of each year's, trend, weekday, festival, slow noise.</summary>
    private static double[] CityShape(ref RandomDraws random, SimulatedDisease disease)
    {
        var shape = new double[Length];
        SlowNoise(ref random, 0.12, shape);
        var trend = 0.06 * random.Normal();
        var festival = new int[(Length / Days) + 2];
        for (var year = 0; year < festival.Length; year++)
            festival[year] = (year * Days) + 21 + random.NextInt(29);
        double size = 0, shift = 0;
        for (var day = 0; day < shape.Length; day++)
        {
            // A season's year starts in July, so that winters are whole.
            if (day == 0 || day % Days == 181)
                (size, shift) = (disease.YearAmplitude * random.Normal(), disease.YearShift * random.Normal());
            var log = shape[day] + size + (trend * day / Days);
            shape[day] = SeasonAt(disease.Season, day - shift) * Math.Exp(log) * s_weekday[day % 7] * Festival(day - festival[day / Days]);
        }

        return shape;
    }

    /// <summary>A week of few visits, then some days that make up for it.</summary>
    private static double Festival(int after) => after switch { >= 0 and < 7 => 0.55, >= 7 and < 12 => 1.15, _ => 1 };

    private static double SeasonAt(double[] months, double day)
    {
        var month = (((day / Days) % 1) + 1) % 1 * 12;
        var at = month - 0.5;
        var low = (int)Math.Floor(at);
        var part = at - low;
        return (months[(low + 12) % 12] * (1 - part)) + (months[(low + 1) % 12] * part);
    }

    /// <summary>An autoregressive log factor with a memory of about ten weeks.</summary>
    private static void SlowNoise(ref RandomDraws random, double sd, Span<double> into)
    {
        const double Memory = 0.985;
        var value = sd * random.Normal();
        for (var day = 0; day < into.Length; day++)
        {
            into[day] = value;
            value = (Memory * value) + (sd * Math.Sqrt(1 - (Memory * Memory)) * random.Normal());
        }
    }

    /// <summary>Outbreaks of all years: those of the past spoil the baselines, those that touch the judged year are the truth.</summary>
    private List<SimulatedOutbreak> MakeOutbreaks(ref RandomDraws random)
    {
        var kinds = SimulatedDisease.All.Select((disease, index) => (disease, index)).Where(kind => kind.disease.OutbreakDays > 0).ToArray();
        var count = random.Poisson(OutbreaksOfYear * Length / Days);
        var outbreaks = new List<SimulatedOutbreak>();
        for (var i = 0; i < count; i++)
        {
            var (disease, index) = kinds[random.NextInt(kinds.Length)];
            if (Add(ref random, disease, index) is { } made && made.Start >= Past)
                outbreaks.Add(made);
        }

        return outbreaks;
    }

    private SimulatedOutbreak? Add(ref RandomDraws random, SimulatedDisease disease, int index)
    {
        var days = Math.Max(5, (int)(disease.OutbreakDays * (0.6 + (0.8 * random.NextDouble()))));
        var start = random.NextInt(Length - days);
        var districts = Places(ref random);
        double expected = 0;
        foreach (var district in districts)
        {
            for (var day = start; day < start + days; day++)
                expected += _mean[(index * Districts) + district][day];
        }

        // Added cases from half to twelve times the expected ones, evenly on the logarithmic scale.
        var added = random.Poisson(expected * 0.5 * Math.Pow(24, random.NextDouble()));
        added = Math.Max(added, FewestCases + random.NextInt(8));
        int first = int.MaxValue, last = 0;
        for (var n = 0; n < added; n++)
        {
            var day = start + Math.Min(days - 1, (int)(Moment(ref random, disease.PointSource) * days));
            var place = districts[random.NextDouble() < 0.6 ? 0 : random.NextInt(districts.Length)];
            Counts[(index * Districts) + place][day]++;
            (first, last) = (Math.Min(first, day), Math.Max(last, day));
        }

        return new SimulatedOutbreak(index, districts, first, last, added, (expected + added) / expected);
    }

    /// <summary>
    /// When in its outbreak a case falls, in [0, 1): by a lognormal incubation time of one source, or in a triangle.
    /// </summary>
    private static double Moment(ref RandomDraws random, bool pointSource) => pointSource
        ? Math.Min(0.999, 0.22 * Math.Exp(0.6 * random.Normal()))
        : (random.NextDouble() + random.NextDouble()) / 2;

    /// <summary>One district, or a few that touch each other on the city's grid.</summary>
    private static int[] Places(ref RandomDraws random)
    {
        var places = new List<int> { random.NextInt(Districts) };
        var size = random.NextDouble() switch { < 0.6 => 1, < 0.85 => 2, _ => 3 };
        while (places.Count < size)
        {
            var from = places[random.NextInt(places.Count)];
            var (column, row) = ((from % Columns) + random.NextInt(3) - 1, (from / Columns) + random.NextInt(3) - 1);
            var next = (row * Columns) + column;
            if (column is >= 0 and < Columns && row is >= 0 and < Districts / Columns && !places.Contains(next))
                places.Add(next);
        }

        return [.. places];
    }
}
