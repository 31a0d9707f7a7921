"""Known values of metrics: the noisy image of tests/support/image.h against the one without noise, in double.

tests/metric/<name>.py defines
  measure(x, reference, **options): lunet's metric with its options and defaults, by a library;
  CASES: options, or options, the size of the images, and what both are multiplied by and what is added.
"""
import json

from image import image, noisy

TYPE = "KnownMetric"
SIZES = [(24, 20), (33, 17)]


def row(item, options, size, scale=1, shift=0):
    x, reference = (scale * plane(*size) + shift for plane in (noisy, image))
    escaped = json.dumps(options).replace('"', '\\"')
    value = item.measure(x, reference, **options)
    return f'  {{"{escaped}", LN_SHAPE({size[0]}, {size[1]}), {scale}, {shift}, {value:.12g}}},'


def rows(name, item):
    del name
    return [row(item, *arguments) for c in item.CASES
            for arguments in ([c] if isinstance(c, tuple) else [(c, size) for size in SIZES])]
