using Xunit;
using Yunnao.Services.Surveillance.Analysis;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Tests.Unit.Surveillance;

public sealed class AnalysisTests
{
    [Fact]
    public void Growth_that_doubles_every_five_days_is_found()
    {
        var counts = new double[20];
        for (var t = 0; t < counts.Length; t++)
            counts[t] = 10 * Math.Pow(2, t / 5.0);
        var growth = GrowthRate.Fit(counts).Value;
        Assert.Equal(Math.Log(2) / 5, growth.Rate.Value, 9);
        Assert.Equal(5, growth.DoublingTime.Value, 7);
        Assert.True(growth.DoublingTime.Lower < 5 && growth.DoublingTime.Upper > 5);
        Assert.Equal(Math.Pow(1 + (Math.Log(2) / 5), 5), growth.Reproduction(5, Math.Sqrt(5)).Value, 9);
    }

    [Fact]
    public void Growth_of_no_cases_is_a_problem_and_of_level_cases_has_an_open_doubling_time()
    {
        Assert.Equal("surveillance.too-few-cases", GrowthRate.Fit(new double[9]).Problem?.Code);
        Assert.Equal("surveillance.too-few-cases", GrowthRate.Fit([5]).Problem?.Code);
        Assert.Equal(double.PositiveInfinity, GrowthRate.Fit([5, 6, 4, 5, 6, 5]).Value.DoublingTime.Upper);
    }

    [Fact]
    public void Nowcast_restores_a_triangle_with_a_constant_delay_law()
    {
        double[] shares = [0.5, 0.3, 0.2];
        var triangle = new double[10 * 3];
        for (var t = 0; t < 10; t++)
        {
            for (var d = 0; d < 3; d++)
                triangle[(t * 3) + d] = t + d < 10 ? 100 * shares[d] : double.NaN;
        }

        var nowcast = Nowcast.Estimate(triangle, 3, 0).Value;
        Assert.Equal([0.5, 0.8, 1], nowcast.Reported.Select(share => Math.Round(share, 12)));
        Assert.Equal(new Estimate(100, 100, 100), nowcast.Totals[0]);
        Assert.Equal(100.5, nowcast.Totals[9].Value, 9);
        Assert.True(nowcast.Totals[9].Lower < 100 && nowcast.Totals[9].Upper > 100);
    }

    [Fact]
    public void Nowcast_intervals_cover_about_95_of_100_simulated_days()
    {
        var random = new RandomDraws(11);
        double[] shares = [0.3, 0.3, 0.2, 0.1, 0.1];
        int inside = 0, days = 0;
        for (var run = 0; run < 60; run++)
        {
            var triangle = new double[40 * 5];
            var truth = new double[40];
            for (var cell = 0; cell < triangle.Length; cell++)
                truth[cell / 5] += triangle[cell] = random.Poisson(40 * shares[cell % 5]);
            var totals = Nowcast.Estimate(triangle, 5, 0).Value.Totals;
            for (var t = 36; t < 40; t++, days++)
                inside += truth[t] >= totals[t].Lower && truth[t] <= totals[t].Upper ? 1 : 0;
        }

        Assert.InRange(inside / (double)days, 0.88, 0.995);
    }

    [Fact]
    public void Fatality_with_delay_is_right_while_cases_grow()
    {
        double[] delay = [0, 0, 0, 0, 0, 0.5, 0.5];
        var cases = new double[40];
        var deaths = new double[40];
        for (var t = 0; t < 40; t++)
        {
            cases[t] = 100 * Math.Exp(0.1 * t);
            for (var s = 0; s <= Math.Min(t, 6); s++)
                deaths[t] += 0.02 * cases[t - s] * delay[s];
        }

        var fatality = CaseFatality.Estimate(cases, deaths, delay).Value;
        Assert.Equal(0.02, fatality.Corrected.Value, 9);
        Assert.True(fatality.Crude.Value < 0.013);
        Assert.True(fatality.Corrected.Lower < 0.02 && fatality.Corrected.Upper > 0.02);
        Assert.Equal("surveillance.bad-option", CaseFatality.Estimate(cases, deaths, [0.5]).Problem?.Code);
        Assert.Equal("surveillance.too-few-cases", CaseFatality.Estimate(new double[4], new double[4], [1]).Problem?.Code);
    }

