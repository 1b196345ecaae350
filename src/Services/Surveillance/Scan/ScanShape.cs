namespace Yunnao.Services.Surveillance.Scan;

/// <summary>Sizes of a scan's tables: regions × days, of which the last <paramref name="Longest"/> can be in a cluster.</summary>
internal sealed record ScanShape(int Regions, int Days, int Longest)
{
    /// <summary>Sums of the last d days, d = 1 … Longest, of every region; the table is regions × Longest.</summary>
    public double[] Recent(ReadOnlySpan<double> table)
    {
        var recent = new double[Regions * Longest];
        for (var region = 0; region < Regions; region++)
        {
            double sum = 0;
            for (var d = 0; d < Longest; d++)
            {
                sum += table[(region * Days) + Days - 1 - d];
                recent[(region * Longest) + d] = sum;
            }
        }

        return recent;
    }

    /// <summary>As <see cref="Recent"/>, in floats with padded rows.</summary>
    public float[] RecentFloats(ReadOnlySpan<double> table, int stride)
    {
        var recent = Recent(table);
        var floats = new float[Regions * stride];
        for (var region = 0; region < Regions; region++)
        {
            for (var d = 0; d < Longest; d++)
                floats[(region * stride) + d] = (float)recent[(region * Longest) + d];
        }

        return floats;
    }

    /// <summary>Each region's share of the whole table.</summary>
    public double[] Shares(ReadOnlySpan<double> table)
    {
        var shares = new double[Regions];
        double total = 0;
        for (var i = 0; i < table.Length; i++)
        {
            shares[i / Days] += table[i];
            total += table[i];
        }

        for (var region = 0; region < Regions; region++)
            shares[region] /= total;
        return shares;
    }
}
