using Yunnao.Services.Surveillance.Analysis;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>R(t) of the 2009 influenza school outbreak with a parametric, then with an uncertain serial interval, beside EpiEstim.</summary>
internal static class ReproductionPart
{
    private const string Script = """
        suppressMessages(library(EpiEstim))
        data(Flu2009)
        cases <- Flu2009$incidence
        seconds <- function(n, f) { t <- system.time(for (i in 1:n) f()); (t[["user.self"]] + t[["sys.self"]]) / n }
        given <- make_config(list(mean_si = 2.6, std_si = 1.5))
        one <- function() r <<- suppressWarnings(suppressMessages(estimate_R(cases, method = "parametric_si", config = given)))
        one()
        cat(format(median(replicate(5, seconds(10, one))), digits = 15), "\n")
        cat(format(sum(r$R[["Mean(R)"]]), digits = 15), "\n")
        unsure <- make_config(list(mean_si = 2.6, std_mean_si = 1, min_mean_si = 1.1, max_mean_si = 4.2, std_si = 1.5, std_std_si = 0.5,
          min_std_si = 0.5, max_std_si = 2.5, n1 = 100, n2 = 100))
        two <- function() suppressWarnings(suppressMessages(estimate_R(cases, method = "uncertain_si", config = unsure)))
        cat(format(median(replicate(3, seconds(1, two))), digits = 15), "\n")
        cat(format(cases$I, digits = 15), sep = "\n")
        """;

    public static IEnumerable<BenchLine> Run(EpidemicRun run)
    {
        run.Say("bench.epidemic.rival", ["estimate_R"]);
        var (rival, reason) = RivalR.Run(Script);
        var cases = rival?[3..] ?? (run.Data is null ? null : EpidemicData.Column(run.Data, "epiestim/Flu2009_incidence.csv", "I"));
        if (cases is null)
        {
            run.Say("bench.epidemic.skipped", [EpidemicData.Absent]);
            yield break;
        }

        var sum = Cori.Estimate(cases, 2.6, 1.5, new()).Value.Sum(window => window.Mean);
        var ours = ProcessorTime.MedianOf(9, 1000, () => Cori.Estimate(cases, 2.6, 1.5, new()));
        var interval = new UncertainSerialInterval
        {
            Mean = 2.6, MeanSd = 1, MeanLow = 1.1, MeanHigh = 4.2, Sd = 1.5, SdSd = 0.5, SdLow = 0.5, SdHigh = 2.5,
        };
        var uncertain = ProcessorTime.MedianOf(5, 5, () => Cori.EstimateUncertain(cases, interval, new()));
        yield return new BenchLine("epidemic-rt", "ms of processor time an estimate")
        {
            Ours = ours * 1e3, Rival = rival?[0] * 1e3, RivalName = reason ?? "R EpiEstim::estimate_R, parametric serial interval", Ratio = rival?[0] / ours, Rows = cases.Length,
        }
            .With("mean_sum", sum).With("rival_mean_sum", rival?[1]).With("uncertain_ms", uncertain * 1e3)
            .With("rival_uncertain_ms", rival?[2] * 1e3).With("uncertain_ratio", rival?[2] / uncertain);
    }
}
