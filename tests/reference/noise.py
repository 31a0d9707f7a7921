"""Known distributions of noises on a constant image, by SciPy.

tests/noise/<name>.py defines
  distribution(x, **options), a frozen SciPy distribution of f(x), or an object with mean(), var(), cdf() and ppf();
  CASES: options and the clean value.
Rows: mean, variance, and the distribution function at five points.
"""
import json

TYPE = "KnownNoise"
LEVELS = [0.02, 0.2, 0.5, 0.8, 0.98]


def rows(name, item):
    del name
    out = []
    for options, x in item.CASES:
        law = item.distribution(x, **options)
        points = [float("%.6g" % law.ppf(level)) for level in LEVELS]
        escaped = json.dumps(options).replace('"', '\\"')
        places = ", ".join("%.9g" % p for p in points)
        shares = ", ".join("%.9g" % law.cdf(p) for p in points)
        out.append(f'  {{"{escaped}", {x}, {law.mean():.9g}, {law.var():.9g}, {{{places}}}, {{{shares}}}}},')
    return out
