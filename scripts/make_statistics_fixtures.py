#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/core/metrics/fixtures/statistics.json: inputs and the values that SciPy and NumPy give for them.

The tests of core/metrics compare with the frozen file; run this only to add a case. Needs Debian's python3-scipy (made
with SciPy 1.10.1, NumPy 1.24.2). The same versions write the same file again.
"""

import itertools
import json
import math
import pathlib

import numpy as np
from scipy import optimize, special, stats
from scipy.stats import _ksstats

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "tests/core/metrics/fixtures/statistics.json"
RNG = np.random.RandomState(20240501)


def numbers(values):
    """Rounded so that the file stays readable; the rounded value is what both sides use."""
    return [round(float(v), 9) for v in values]


def interval(low, high):
    return {"low": float(low), "high": float(high)}


def t_quantile(p, df):
    """Solved from the tail: stats.t.ppf itself is good to 9 digits only."""
    return optimize.brentq(lambda t: stats.t.sf(t, df) - (1 - p), -1e6, 1e6, xtol=1e-13, rtol=1e-15)


def distributions():
    rows = []

    def add(function, args, value):
        rows.append({"function": function, "args": args, "value": float(value)})

    for z in (-6.0, -1.3, 0.0, 0.5, 3.7):
        add("normal_cdf", [z], stats.norm.cdf(z))
    for p in (1e-6, 0.005, 0.5, 0.8, 0.975, 0.9995):
        add("normal_quantile", [p], stats.norm.ppf(p))
        for df in (1.0, 7.0, 120.0):
            add("student_t_quantile", [p, df], t_quantile(p, df))
    for t, df in ((0.0, 3.0), (2.1, 7.0), (-4.5, 19.0), (12.0, 40.0)):
        add("student_t_two_sided_p", [t, df], 2 * stats.t.sf(abs(t), df))
    for x, df in ((0.0, 2.0), (3.3, 4.0), (60.0, 5.0)):
        add("chi_squared_upper_p", [x, df], stats.chi2.sf(x, df))
    for p, a, b in ((0.025, 1.0, 20.0), (0.5, 3.5, 2.0), (0.975, 96.0, 5.0)):
        add("beta_quantile", [p, a, b], stats.beta.ppf(p, a, b))
    for k, n, p in ((0, 64, 0.1), (11, 40, 0.5), (3, 5, 0.25), (700, 2000, 0.36), (4990, 10000, 0.5)):
        add("binomial_cdf", [k, n, p], stats.binom.cdf(k, n, p))
        add("binomial_pmf", [k, n, p], stats.binom.pmf(k, n, p))
    return rows


def descriptive():
    cases = []
    for size in (1, 2, 5, 40, 101):
        values = numbers(RNG.lognormal(0.0, 0.5, size))
        cases.append({
            "values": values,
            "mean": float(np.mean(values)),
            "sample_variance": float(np.var(values, ddof=1)) if size > 1 else 0.0,
            "median": float(np.median(values)),
            "mad": float(stats.median_abs_deviation(values)),
            "robust_sd": float(stats.median_abs_deviation(values, scale="normal")),
            "quantiles": [[p, float(np.quantile(values, p))] for p in (0.0, 0.1, 0.5, 0.905, 0.99, 1.0)],
        })
    tied = [3.0, 1.0, 3.0, 2.0, 3.0, 1.0]
    return {"samples": cases, "tied": tied, "tied_ranks": [float(r) for r in stats.rankdata(tied)]}


def proportions():
    rows = []
    for k, n in ((0, 10), (10, 10), (3, 17), (50, 99), (1528, 2000), (1999, 2000), (9, 1000), (9213, 10000)):
        for confidence in (0.9, 0.95, 0.99):
            test = stats.binomtest(k, n)
            wilson = test.proportion_ci(confidence, method="wilson")
            exact = test.proportion_ci(confidence, method="exact")
            rows.append({"successes": k, "trials": n, "confidence": confidence,
                         "wilson": interval(*wilson), "exact": interval(*exact)})
    return rows


def rank_pairs():
    """By walking through the ranks instead of searching them."""
    rows = []
    for n, p, confidence in ((8, 0.5, 0.99), (10, 0.5, 0.99), (20, 0.5, 0.99), (40, 0.5, 0.99), (80, 0.5, 0.99),
                             (160, 0.5, 1 - 0.01 / 3), (20, 0.5, 0.998), (100, 0.9, 0.95), (700, 0.99, 0.99),
                             (2000, 0.99, 0.99), (300, 0.25, 0.9)):
        tail = (1 - confidence) / 2
        lows = [rank for rank in range(1, n + 1) if stats.binom.cdf(rank - 1, n, p) <= tail]
        highs = [rank for rank in range(1, n + 1) if stats.binom.sf(rank - 1, n, p) <= tail]
        rows.append({"n": n, "p": p, "confidence": confidence, "low": max(lows), "high": min(highs)})
    return rows


def percentiles():
    """The early-stopping rule by counting up from one sample."""
    needed = []
    for p in (0.5, 0.9, 0.95, 0.97, 0.99, 0.999):
        n = next(n for n in itertools.count(2) if stats.binom.cdf(1, n, 1 - p) <= 0.01)
        needed.append({"p": p, "samples": n})
    bounds = []
    for size, p in ((64, 0.9), (500, 0.9), (1000, 0.99), (3000, 0.95)):
        values = numbers(RNG.gamma(4.0, 0.25, size))
        t = max(t for t in range(1, size) if stats.binom.cdf(t, size, 1 - p) <= 0.01)
        bounds.append({"values": values, "p": p, "bound": sorted(values)[size - t]})
    return {"needed": needed, "bounds": bounds}


def signed_rank_cut(n, tail):
    counts = np.array([1.0])
    for rank in range(1, n + 1):
        longer = np.zeros(len(counts) + rank)
        longer[:len(counts)] += counts
        longer[rank:] += counts
        counts = longer / 2
    return int(np.sum(np.cumsum(counts) <= tail))


def tied_wilcoxon_p(values):
    """All sign patterns of the ranks that ties share."""
    values = np.array([v for v in values if v != 0.0])
    ranks = stats.rankdata(np.abs(values))
    observed = ranks[values > 0].sum()
    sums = np.array([np.dot(signs, ranks) for signs in itertools.product((0, 1), repeat=len(ranks))])
    return float(min(1.0, 2 * min(np.mean(sums <= observed + 1e-9), np.mean(sums >= observed - 1e-9))))


def locations():
    rows = []
    for size, shift in ((8, 0.0), (10, 0.5), (12, -0.8), (20, 0.3), (29, 0.0), (40, 0.2), (80, -0.25), (160, 0.1),
                        (300, 0.05)):
        values = numbers(RNG.standard_t(3, size) * 0.02 + shift * 0.02)
        row = {"values": values}
        positive = sum(v > 0 for v in values)
        row["sign_p"] = float(stats.binomtest(positive, size).pvalue)
        cut = size // 5
        centre = stats.trim_mean(values, 0.2)
        error = float(stats.mstats.trimmed_stde(values, limits=(0.2, 0.2)))
        low, high = stats.mstats.trimmed_mean_ci(values, limits=(0.2, 0.2), alpha=0.01)
        row["yuen"] = {"estimate": float(centre), **interval(low, high),
                       "p": float(2 * stats.t.sf(abs(centre / error), size - 2 * cut - 1))}
        walsh = np.sort([(values[i] + values[j]) / 2 for i in range(size) for j in range(i, size)])
        row["hodges_lehmann"] = float(np.median(walsh))
        if size <= 200:
            k = signed_rank_cut(size, 0.005)
            row["signed_rank"] = interval(walsh[k - 1], walsh[-k])
            row["wilcoxon_p"] = float(stats.wilcoxon(values, mode="exact").pvalue)
        else:
            row["wilcoxon_p"] = float(stats.wilcoxon(values, mode="approx", correction=False).pvalue)
        rows.append(row)
    tied = [0.0, 0.1, 0.1, -0.1, 0.2, 0.2, 0.3, -0.3, 0.4, 0.4, 0.0, 0.5, 0.1]
    return {"samples": rows, "tied": tied, "tied_wilcoxon_p": tied_wilcoxon_p(tied)}


def detectable():
    values = numbers(RNG.normal(0.0, 0.004, 80))
    sd = stats.median_abs_deviation(values, scale="normal")
    z = stats.norm.ppf(0.995) + stats.norm.ppf(0.8)
    return {"values": values, "change": float(math.exp(z * math.sqrt(math.pi / 2) * sd / math.sqrt(80)) - 1)}


def paired():
    rows = []
    for n, b, c in ((100, 0, 0), (2000, 15, 5), (2000, 30, 27), (500, 6, 0), (10000, 120, 80), (20, 3, 9)):
        p1, p2 = (b + 1) / (n + 2), (c + 1) / (n + 2)
        error = math.sqrt((p1 + p2 - (p1 - p2) ** 2) / (n + 2))
        z = stats.norm.ppf(0.975)
        rows.append({"images": n, "right_to_wrong": b, "wrong_to_right": c,
                     "mcnemar": float(stats.binomtest(b, b + c).pvalue) if b + c else 1.0,
                     **interval(p1 - p2 - z * error, p1 - p2 + z * error),
                     "upper": p1 - p2 + float(stats.norm.ppf(0.95)) * error,
                     "lower": p1 - p2 - float(stats.norm.ppf(0.95)) * error})
    needed = []
    for drop, flips, alpha, power in ((0.005, 0.01, 0.05, 0.8), (0.0025, 0.1, 0.05, 0.8), (0.02, 0.02, 0.05, 0.8),
                                      (0.01, 0.05, 0.01, 0.9)):
        z_alpha, z_power = stats.norm.ppf(1 - alpha / 2), stats.norm.ppf(power)
        n = (z_alpha * math.sqrt(flips) + z_power * math.sqrt(flips - drop ** 2)) ** 2 / drop ** 2
        needed.append({"drop": drop, "flips": flips, "alpha": alpha, "power": power, "images": math.ceil(n)})
    return {"counts": rows, "needed": needed}


def divergence():
    # Multiples of 1/1024 are the same number in single and in double precision.
    a = (RNG.normal(0.0, 2.0, (50, 10)) * 1024).round() / 1024
    b = ((a + RNG.normal(0.0, 0.3, a.shape)) * 1024).round() / 1024
    p, q = special.softmax(a, axis=1), special.softmax(b, axis=1)
    kl = stats.entropy(p, q, axis=1)
    cosine = [np.dot(x, y) / (np.linalg.norm(x) * np.linalg.norm(y)) for x, y in zip(a, b)]
    sparse_p, sparse_q = np.array([0.7, 0.3, 0.0, 0.0]), np.array([0.0, 0.4, 0.6, 0.0])
    return {"classes": 10, "a": a.ravel().tolist(), "b": b.ravel().tolist(), "kl_mean": float(kl.mean()),
            "kl_p99": float(np.quantile(kl, 0.99)), "max_abs": float(np.abs(a - b).max()),
            "cosine_mean": float(np.mean(cosine)),
            "sparse_p": sparse_p.tolist(), "sparse_q": sparse_q.tolist(),
            "sparse_kl": float(stats.entropy(np.maximum(sparse_p, 1e-12), np.maximum(sparse_q, 1e-12)))}


def ljung_box(values):
    x = np.array(values) - np.mean(values)
    n, lags = len(x), math.ceil(math.log(len(x)))
    r = np.array([np.dot(x[k:], x[:n - k]) for k in range(lags + 1)]) / np.dot(x, x)
    q = n * (n + 2) * sum(r[k] ** 2 / (n - k) for k in range(1, lags + 1))
    return {"statistic": float(q), "p": float(stats.chi2.sf(q, lags))}


def sign_runs(values):
    signs = [v > 0 for v in values if v != 0]
    runs = 1 + sum(a != b for a, b in zip(signs, signs[1:]))
    up, down = sum(signs), len(signs) - sum(signs)
    n = up + down
    expected = 1 + 2 * up * down / n
    variance = 2 * up * down * (2 * up * down - n) / (n * n * (n - 1))
    z = (runs - expected) / math.sqrt(variance)
    return {"statistic": z, "p": float(2 * stats.norm.sf(abs(z)))}


def flags():
    series = []
    noise = RNG.normal(0.0, 1.0, 60)
    walk = np.cumsum(RNG.normal(0.0, 0.3, 60))
    drifting = noise + np.linspace(0.0, 2.0, 60)
    for values in (noise, walk, drifting, np.round(noise, 0)):
        values = numbers(values)
        rho, p = stats.spearmanr(np.arange(len(values)), values)
        half = len(values) // 2
        shifted = [v + 10.0 for v in values]
        series.append({"values": values, "spearman": {"statistic": float(rho), "p": float(p)},
                       "ljung_box": ljung_box(values), "runs": sign_runs(values), "shifted": shifted,
                       "half_ratio": float(np.median(shifted[half:]) / np.median(shifted[:half]))})
    groups = [numbers(RNG.normal(shift, 1.0, size)) for shift, size in ((0.0, 20), (1.0, 15), (-0.5, 20), (0.3, 8))]
    f = stats.f_oneway(*groups).statistic
    sizes = np.array([len(group) for group in groups])
    typical = (sizes.sum() - (sizes ** 2).sum() / sizes.sum()) / (len(groups) - 1)
    between = max(0.0, (f - 1) / typical)
    return {"series": series, "groups": groups, "share": float(between / (between + 1))}


def uniformity():
    rows = []
    for size, power in ((1, 1.0), (5, 1.0), (20, 1.0), (20, 1.8), (60, 1.3), (99, 1.0), (300, 1.0), (300, 1.15),
                        (1000, 1.0)):
        values = numbers(RNG.uniform(0.0, 1.0, size) ** power)
        test = stats.kstest(values, "uniform", mode="exact")
        # Pomeranz's exact recursion: from 140 values on kstest's "exact" p is an approximation good to 6 digits.
        p = 1 - _ksstats._kolmogn_Pomeranz(size, test.statistic)
        rows.append({"values": values, "statistic": float(test.statistic), "p": float(p)})
    values = numbers(RNG.uniform(0.0, 1.0, 2000))
    test = stats.kstest(values, "uniform", mode="exact")
    return {"exact": rows, "large": {"values": values, "statistic": float(test.statistic), "p": float(test.pvalue)}}


def energy_split(values, least):
    """The split with the largest energy statistic, from its definition."""
    x = np.array(values)
    best, best_energy = None, -1.0
    for left in range(least, len(x) - least + 1):
        a, b = x[:left], x[left:]
        across = np.abs(a[:, None] - b[None, :]).mean()
        within = [np.abs(s[:, None] - s[None, :]).sum() / (len(s) * (len(s) - 1)) for s in (a, b)]
        energy = len(a) * len(b) / len(x) * (2 * across - within[0] - within[1])
        if energy > best_energy:
            best, best_energy = left, energy
    return best


def change_points():
    values = RNG.normal(0.0, 0.002, 60)
    values[37:] += 0.02
    values[20] += 0.05
    values = numbers(values)
    index = energy_split(values, 3)
    welch = []
    for shift, sizes in ((0.0, (3, 20)), (0.5, (7, 9)), (-0.8, (30, 12))):
        a, b = numbers(RNG.normal(0.0, 1.0, sizes[0])), numbers(RNG.normal(shift, 0.4, sizes[1]))
        welch.append({"a": a, "b": b, "p": float(stats.ttest_ind(a, b, equal_var=False).pvalue)})
    return {"welch": welch, "values": values, "index": index, "before": float(np.median(values[:index])),
            "after": float(np.median(values[index:])),
            "p": float(stats.ttest_ind(values[:index], values[index:], equal_var=False).pvalue)}


def history():
    series = RNG.normal(0.0, 0.001, 80)
    series[40:] += np.linspace(0.0, 0.03, 40)
    series = numbers(series)
    sums, alarms, total = [], [], 0.0
    for t, y in enumerate(series):
        if t >= 20:
            window = series[t - 20:t]
            sd = max(1e-4, stats.median_abs_deviation(window, scale="normal"))
            z = min(4.0, max(-4.0, (y - np.median(window)) / sd))
            total = max(0.0, total + z - 0.5)
        sums.append(float(total))
        alarms.append(bool(t >= 20 and total > 5 and np.median(series[t - 4:t + 1]) > math.log(1.01)))
    times = numbers(np.exp(RNG.normal(0.0, 0.003, 30)) * 0.2)
    logs = np.log(times)
    return {"series": series, "sums": sums, "alarms": alarms, "times": times,
            "shift": float(logs[-1] - np.median(logs[-21:-1])),
            "threshold": float(max(math.log(1.05), 5 * stats.median_abs_deviation(logs[-21:-1], scale="normal")))}


def main():
    fixtures = {
        "distributions": distributions(),
        "descriptive": descriptive(),
        "proportions": proportions(),
        "rank_pairs": rank_pairs(),
        "percentiles": percentiles(),
        "locations": locations(),
        "detectable": detectable(),
        "paired": paired(),
        "divergence": divergence(),
        "flags": flags(),
        "uniformity": uniformity(),
        "change_points": change_points(),
        "history": history(),
    }
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    sections = [f"{json.dumps(name)}: {json.dumps(section)}" for name, section in fixtures.items()]
    OUTPUT.write_text("{\n" + ",\n".join(sections) + "\n}\n", encoding="utf-8")
    print(f"{OUTPUT}: {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
