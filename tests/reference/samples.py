"""Sample inputs that PyTorch tests an operation with: torch.testing's op_db. Needs expecttest."""
import torch
from torch.testing._internal.common_methods_invocations import op_db


def plain(value):
    """A tensor as its shape; pairs as lists, as our options have them."""
    if torch.is_tensor(value):
        return tuple(value.shape)
    if isinstance(value, (tuple, torch.Size)):
        return value[0] if value and len(set(value)) == 1 else list(value)
    return value


def given(options, defaults):
    """Options that say something."""
    return {name: value for name, value in options.items() if value not in ([], None, defaults.get(name))}


def samples(name, variant=""):
    """Distinct (shape without the batch, arguments, options) of images."""
    found = []
    for op in (o for o in op_db if o.name == name and o.variant_test_name == variant):
        for s in op.sample_inputs("cpu", torch.float64):
            shape = tuple(s.input.shape)[-3:]
            sample = shape, [plain(a) for a in s.args], {k: plain(v) for k, v in s.kwargs.items()}
            if len(shape) == 3 and sample not in found:
                found.append(sample)
    return found
