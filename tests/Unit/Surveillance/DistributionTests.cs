using CsCheck;
using Xunit;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Tests.Unit.Surveillance;

public sealed class DistributionTests
{
    [Fact]
    public void A_discrete_quantile_is_the_smallest_count_whose_distribution_function_reaches_p() =>
        Gen.Select(Gen.Double[1e-3, 500], Gen.Double[0.05, 50], Gen.Double[0.001, 0.9999]).Sample((mean, size, p) =>
        {
            var poisson = Distributions.PoissonQuantile(p, mean);
            var negative = Distributions.NegativeBinomialQuantile(p, mean, size);
            return Distributions.PoissonCdf(poisson, mean) >= p - 1e-12
                && Distributions.PoissonCdf(poisson - 1, mean) < p
                && Distributions.NegativeBinomialCdf(negative, mean, size) >= p - 1e-12
                && Distributions.NegativeBinomialCdf(negative - 1, mean, size) < p;
        });

    [Fact]
    public void A_gamma_quantile_inverts_the_distribution_function() =>
        Gen.Select(Gen.Double[0.05, 2000], Gen.Double[0.01, 100], Gen.Double[1e-4, 0.9999]).Sample((shape, scale, p) =>
            Math.Abs(Distributions.GammaCdf(Distributions.GammaQuantile(p, shape, scale), shape, scale) - p) < 1e-9);

    // Values of R: qpois(0.99, 3.5), qnbinom(0.99, size = 2, mu = 3.5), qgamma(0.975, 3, scale = 2), 2 * pt(-2.1, 7).
    [Fact]
    public void Quantiles_equal_those_of_R()
    {
        Assert.Equal(8, Distributions.PoissonQuantile(0.99, 3.5));
        Assert.Equal(14, Distributions.NegativeBinomialQuantile(0.99, 3.5, 2));
        Assert.Equal(14.449375335447927, Distributions.GammaQuantile(0.975, 3, 2), 10);
        Assert.Equal(0.0738711962129, Distributions.StudentTwoSided(2.1, 7), 11);
    }

    [Fact]
    public void The_negative_binomial_law_with_infinite_size_is_the_Poisson_law() =>
        Assert.Equal(Distributions.PoissonQuantile(0.99, 7), Distributions.NegativeBinomialQuantile(0.99, 7, double.PositiveInfinity));

    [Fact]
    public void Random_draws_have_the_mean_and_variance_of_their_law()
    {
        var random = new RandomDraws(7);
        double gamma = 0, poisson = 0, poissonSquares = 0, normal = 0;
        const int N = 40_000;
        for (var i = 0; i < N; i++)
        {
            gamma += random.Gamma(0.7) / N;
            var count = random.Poisson(23.5);
            poisson += count / (double)N;
            poissonSquares += count * (double)count / N;
            normal += random.Normal() / N;
        }

        Assert.Equal(0.7, gamma, 0.02);
        Assert.Equal(23.5, poisson, 0.15);
        Assert.Equal(23.5, poissonSquares - (poisson * poisson), 0.8);
        Assert.Equal(0, normal, 0.02);
    }
}
