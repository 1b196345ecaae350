namespace Yunnao.Services.Surveillance.Scan;

/// <summary>For every region, its nearest regions in order of distance, itself first. Built once, used by every scan.</summary>
internal sealed class Neighbours
{
    private const double EarthRadius = 6371.0088;

    private Neighbours(int[] index, double[] distance, int[] start)
    {
        Index = index;
        Distance = distance;
        Start = start;
    }

    /// <summary>Neighbours of all regions, one after another.</summary>
    public int[] Index { get; }

    /// <summary>Their distances from the centre, kilometres.</summary>
    public double[] Distance { get; }

    /// <summary>Where each region's neighbours start; one more entry than regions.</summary>
    public int[] Start { get; }

    public static Neighbours Build(IReadOnlyList<Region> regions, int most, double radius)
    {
        var n = regions.Count;
        var vectors = Vectors(regions);
        var index = new List<int>(n * Math.Min(most, n));
        var distance = new List<double>(index.Capacity);
        var start = new int[n + 1];
        var keys = new double[n];
        var items = new int[n];
        for (var centre = 0; centre < n; centre++)
        {
            for (var other = 0; other < n; other++)
            {
                keys[other] = Chord(vectors, centre, other);
                items[other] = other;
            }

            // Itself comes first even where another region has the same place.
            keys[centre] = -1;
            Array.Sort(keys, items);
            for (var k = 0; k < Math.Min(most, n); k++)
            {
                var far = k == 0 ? 0 : 2 * EarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(keys[k]) / 2));
                if (far > radius)
                    break;
                index.Add(items[k]);
                distance.Add(far);
            }

            start[centre + 1] = index.Count;
        }

        return new Neighbours([.. index], [.. distance], start);
    }

    private static double[] Vectors(IReadOnlyList<Region> regions)
    {
        var vectors = new double[3 * regions.Count];
        for (var i = 0; i < regions.Count; i++)
        {
            var (sinLat, cosLat) = Math.SinCos(regions[i].Latitude * Math.PI / 180);
            var (sinLon, cosLon) = Math.SinCos(regions[i].Longitude * Math.PI / 180);
            vectors[3 * i] = cosLat * cosLon;
            vectors[(3 * i) + 1] = cosLat * sinLon;
            vectors[(3 * i) + 2] = sinLat;
        }

        return vectors;
    }

    /// <summary>Squared chord between two places on the unit sphere.</summary>
    private static double Chord(double[] v, int a, int b)
    {
        var x = v[3 * a] - v[3 * b];
        var y = v[(3 * a) + 1] - v[(3 * b) + 1];
        var z = v[(3 * a) + 2] - v[(3 * b) + 2];
        return (x * x) + (y * y) + (z * z);
    }
}
