# Computes the expected outputs beside this file: Rscript expected.R <shared/data/epidemic> <this folder>
# R 4.2.2, surveillance 1.20.3, EpiEstim 2.2-4 (Debian: r-cran-surveillance r-cran-epiestim).
suppressMessages({library(surveillance); library(EpiEstim)})
arguments <- commandArgs(trailingOnly = TRUE)
write <- function(name, frame) write.csv(frame, file.path(arguments[2], paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
keep <- function(name, object, range) write(name, data.frame(week = range, value = upperbound(object)[, 1], alarm = as.integer(alarms(object)[, 1])))

data(salmNewport)
newport <- aggregate(salmNewport, by = "unit")
weeks <- 425:528
keep("farringtonFlexible_newport", farringtonFlexible(newport, control = list(range = weeks, b = 5, w = 3, noPeriods = 10,
  pastWeeksNotIncluded = 26, pThresholdTrend = 1, weightsThreshold = 2.58, thresholdMethod = "nbPlugin", alpha = 0.01,
  limit54 = c(5, 4))), weeks)
keep("farrington_newport", farrington(newport, control = list(range = weeks, b = 5, w = 3, alpha = 0.01)), weeks)

counts <- read.csv(file.path(arguments[1], "surveillance/salmonella.agona.csv"))$observed
agona <- sts(observed = counts, start = c(1990, 1), frequency = 52)
weeks <- 213:312
fixed <- list(range = weeks, c.ARL = 5, mu0 = rep(2.5, 100), change = "intercept", dir = "inc")
keep("glrpois_fixed", glrpois(agona, control = c(fixed, ret = "value")), weeks)
keep("glrpois_fixed_cases", glrpois(agona, control = c(fixed, ret = "cases")), weeks)
keep("glrnb_fixed", glrnb(agona, control = c(fixed, alpha = 0.4, ret = "value")), weeks)
seasonal <- list(range = weeks, c.ARL = 5, mu0 = list(S = 1, trend = TRUE), change = "intercept", dir = "inc", ret = "value")
poisson <- glrpois(agona, control = seasonal)
keep("glrpois_seasonal", poisson, weeks)
write("glrpois_seasonal_mean", data.frame(week = weeks, value = poisson@control$mu0))
negative <- glrnb(agona, control = seasonal)
keep("glrnb_seasonal", negative, weeks)
write("glrnb_seasonal_mean", data.frame(week = weeks, value = negative@control$mu0))
keep("outbreakP", outbreakP(agona, control = list(range = weeks, k = 100, ret = "value")), weeks)

data(Flu2009)
set.seed(1)
r <- estimate_R(Flu2009$incidence, method = "uncertain_si", config = make_config(list(mean_si = 2.6, std_mean_si = 1,
  min_mean_si = 1.1, max_mean_si = 4.2, std_si = 1.5, std_std_si = 0.5, min_std_si = 0.5, max_std_si = 2.5, n1 = 1000, n2 = 100)))
write("uncertain_si_flu2009", r$R[, c("t_start", "t_end", "Mean(R)", "Std(R)", "Quantile.0.025(R)", "Median(R)", "Quantile.0.975(R)")])
