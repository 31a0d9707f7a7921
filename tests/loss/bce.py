"""torch.nn.functional.binary_cross_entropy and binary_cross_entropy_with_logits."""
from torch.nn import functional as F

loss = F.binary_cross_entropy
from_logits = F.binary_cross_entropy_with_logits