    [Fact]
    public void Serial_interval_is_found_again_from_pairs_of_days()
    {
        var random = new RandomDraws(5);
        var pairs = new List<OnsetPair>();
        for (var i = 0; i < 400; i++)
        {
            var infector = 100 * random.NextDouble();
            var infected = infector + (random.Gamma(4) * 1.5);
            pairs.Add(OnsetPair.OfDays((int)infector, (int)infected));
        }

        var fit = SerialIntervalEstimate.Fit(pairs).Value;
        Assert.Equal(6, fit.Mean.Value, 0.4);
        Assert.Equal(3, fit.Sd.Value, 0.4);
        Assert.True(fit.Mean.Lower < 6 && fit.Mean.Upper > 6);
        Assert.Equal("surveillance.too-few-cases", SerialIntervalEstimate.Fit(pairs[..2]).Problem?.Code);
        Assert.Equal("surveillance.bad-pair", SerialIntervalEstimate.Fit([.. pairs[..3], OnsetPair.OfDays(9, 3)]).Problem?.Code);
    }

    [Fact]
    public void Discretised_serial_interval_is_a_distribution_with_the_mean_asked_for()
    {
        var weights = SerialInterval.Discretise(5.5, 2.5, 60).Value;
        Assert.Equal(0, weights[0]);
        Assert.Equal(1, weights.Sum(), 9);
        Assert.Equal(5.5, weights.Select((w, s) => w * s).Sum(), 6);
        Assert.Equal("surveillance.bad-option", SerialInterval.Discretise(1, 1, 5).Problem?.Code);
    }

    [Fact]
    public void Reproduction_of_a_series_shorter_than_its_window_is_empty_and_of_one_with_gaps_a_problem()
    {
        Assert.Empty(Cori.Estimate([1, 2, 3], [0, 1], new()).Value);
        Assert.Equal("surveillance.gap", Cori.Estimate([1, double.NaN, 3], [0, 1], new()).Problem?.Code);
        Assert.Equal("surveillance.bad-option", Cori.Estimate([1, 2, 3], [0.5, 0.5], new()).Problem?.Code);
        Assert.Equal("surveillance.negative-count", Cori.Estimate([1, -2, 3], [0, 1], new()).Problem?.Code);
    }

    [Fact]
    public void Case_reproduction_counts_the_cases_that_each_caused()
    {
        // With every interval one day, R of a day is the ratio of the next day's cases to its own.
        var daily = WallingaTeunis.Daily([1, 2, 6, 3, 0], [0, 1]).Value;
        Assert.Equal([2, 3, 0.5, 0], daily[..4]);
        Assert.True(double.IsNaN(daily[4]));
    }

    [Fact]
    public void Seir_fit_finds_the_parameters_that_made_the_curve()
    {
        var options = new SeirOptions { Population = 1e6, LatentDays = 3, InfectiousDays = 5, Reported = 0.5 };
        var truth = new double[60];
        SeirFit.Simulate(2.2, 20, options, truth);
        var random = new RandomDraws(3);
        var counts = Array.ConvertAll(truth, mean => (double)random.Poisson(mean));
        var fit = SeirFit.Fit(counts, options, ahead: 14).Value;
        Assert.Equal(2.2, fit.ReproductionNumber.Value, 0.1);
        Assert.True(fit.ReproductionNumber.Lower < 2.2 && fit.ReproductionNumber.Upper > 2.2);
        Assert.True(fit.ReproductionNumber.Upper - fit.ReproductionNumber.Lower < 0.2);
        Assert.Equal(74, fit.Expected.Length);
        Assert.Equal("surveillance.too-few-cases", SeirFit.Fit(new double[30], options, 0).Problem?.Code);
    }

