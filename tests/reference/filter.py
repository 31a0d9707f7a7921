"""Known results of filters on the noisy image of tests/support/image.h, in double.

tests/filter/<name>.py defines
  apply(x, **options): lunet's filter with its options and defaults, by a library; x is C,H,W or H,W;
  CASES: the shape of an image, and options;
  TOLERANCE: of a result, relative to the largest.
"""
import json
import math

from digest import digest
from image import noisy

TYPE = "KnownFilter"


def row(item, shape, options):
    y = item.apply(noisy(math.prod(shape[:-1]), shape[-1]).reshape(shape), **options)
    escaped = json.dumps(options).replace('"', '\\"')
    return (f'  {{"{escaped}", LN_SHAPE({", ".join(map(str, shape))}), {item.TOLERANCE},\n'
            f'   {digest("result", y, 10)}}},')


def rows(name, item):
    del name
    return [row(item, shape, options) for shape, options in item.CASES]
