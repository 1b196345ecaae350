using Xunit;
using Yunnao.Services.Surveillance.Analysis;

namespace Yunnao.Tests.Conformance.Surveillance;

/// <summary>R(t) against R EpiEstim 2.2-4: windows of seven days, prior of mean 5 and standard deviation 5.</summary>
public sealed class ReproductionGoldenTests(ITestOutputHelper output)
{
    private static readonly (string Column, double P)[] s_quantiles =
    [
        ("Quantile.0.025(R)", 0.025), ("Quantile.0.05(R)", 0.05), ("Quantile.0.25(R)", 0.25), ("Median(R)", 0.5),
        ("Quantile.0.75(R)", 0.75), ("Quantile.0.95(R)", 0.95), ("Quantile.0.975(R)", 0.975),
    ];

    [Theory]
    [InlineData("Flu1918")]
    [InlineData("Flu2009")]
    [InlineData("Measles1861")]
    [InlineData("SARS2003")]
    [InlineData("Smallpox1972")]
    public void Cori_with_a_given_serial_interval_equals_EpiEstim(string epidemic)
    {
        var incidence = SharedEpidemicData.Columns($"epiestim/{epidemic}_incidence.csv")["I"];
        var weights = SharedEpidemicData.Columns($"epiestim/{epidemic}_si_distr.csv")["w"];
        Compare($"EpiEstim_{epidemic}_nonparametric_si", Cori.Estimate(incidence, weights, new()).Value);
    }

    [Fact]
    public void Cori_with_a_parametric_serial_interval_equals_EpiEstim()
    {
        var incidence = SharedEpidemicData.Columns("epiestim/Flu2009_incidence.csv")["I"];
        Compare("EpiEstim_Flu2009_parametric_si_2.6_1.5", Cori.Estimate(incidence, 2.6, 1.5, new()).Value);
    }

    [Fact]
    public void Wallinga_Teunis_equals_EpiEstim()
    {
        const string Name = "EpiEstim_Flu2009_wallinga_teunis_2.6_1.5";
        var incidence = SharedEpidemicData.Columns("epiestim/Flu2009_incidence.csv")["I"];
        var weights = SerialInterval.Discretise(2.6, 1.5, incidence.Length).Value;
        var windows = WallingaTeunis.Windows(incidence, weights, 7).Value;
        var golden = SharedEpidemicData.Columns($"golden/{Name}.csv");
        var differences = new Differences();
        Assert.Equal(golden["t_start"].Length, windows.Length);
        for (var i = 0; i < windows.Length; i++)
            differences.Add($"day {golden["t_end"][i]}", golden["Mean(R)"][i], windows[i]);
        differences.AssertNone(output, Name);
    }

    private void Compare(string name, Reproduction[] windows)
    {
        var golden = SharedEpidemicData.Columns($"golden/{name}.csv");
        var differences = new Differences();
        Assert.Equal(golden["t_start"].Length, windows.Length);
        for (var i = 0; i < windows.Length; i++)
        {
            var day = $"day {windows[i].End + 1}";
            differences.Add($"{day} start", golden["t_start"][i], windows[i].Start + 1);
            differences.Add($"{day} end", golden["t_end"][i], windows[i].End + 1);
            differences.Add($"{day} mean", golden["Mean(R)"][i], windows[i].Mean);
            differences.Add($"{day} sd", golden["Std(R)"][i], windows[i].Sd);
            foreach (var (column, p) in s_quantiles)
                differences.Add($"{day} {column}", golden[column][i], windows[i].Quantile(p));
        }

        differences.AssertNone(output, name);
    }
}
