"""torch.nn.functional.kl_div."""
from torch.nn import functional as F

MEANS = {"mean": "mean", "sum": "batchmean"}


def loss(pred, target, log_output=False, log_target=False, reduction="mean"):
    log_y = pred if log_output else pred.clamp(min=1e-7).log()
    return F.kl_div(log_y[None], target[None], reduction=MEANS[reduction], log_target=log_target)


CASES = [
    ({}, (3, 5, 7)),
    ({"log_output": True}, (8,)),
    ({"log_output": True, "log_target": True}, (3, 5, 7)),
    ({"reduction": "sum"}, (3, 5, 7)),
]
