"""Writes tests/statistic/known_values.c: p-values, distributions and intervals by SciPy.

python3 tests/reference/statistics.py. Differences are made from whole numbers by `differences`, which
tests/statistic/known.c has too, so that both have the same ties."""
import pathlib
import warnings

import numpy as np
import scipy
from scipy import stats

OUT = pathlib.Path(__file__).parent.parent / "statistic" / "known_values.c"
MOST = 60


def hashed(i, n):
    return (((i + 1) * 2654435761 ^ n * 40503 * 65537) & 0xffffffff) >> 16


def differences(n, ties):
    """Sizes 1 .. n with a sign each; with ties, -3 to 5, zeros among them."""
    if ties:
        return np.array([hashed(i, n) % 9 - 3 for i in range(n)], float)
    return np.array([(i + 1) * (-1 if hashed(i, n) % 3 == 0 else 1) for i in range(n)], float)


def wilcoxon(n, ties, **options):
    """p; where all differences are 0, for which SciPy has none, 1."""
    d = differences(n, ties)
    return stats.wilcoxon(d, **options).pvalue if np.any(d) else 1.0


def numbers(values):
    return ", ".join("%.15g" % v for v in values)


def rows(name, values, width=5):
    lines = [values[i:i + width] for i in range(0, len(values), width)]
    return f"const double {name}[] = {{\n" + "".join(f"    {numbers(line)},\n" for line in lines) + "};\n"


def table(type_name, name, entries):
    return f"const {type_name} {name}[] = {{\n" + "".join(f"    {{{numbers(e)}}},\n" for e in entries) + "};\n" \
        + f"const int {name}_count = {len(entries)};\n"


def sample(n):
    """Skew: log-normal quantiles, each moved a little."""
    return np.array([np.exp(stats.norm.ppf((i + 0.5) / n)) + hashed(i, n) / 65536 / 4 for i in range(n)])


def intervals():
    """{n, level, t low, t high, BCa low, BCa high}."""
    out = []
    for n, level in [(10, 0.9), (20, 0.95), (40, 0.95), (40, 0.99), (200, 0.95)]:
        x = sample(n)
        t = stats.t.interval(level, n - 1, x.mean(), stats.sem(x))
        bca = stats.bootstrap((x,), np.mean, confidence_level=level, n_resamples=200000, method="BCa", batch=10000,
                              random_state=np.random.default_rng(1)).confidence_interval
        out.append((n, level, *t, *bca))
    return out


def main():
    warnings.filterwarnings("ignore")
    every = range(1, MOST + 1)
    text = f"/* Written by tests/reference/statistics.py, with SciPy {scipy.__version__}. */\n" \
        '#include "statistic/known.h"\n\n'
    text += "/* scipy.stats.wilcoxon(differences(n, False), method='exact').pvalue, n = 1 .. 60 */\n"
    text += rows("known_exact", [wilcoxon(n, False, method="exact") for n in every])
    for name, ties, correction in [("approx", False, False), ("tied", True, False), ("corrected", True, True)]:
        text += f"\n/* the same of differences(n, {ties}), method='approx', correction={correction} */\n"
        text += rows(f"known_{name}", [wilcoxon(n, ties, method="approx", correction=correction) for n in every])
    text += "\n/* k, n, scipy.stats.binomtest(k, n, 0.5).pvalue */\n"
    text += table("KnownSigns", "known_signs", [(k, n, stats.binomtest(k, n, 0.5).pvalue) for k, n in [
        (0, 1), (1, 1), (0, 5), (1, 5), (2, 5), (3, 6), (7, 22), (40, 100), (50, 101), (0, 161), (480, 1000),
        (49000, 100000)]])
    text += "\n/* p, scipy.stats.norm.ppf(p) */\n"
    text += table("KnownPair", "known_normal", [(p, stats.norm.ppf(p)) for p in [
        1e-300, 1e-20, 1e-10, 1e-4, 0.025, 0.0749, 0.0751, 0.3, 0.5, 0.6, 0.9249, 0.9251, 0.975, 0.995, 1 - 1e-10]])
    text += "\n/* df, p, scipy.stats.t.ppf(p, df) */\n"
    text += table("KnownStudent", "known_student", [(df, p, stats.t.ppf(p, df)) for df in [
        1, 2, 4, 9, 39.5, 160, 10000, 1e7] for p in [1e-12, 0.001, 0.025, 0.4, 0.975, 0.9995]])
    text += "\n/* n, level, scipy.stats.t.interval and bootstrap(method='BCa', n_resamples=200000) of sample(n) */\n"
    text += table("KnownInterval", "known_intervals", intervals())
    OUT.write_text(text)


if __name__ == "__main__":
    main()
