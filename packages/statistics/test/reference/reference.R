# Reference results for packages/statistics: R 4.2.2 with survival 3.5-3 and etm 1.1.1 (Debian 12: r-base-core r-cran-survival r-cran-etm).
# Run in this folder: Rscript reference.R . Writes subjects.csv (made here, seed 20261123) and reference.json (what R says of them).
suppressMessages({library(survival); library(etm)})
options(digits = 17)
set.seed(20261123)
n <- 400
age <- round(rnorm(n, 65, 9)); arm <- rbinom(n, 1, 0.5); ecog <- sample(0:2, n, TRUE, c(.4, .45, .15)); site <- sample(c("a", "b", "c"), n, TRUE)
hazard <- exp(0.02 * (age - 65) - 0.5 * arm + 0.4 * ecog + ifelse(site == "b", 0.2, 0)) / 400
event_time <- rexp(n, hazard); cut <- runif(n, 100, 1200)
time <- pmax(1, ceiling(pmin(event_time, cut) / 7) * 7)            # whole weeks: many ties
status <- as.integer(event_time <= cut)
entry <- floor(runif(n, 0, 1) * time * 0.6)                          # delayed entry, always before the time
kind <- ifelse(status == 0, 0L, ifelse(runif(n) < 0.65, 1L, 2L))      # two kinds of event
d <- data.frame(time, status, entry, kind, age, arm, ecog, site)
write.csv(d, "subjects.csv", row.names = FALSE, quote = FALSE)

num <- function(x) paste0("[", paste(ifelse(is.na(x), "null", ifelse(is.infinite(x), "null", formatC(x, digits = 17, format = "g", width = 1))), collapse = ","), "]")
out <- character()
put <- function(name, value) out <<- c(out, paste0('  "', name, '": ', value))

for (type in c("log", "log-log", "plain")) {
  f <- survfit(Surv(time, status) ~ 1, d, conf.type = type)
  put(paste0("km ", type), paste0('{"time":', num(f$time), ',"atRisk":', num(f$n.risk), ',"events":', num(f$n.event), ',"censored":', num(f$n.censor),
    ',"survival":', num(f$surv), ',"se":', num(f$std.err * f$surv), ',"lower":', num(f$lower), ',"upper":', num(f$upper), '}'))
  q <- quantile(f, c(.25, .5, .75))
  put(paste0("quantile ", type), paste0('{"time":', num(q$quantile), ',"lower":', num(q$lower), ',"upper":', num(q$upper), '}'))
}
f <- survfit(Surv(entry, time, status) ~ 1, d)
put("km entry", paste0('{"time":', num(f$time), ',"atRisk":', num(f$n.risk), ',"survival":', num(f$surv), ',"se":', num(f$std.err * f$surv), '}'))
f <- survfit(Surv(time, status) ~ 1, d)
put("nelson-aalen", paste0('{"hazard":', num(f$cumhaz), ',"se":', num(f$std.chaz), '}'))
for (tau in c(180, 365, 700)) {
  t <- summary(f, rmean = tau)$table
  put(paste0("rmst ", tau), paste0('{"mean":', num(t[["rmean"]]), ',"se":', num(t[["se(rmean)"]]), '}'))
}
test <- function(name, s) put(name, paste0('{"chiSquared":', num(s$chisq), ',"observed":', num(if (is.matrix(s$obs)) rowSums(s$obs) else s$obs), ',"expected":', num(if (is.matrix(s$exp)) rowSums(s$exp) else s$exp), '}'))
test("log-rank arm", survdiff(Surv(time, status) ~ arm, d))
test("log-rank site", survdiff(Surv(time, status) ~ site, d))
test("log-rank arm rho 1", survdiff(Surv(time, status) ~ arm, d, rho = 1))
test("log-rank arm strata", survdiff(Surv(time, status) ~ arm + strata(site), d))
model <- function(name, m) {
  s <- summary(m)
  put(name, paste0('{"coefficient":', num(coef(m)), ',"se":', num(sqrt(diag(vcov(m)))), ',"logLikelihood":', num(m$loglik),
    ',"likelihoodRatio":', num(s$logtest[["test"]]), ',"wald":', num(m$wald.test), ',"score":', num(m$score),
    ',"covariance":', num(as.vector(vcov(m))), '}'))
}
d$b <- as.integer(d$site == "b"); d$c <- as.integer(d$site == "c")
control <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50)
model("cox efron", coxph(Surv(time, status) ~ age + arm + ecog + b + c, d, ties = "efron", control = control))
model("cox breslow", coxph(Surv(time, status) ~ age + arm + ecog + b + c, d, ties = "breslow", control = control))
model("cox strata", coxph(Surv(time, status) ~ age + arm + ecog + strata(site), d, control = control))
model("cox entry efron", coxph(Surv(entry, time, status) ~ age + arm + ecog, d, control = control))
model("cox entry breslow strata", coxph(Surv(entry, time, status) ~ age + arm + ecog + strata(site), d, ties = "breslow", control = control))

tra <- matrix(FALSE, 3, 3); tra[1, 2:3] <- TRUE
for (late in c(FALSE, TRUE)) {
  e <- data.frame(id = seq_len(n), from = "0", to = ifelse(d$kind == 0, "cens", as.character(d$kind)), entry = if (late) d$entry else 0, exit = d$time)
  m <- etm(e, c("0", "1", "2"), tra, "cens", s = 0)
  at <- m$time
  v <- function(k) sapply(seq_along(at), function(i) m$cov[paste0("0 ", k), paste0("0 ", k), i])
  p <- function(k) m$est["0", as.character(k), ]
  put(if (late) "competing entry" else "competing", paste0('{"time":', num(at), ',"free":', num(m$est["0", "0", ]), ',"one":', num(p(1)), ',"two":', num(p(2)),
    ',"seOne":', num(sqrt(v(1))), ',"seTwo":', num(sqrt(v(2))), '}'))
}
put("distributions", paste0('{"chisq":', num(pchisq(c(.1, 3.84, 25, 300), c(1, 1, 4, 10), lower.tail = FALSE)), ',"normal":', num(pnorm(c(-3, 0, 1.2, 8), lower.tail = FALSE)),
  ',"quantile":', num(qnorm(c(1e-12, .025, .5, .8, 1 - 1e-9))), '}'))
writeLines(c("{", paste(out, collapse = ",\n"), "}"), "reference.json")
