"""torch.nn.functional.huber_loss."""
from torch.nn import functional as F

loss = F.huber_loss
CASES = [({}, (8,)), ({"delta": 0.2}, (3, 5, 7)), ({"delta": 0.3}, (8,))]
