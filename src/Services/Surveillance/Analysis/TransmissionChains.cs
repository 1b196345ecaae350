using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// Who infected whom, as a forest over the cases of a line list.
/// </summary>
/// <param name="Infector">For each case the index of its infector, −1 where unknown or imported.</param>
/// <param name="Generation">For each case its steps from the start of its chain.</param>
/// <param name="Chain">For each case the index of the case its chain starts with.</param>
/// <param name="Offspring">For each case the number it infected.</param>
public sealed record TransmissionChains(int[] Infector, int[] Generation, int[] Chain, int[] Offspring)
{
    /// <summary>
    /// Builds the chains from possible links. Where a case has several possible infectors the one is kept under whom the
    /// interval between onsets is most likely (<paramref name="serialInterval"/>, w[s] for s days; links with w = 0 are dropped),
    /// the earlier one of two equals. <paramref name="onsets"/>: days, NaN where unknown; a link with an unknown onset
    /// is kept only where no dated one is possible. Links that would close a circle are dropped, least likely first.
    /// </summary>
    public static Result<TransmissionChains> Build(
        ReadOnlySpan<double> onsets, IReadOnlyList<ContactLink> links, ReadOnlySpan<double> serialInterval)
    {
        if (SerialInterval.Check(serialInterval) is { } problem)
            return problem;
        var candidates = new List<(double Weight, int Infector, int Infected)>(links.Count);
        foreach (var link in links)
        {
            if ((uint)link.Infector >= (uint)onsets.Length || (uint)link.Infected >= (uint)onsets.Length)
                return Series.BadOption(nameof(links), "between cases of the line list");
            var weight = Weight(onsets[link.Infected] - onsets[link.Infector], serialInterval);
            if (weight >= 0 && link.Infector != link.Infected)
                candidates.Add((weight, link.Infector, link.Infected));
        }

        var ordered = new double[onsets.Length];
        for (var i = 0; i < ordered.Length; i++)
            ordered[i] = double.IsNaN(onsets[i]) ? double.PositiveInfinity : onsets[i];
        candidates.Sort((a, b) => a.Weight != b.Weight
            ? b.Weight.CompareTo(a.Weight)
            : (ordered[a.Infector], a.Infector).CompareTo((ordered[b.Infector], b.Infector)));
        var infector = new int[onsets.Length];
        Array.Fill(infector, -1);
        foreach (var (_, from, to) in candidates)
        {
            if (infector[to] < 0 && Root(infector, from) != to)
                infector[to] = from;
        }

        return Describe(infector);
    }

    /// <summary>
    /// Mean number infected by a case and its dispersion k (small: a few cases infect most), by maximum likelihood of negative
    /// binomial counts. Lloyd-Smith, Schreiber, Kopp, Getz (2005), Nature 438:355–359. Infinite k: no more spread than chance.
    /// </summary>
    public (double Mean, double Dispersion) OffspringLaw()
    {
        if (Offspring.Length == 0)
            return (double.NaN, double.NaN);
        var counts = Array.ConvertAll(Offspring, static n => (double)n);
        var means = new double[counts.Length];
        var mean = counts.Average();
        if (mean == 0)
            return (0, double.NaN);
        Array.Fill(means, mean);
        return (mean, NegativeBinomialSize.Estimate(counts, means, double.PositiveInfinity));
    }

    /// <summary>Smallest share of the cases that infected <paramref name="share"/> of all infected (0.8: the "80/20" figure).</summary>
    public double ShareInfecting(double share)
    {
        var sorted = Offspring.OrderDescending().ToArray();
        var goal = share * sorted.Sum();
        double sum = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sum >= goal)
                return i / (double)sorted.Length;
            sum += sorted[i];
        }

        return sorted.Length == 0 ? double.NaN : 1;
    }

    /// <summary>Chance of the interval, 0 where it is unknown, −1 where it is impossible.</summary>
    private static double Weight(double interval, ReadOnlySpan<double> serialInterval)
    {
        if (double.IsNaN(interval))
            return 0;
        var days = (int)Math.Clamp(Math.Round(interval), -1, serialInterval.Length);
        return days < 0 || days >= serialInterval.Length || serialInterval[days] == 0 ? -1 : serialInterval[days];
    }

    private static int Root(int[] infector, int node)
    {
        while (infector[node] >= 0)
            node = infector[node];
        return node;
    }

    private static TransmissionChains Describe(int[] infector)
    {
        var generation = new int[infector.Length];
        var chain = new int[infector.Length];
        var offspring = new int[infector.Length];
        for (var i = 0; i < infector.Length; i++)
        {
            var node = i;
            for (; infector[node] >= 0; node = infector[node])
                generation[i]++;
            chain[i] = node;
            if (infector[i] >= 0)
                offspring[infector[i]]++;
        }

        return new TransmissionChains(infector, generation, chain, offspring);
    }
}