    [Fact]
    public void Everyone_who_is_infected_is_counted_once()
    {
        var cases = new double[400];
        SeirFit.Simulate(2, 10, new() { Population = 1e5, LatentDays = 3, InfectiousDays = 5 }, cases);
        // The final size z of an epidemic with R0 = 2 solves z = 1 − exp(−2 z): 0.7968.
        Assert.Equal(0.7968, cases.Sum() / 1e5, 3);
    }

    [Fact]
    public void Weighted_interval_score_of_one_interval_is_the_published_one()
    {
        // (1/(K + 1/2)) (|y − m|/2 + α/2 IS), K = 1, α = 0.2, interval 2 to 8, median 5, y = 10.
        var forecast = new QuantileForecast([0.1, 0.5, 0.9], [2, 5, 8]);
        var interval = 6 + (2 / 0.2 * 2);
        Assert.Equal(((0.5 * 5) + (0.1 * interval)) / 1.5, forecast.WeightedIntervalScore(10), 12);
    }

    [Fact]
    public void Damped_growth_beats_the_naive_forecast_on_a_growing_epidemic()
    {
        var random = new RandomDraws(9);
        double naive = 0, damped = 0;
        for (var run = 0; run < 20; run++)
        {
            var counts = new double[24];
            for (var t = 0; t < counts.Length; t++)
                counts[t] = random.Poisson(20 * Math.Exp(0.15 * t));
            var past = counts.AsSpan(0, 22);
            naive += Forecast.Naive(past, 2, new()).Value[1].WeightedIntervalScore(counts[23]);
            damped += Forecast.DampedGrowth(past, 2, new()).Value[1].WeightedIntervalScore(counts[23]);
        }

        Assert.True(damped < 0.8 * naive);
    }

    [Fact]
    public void Forecast_quantiles_are_ordered_and_never_negative()
    {
        foreach (var forecast in Forecast.Naive([5, 0, 2, 1], 3, new()).Value.Concat(Forecast.DampedGrowth([5, 0, 2, 1], 3, new()).Value))
        {
            Assert.Equal(forecast.Values.Order(), forecast.Values);
            Assert.True(forecast.Values[0] >= 0);
        }

        Assert.Equal("surveillance.too-few-cases", Forecast.Naive([5], 1, new()).Problem?.Code);
        Assert.Equal("surveillance.too-few-cases", Forecast.DampedGrowth(new double[9], 1, new()).Problem?.Code);
    }

    [Fact]
    public void Chains_take_the_likeliest_infector_and_never_close_a_circle()
    {
        // Case 2 may come from 0 (4 days before) or 1 (1 day before); 4 days is likelier. 3 and 4 point at each other.
        double[] interval = [0, 0.1, 0.2, 0.3, 0.4];
        ContactLink[] links = [new(0, 1), new(0, 2), new(1, 2), new(3, 4), new(4, 3)];
        var chains = TransmissionChains.Build([0, 3, 4, double.NaN, double.NaN], links, interval).Value;
        Assert.Equal([-1, 0, 0, -1, 3], chains.Infector);
        Assert.Equal([0, 1, 1, 0, 1], chains.Generation);
        Assert.Equal([0, 0, 0, 3, 3], chains.Chain);
        Assert.Equal([2, 0, 0, 1, 0], chains.Offspring);
        Assert.Equal("surveillance.bad-option", TransmissionChains.Build([0], [new(0, 7)], interval).Problem?.Code);
    }

    [Fact]
    public void Superspreading_is_seen_in_the_law_of_offspring()
    {
        var random = new RandomDraws(21);
        var offspring = new int[4000];
        for (var i = 0; i < offspring.Length; i++)
            offspring[i] = random.Poisson(random.Gamma(0.3) * 2 / 0.3);
        var (mean, dispersion) = new TransmissionChains([], [], [], offspring).OffspringLaw();
        Assert.Equal(2, mean, 0.3);
        Assert.Equal(0.3, dispersion, 0.03);
        Assert.InRange(new TransmissionChains([], [], [], offspring).ShareInfecting(0.8), 0.1, 0.25);
    }
}
