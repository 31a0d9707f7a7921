"""Writes tests/lua/values/shapes.lua: what NumPy makes of creating, moving, selecting, and PyTorch's gradients of it.

python3 tests/reference/shapes.py. A case is an expression of ours and that of NumPy or PyTorch; its names stand for the
inputs below, which tests/lua/shapes.lua makes too."""
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

INPUTS = {
    "v": np.arange(1, 8),                                          # a vector
    "m": np.arange(1, 13).reshape(3, 4),
    "t": np.arange(1, 25).reshape(2, 3, 4),
    "turned": np.arange(1, 25).reshape(2, 3, 4).transpose(2, 0, 1),  # 4x2x3, not contiguous
    "wide": np.broadcast_to(np.arange(1, 4).reshape(1, 3, 1), (2, 3, 2)),
    "none": np.zeros((0, 3)),
    "one": np.float32(5),                                          # a single number
    "eight": np.arange(1, 97).reshape(2, 1, 3, 2, 1, 2, 2, 2),
    "x": np.arange(1, 121).reshape(2, 3, 4, 5),                    # N,C,H,W
}
INPUTS = {name: np.asarray(value, np.float32) for name, value in INPUTS.items()}


def put(a, key, value):
    a = a.copy()
    a[key] = value
    return a


def put_along(a, index, values, axis):
    a = a.copy()
    np.put_along_axis(a, index, values, axis)
    return a


def fold(x, size, average=False, **options):
    """F.fold, and by its own cover the mean."""
    x = torch.as_tensor(x)
    y = F.fold(x, size, **options)
    return y / F.fold(torch.ones_like(x), size, **options).clamp(min=1) if average else y


NUMPY = [  # exact
    ("ln.eye(3)", "np.eye(3)"),
    ("ln.eye(2, 4, 1)", "np.eye(2, 4, 1)"),
    ("ln.eye(3, 2, -1)", "np.eye(3, 2, -1)"),
    ("ln.eye(2, 2, 7)", "np.eye(2, 2, 7)"),
    ("ln.eye(0)", "np.eye(0)"),
    ("ln.zeros_like(wide)", "np.zeros_like(wide)"),
    ("ln.ones_like(turned)", "np.ones_like(turned)"),
    ("ln.full_like(one, 2.5)", "np.full_like(one, 2.5)"),
    ("ln.full_like(eight, -1)", "np.full_like(eight, -1)"),
    ("ln.ones_like(none)", "np.ones_like(none)"),
    ("(ln.meshgrid{ v, ln.arange(3) })", "np.meshgrid(v, np.arange(1, 4))[0]"),
    ("select(2, ln.meshgrid{ v, ln.arange(3) })", "np.meshgrid(v, np.arange(1, 4))[1]"),
    ("select(3, ln.meshgrid({ ln.arange(2), ln.arange(3), v }, { indexing = 'ij' }))",
     "np.meshgrid(np.arange(1, 3), np.arange(1, 4), v, indexing='ij')[2]"),
    ("select(1, ln.meshgrid({ ln.arange(2), ln.arange(3), v }))",
     "np.meshgrid(np.arange(1, 3), np.arange(1, 4), v)[0]"),
    ("(ln.meshgrid{ v })", "np.meshgrid(v)[0]"),
    # shapes
    ("ln.stack{ m, m * 2 }", "np.stack([m, m * 2])"),
    ("ln.stack({ turned, turned }, 3)", "np.stack([turned, turned], 2)"),
    ("ln.stack({ t, t }, -1)", "np.stack([t, t], -1)"),
    ("ln.stack{ one, one, one }", "np.stack([one, one, one])"),
    ("ln.stack({ none, none }, 2)", "np.stack([none, none], 1)"),
    ("ln.stack({ wide, wide }, 2)", "np.stack([wide, wide], 1)"),
    ("m:split(3)[2]", "np.split(m, 3)[1]"),
    ("m:split(2, 2)[2]", "np.split(m, 2, 1)[1]"),
    ("v:split{ 4, 6 }[1]", "np.split(v, [3, 5])[0]"),
    ("v:split{ 4, 6 }[2]", "np.split(v, [3, 5])[1]"),
    ("v:split{ 4, 6 }[3]", "np.split(v, [3, 5])[2]"),
    ("v:split{ 1, 8 }[1]", "np.split(v, [0, 7])[0]"),
    ("v:split{ 1, 8 }[3]", "np.split(v, [0, 7])[2]"),
    ("turned:split({ 2, 2 }, -1)[2]", "np.split(turned, [1, 1], -1)[1]"),
    ("eight:split(3, 3)[3]", "np.split(eight, 3, 2)[2]"),
    ("none:split(5)[4]", "np.split(none, 5)[3]"),
    ("v:chunk(3)[1]", "torch.as_tensor(v).chunk(3)[0]"),
    ("v:chunk(3)[3]", "torch.as_tensor(v).chunk(3)[2]"),
    ("v:chunk(20)[7]", "torch.as_tensor(v).chunk(20)[6]"),
    ("x:chunk(2, 3)[2]", "torch.as_tensor(x).chunk(2, 2)[1]"),
    ("eight:squeeze()", "np.squeeze(eight)"),
    ("eight:squeeze(2)", "np.squeeze(eight, 1)"),
    ("eight:squeeze{ 5, 2 }", "np.squeeze(eight, (4, 1))"),
    ("one:squeeze()", "np.squeeze(one)"),
    ("t:unsqueeze(1)", "np.expand_dims(t, 0)"),
    ("turned:unsqueeze(2)", "np.expand_dims(turned, 1)"),
    ("wide:unsqueeze(-1)", "np.expand_dims(wide, -1)"),
    ("one:unsqueeze(1)", "np.expand_dims(one, 0)"),
    ("t:flip()", "np.flip(t)"),
    ("turned:flip(1)", "np.flip(turned, 0)"),
    ("t:flip{ 1, -1 }", "np.flip(t, (0, -1))"),
    ("wide:flip(2)", "np.flip(wide, 1)"),
    ("none:flip()", "np.flip(none)"),
    ("one:flip()", "np.flip(one)"),
    ("eight:flip{ 8, 3, 1 }", "np.flip(eight, (7, 2, 0))"),
    ("v:roll(2)", "np.roll(v, 2)"),
    ("t:roll(-5)", "np.roll(t, -5)"),
    ("t:roll(5, 2)", "np.roll(t, 5, 1)"),
    ("turned:roll(-1, -1)", "np.roll(turned, -1, -1)"),
    ("t:roll({ 1, -2 }, { 1, 3 })", "np.roll(t, (1, -2), (0, 2))"),
    ("t:roll(1, { 2, 3 })", "np.roll(t, 1, (1, 2))"),
    ("none:roll(1)", "np.roll(none, 1)"),
    ("one:roll(3)", "np.roll(one, 3)"),
    ("none:roll(4, 1)", "np.roll(none, 4, 0)"),
    ("eight:roll(1, 3)", "np.roll(eight, 1, 2)"),
    ("wide:roll(1, 2)", "np.roll(wide, 1, 1)"),
    *[(f"t:rot90({k}, {{ 2, 3 }})", f"np.rot90(t, {k}, (1, 2))") for k in (-1, 0, 1, 2, 3, 4, 7)],
    ("m:rot90()", "np.rot90(m)"),
    ("turned:rot90(1, { 3, 1 })", "np.rot90(turned, 1, (2, 0))"),
    ("none:rot90()", "np.rot90(none)"),
    ("t:flatten()", "t.ravel()"),
    ("turned:flatten()", "turned.ravel()"),
    ("x:flatten(2, 3)", "x.reshape(2, 12, 5)"),
    ("eight:flatten(3, -2)", "eight.reshape(2, 1, 24, 2)"),
    ("one:flatten()", "one.ravel()"),
    ("none:flatten()", "none.ravel()"),
    ("x:movedim(2, 4)", "np.moveaxis(x, 1, 3)"),
    ("x:movedim({ 1, 2 }, { -1, 1 })", "np.moveaxis(x, (0, 1), (-1, 0))"),
    ("eight:movedim({ 1, 4, 8 }, { 8, 1, 3 })", "np.moveaxis(eight, (0, 3, 7), (7, 0, 2))"),
    ("turned:movedim(3, 1)", "np.moveaxis(turned, 2, 0)"),
    ("m:tile(2, 3)", "np.tile(m, (2, 3))"),
    ("m:tile(2)", "np.tile(m, 2)"),
    ("v:tile(2, 2)", "np.tile(v, (2, 2))"),
    ("turned:tile{ 1, 2, 1 }", "np.tile(turned, (1, 2, 1))"),
    ("wide:tile(0, 1, 2)", "np.tile(wide, (0, 1, 2))"),
    ("one:tile(3)", "np.tile(one, 3)"),
    ("none:tile(2, 2)", "np.tile(none, (2, 2))"),
    ("eight:tile(1, 2, 1, 1, 1, 1, 1, 2)", "np.tile(eight, (1, 2, 1, 1, 1, 1, 1, 2))"),
    ("m:repeat_interleave(2, 1)", "np.repeat(m, 2, 0)"),
    ("turned:repeat_interleave(3, -1)", "np.repeat(turned, 3, -1)"),
    ("wide:repeat_interleave(0, 2)", "np.repeat(wide, 0, 1)"),
    ("eight:repeat_interleave(2, 5)", "np.repeat(eight, 2, 4)"),
    ("m:diagonal()", "np.diagonal(m)"),
    ("m:diagonal(2)", "np.diagonal(m, 2)"),
    ("m:diagonal(-1)", "np.diagonal(m, -1)"),
    ("m:diagonal(9)", "np.diagonal(m, 9)"),
    ("turned:diagonal(1, 3, 1)", "np.diagonal(turned, 1, 2, 0)"),
    ("eight:diagonal(0, 1, 3)", "np.diagonal(eight, 0, 0, 2)"),
    ("none:diagonal()", "np.diagonal(none)"),
    ("v:diag()", "np.diag(v)"),
    ("v:diag(-2)", "np.diag(v, -2)"),
    ("m:diag(1)", "np.diag(m, 1)"),
    ("v:narrow(1, 1, 0):diag()", "np.diag(v[:0])"),
    *[(f"{a}:tri{way}({k})", f"np.tri{way}({a}, {k})")
      for a in ("m", "turned")
      for way in "ul"
      for k in (-9, -1, 0, 1, 9)],
    ("eight:triu(1)", "np.triu(eight, 1)"),
    ("none:tril()", "np.tril(none)"),
    # padding
    *[(f"{a}:pad(1, {{ mode = '{ours}' }})", f"np.pad({a}, {pads}, '{numpy}')")
      for ours, numpy in [("constant", "constant"), ("reflect", "reflect"),
                           ("symmetric", "symmetric"), ("replicate", "edge"), ("circular", "wrap")]
      for a, pads in [("m", "1"), ("v", "1"), ("t", "((0, 0), (1, 1), (1, 1))"),
                           ("turned", "((0, 0), (1, 1), (1, 1))")]],
    *[(f"v:pad({{ {{ 17, 9 }} }}, {{ mode = '{ours}' }})", f"np.pad(v, ((17, 9),), '{numpy}')")
      for ours, numpy in [("reflect", "reflect"), ("symmetric", "symmetric"),
                           ("replicate", "edge"), ("circular", "wrap")]],
    ("v:narrow(1, 3, 1):pad(2, { mode = 'reflect' })", "np.pad(v[2:3], 2, 'reflect')"),
    ("v:narrow(1, 3, 2):pad(5, { mode = 'reflect' })", "np.pad(v[2:4], 5, 'reflect')"),
    ("x:pad({ { 1, 0 }, { 0, 2 } }, { value = -3 })",
     "np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 2)), constant_values=-3)"),
    ("wide:pad({ 1, { 0, 1 }, 0 }, { mode = 'circular' })", "np.pad(wide, ((1, 1), (0, 1), (0, 0)), 'wrap')"),
    ("none:pad(1)", "np.pad(none, 1)"),
    ("one:pad{}", "one"),
    ("t:pad{}", "t"),
    ("t:pad({}, { mode = 'reflect' })", "t"),
    ("eight:pad({ 1, 0, 0, 0, 0, { 0, 2 } }, { mode = 'replicate' })",
     "np.pad(eight, ((0, 0), (0, 0), (1, 1), (0, 0), (0, 0), (0, 0), (0, 0), (0, 2)), 'edge')"),
    # patches
    ("x:unfold{ kernel = 2 }", "F.unfold(torch.as_tensor(x), 2)"),
    ("x:unfold{ kernel = { 3, 2 }, stride = { 1, 2 }, padding = { 1, 0 }, dilation = { 1, 2 } }",
     "F.unfold(torch.as_tensor(x), (3, 2), stride=(1, 2), padding=(1, 0), dilation=(1, 2))"),
    ("x:unfold{ kernel = 2, stride = 3, padding = 2 }", "F.unfold(torch.as_tensor(x), 2, stride=3, padding=2)"),
    ("turned:unfold{ kernel = 2, padding = 1 }", "F.unfold(torch.as_tensor(turned.copy()), 2, padding=1)"),
    ("wide:unfold{ kernel = 2 }", "F.unfold(torch.as_tensor(wide.copy()), 2)"),
    ("ln.arange(240):reshape{ 2, 12, 10 }:fold{ size = { 6, 3 }, kernel = 2 }",
     "fold(np.arange(1, 241, dtype=np.float32).reshape(2, 12, 10), (6, 3), kernel_size=2)"),
    ("ln.arange(240):reshape{ 20, 12 }:transpose(1, 2):fold{ size = { 4, 3 }, kernel = 2, padding = 1 }",
     "fold(np.arange(1, 241, dtype=np.float32).reshape(20, 12).T.copy(), (4, 3), kernel_size=2, padding=1)"),
    ("x:unfold{ kernel = 2, stride = 3 }:fold{ size = { 4, 5 }, kernel = 2, stride = 3 }",
     "fold(F.unfold(torch.as_tensor(x), 2, stride=3), (4, 5), kernel_size=2, stride=3)"),
    ("x:unfold{ kernel = 2, stride = 3 }:fold{ size = { 4, 5 }, kernel = 2, stride = 3, average = true }",
     "fold(F.unfold(torch.as_tensor(x), 2, stride=3), (4, 5), True, kernel_size=2, stride=3)"),
    ("x:unfold{ kernel = 3, padding = 1 }:fold{ size = { 4, 5 }, kernel = 3, padding = 1, average = true }",
     "x"),
    # taking
    ("v[v:gt(3)]", "v[v > 3]"),
    ("t[t:gt(9)]", "t[t > 9]"),
    ("t[m:narrow(2, 1, 3):narrow(1, 1, 2):gt(2)]", "t[m[:2, :3] > 2]"),
    ("turned[turned:gt(9)]", "turned[turned > 9]"),
    ("t[ln.tensor(0, 1):ne(0)]", "t[np.array([False, True])]"),
    ("t[t:gt(99)]", "t[t > 99]"),
    ("none[none:gt(0)]", "none[none > 0]"),
    ("wide[wide:eq(2)]", "wide[wide == 2]"),
    ("eight[eight:gt(90)]", "eight[eight > 90]"),
    ("t[{ {}, ln.tensor(1, 0, 1):ne(0) }]", "t[:, np.array([True, False, True])]"),
    ("t[{ 2, m:narrow(1, 1, 3):gt(6) }]", "t[1][m[:3] > 6]"),
    ("x[{ { 1 }, {}, ln.arange(20):reshape{ 4, 5 }:gt(15) }]", "x[0:1, :, np.arange(1, 21).reshape(4, 5) > 15]"),
    ("v[ln.tensor(3, 1, 1, -1)]", "v[[2, 0, 0, -1]]"),
    ("v[{ 3, 1, 1, -1 }]", "v[[2, 0, 0, -1]]"),
    ("v[{ { { 2 } } }]", "v[[1]]"),
    ("m[ln.tensor{ { 1, 2 }, { 3, -1 } }]", "m[[[0, 1], [2, -1]]]"),
    ("m[{ {}, ln.tensor{ { 1, 2 }, { 3, -1 } } }]", "m[:, [[0, 1], [2, -1]]]"),
    ("m[{ { { 3, 1 } }, {} }]", "m[[2, 0]]"),
    ("m[{ {}, { 4, 1, 1, 2 } }]", "m[:, [3, 0, 0, 1]]"),
    ("m[{ {}, { {} } }]", "m[:, :0]"),
    ("m[{ 2, { { 4, 1 } } }]", "m[1, [3, 0]]"),
    ("m[{ { 3, 2, -1 }, { { 4, 1 } } }]", "m[2:0:-1][:, [3, 0]]"),
    ("turned[{ { 1, 4, 2 }, {}, { { 3, 1 } } }]", "turned[::2][:, :, [2, 0]]"),
    ("t[{ ln.tensor(1, 2), ln.tensor(3, 1) }]", "t[[0, 1], [2, 0]]"),
    ("t[{ ln.tensor(1, 2), {}, ln.tensor(4, 1) }]", "t[[0, 1], :, [3, 0]]"),
    ("t[{ {}, ln.tensor{ { 1 }, { 3 } }, ln.tensor(4, 1) }]", "t[:, [[0], [2]], [3, 0]]"),
    ("x[{ ln.tensor(1, 2), {}, {}, ln.tensor(5, 1) }]", "x[[0, 1], :, :, [4, 0]]"),
    ("x[{ {}, ln.tensor(2, 1), {}, { { 5 } } }]", "x[:, [1, 0], :, [4]]"),
    ("t[{ ln.tensor(1, 1):ne(0), ln.tensor(3, 1) }]", "t[np.array([True, True]), [2, 0]]"),
    ("turned[{ ln.tensor(4, 1), ln.tensor(2, 2), ln.tensor(1, 3) }]", "turned[[3, 0], [1, 1], [0, 2]]"),
    ("wide[ln.tensor(2, 2, 1)]", "wide[[1, 1, 0]]"),
    ("none[{ {}, { { 3, 1 } } }]", "none[:, [2, 0]]"),
    ("eight[{ {}, {}, { { 3, 1 } } }]", "eight[:, :, [2, 0]]"),
    ("eight:flip(8)[{ 1, 1, ln.tensor(3, 1), {}, 1, {}, ln.tensor(2, 1) }]",
     "np.flip(eight, 7)[0, 0][[2, 0], :, 0, :][:, :, :, :][[0, 1], :, :, [1, 0]]"),
    ("m:take({ 4, 1, 1 }, 2)", "np.take(m, [3, 0, 0], 1)"),
    ("m:take{ -1 }", "np.take(m, [-1], 0)"),
    ("turned:take(ln.tensor{ { 3, 1 } }, -1)", "np.take(turned, [[2, 0]], -1)"),
    ("t:gather{ 2, 1, 2 }", "t[[1, 0, 1]]"),
    ("m:gather(2, { { 1, 4 }, { 2, 2 }, { -1, 3 } })", "np.take_along_axis(m, np.array([[0, 3], [1, 1], [3, 2]]), 1)"),
    ("m:gather(1, { { 1, 3, 2, -1 } })", "np.take_along_axis(m, np.array([[0, 2, 1, 2]]), 0)"),
    ("turned:gather(2, ln.ones{ 4, 1, 3 } * 2)", "np.take_along_axis(turned, np.ones((4, 1, 3), int), 1)"),
    ("turned:gather(1, ln.tensor{ { { 4, 1 } } })",
     "torch.gather(torch.as_tensor(turned.copy()), 0, torch.tensor([[[3, 0]]]))"),
    ("v:gather(1, { 7, 7 })", "v[[6, 6]]"),
    ("eight:gather(3, ln.ones{ 2, 1, 1, 2, 1, 2, 2, 2 } * 2)", "eight[:, :, 1:2]"),
    # writing
    ("put(v, v:gt(3), 0)", "put(v, v > 3, 0)"),
    ("put(t, t:gt(20), ln.tensor(4, 3, 2, 1))", "put(t, t > 20, [4, 3, 2, 1])"),
    ("put(t, ln.tensor(0, 1):ne(0), m:narrow(1, 1, 3))", "put(t, np.array([False, True]), m[:3])"),
    ("put(v, { 1, 3, 1 }, ln.tensor(7, 8, 9))", "put(v, [0, 2, 0], [7, 8, 9])"),
    ("put(m, { {}, { { 4, 1 } } }, ln.tensor(-1, -2))", "put(m, (slice(None), [3, 0]), [-1, -2])"),
    ("put(m, ln.tensor(3, 1), 5)", "put(m, [2, 0], 5)"),
    ("put(t, { ln.tensor(1, 2), {}, ln.tensor(4, 1) }, ln.arange(6):reshape{ 2, 3 })",
     "put(t, ([0, 1], slice(None), [3, 0]), np.arange(1, 7).reshape(2, 3))"),
    ("put(turned, turned:lt(5), 0)", "put(turned, turned < 5, 0)"),
    ("put(m, { 2, { { 1, 4 } } }, ln.tensor(7, 8))", "put(m, (1, [0, 3]), [7, 8])"),
    ("put(v, v:gt(9), 1)", "put(v, v > 9, 1)"),
    ("put(eight, eight:gt(5), 5)", "put(eight, eight > 5, 5)"),
    ("m:scatter(2, { { 1, 4 }, { 2, 2 }, { -1, 3 } }, { { 9, 8 }, { 7, 6 }, { 5, 4 } })",
     "put_along(m, np.array([[0, 3], [1, 1], [3, 2]]), np.array([[9, 8], [7, 6], [5, 4]]), 1)"),
    ("m:scatter(1, { { 1, 3 } }, m)",
     "torch.as_tensor(m).scatter(0, torch.tensor([[0, 2]]), torch.as_tensor(m)).numpy()"),
    ("turned:scatter(3, ln.ones{ 4, 2, 1 }, 0)", "put_along(turned, np.zeros((4, 2, 1), int), 0, 2)"),
    ("m:scatter_add(2, { { 1, 1 }, { 2, 4 } }, m)",
     "torch.as_tensor(m).scatter_add(1, torch.tensor([[0, 0], [1, 3]]), torch.as_tensor(m)).numpy()"),
    ("ln.where(m:gt(5), m, 0)", "np.where(m > 5, m, 0)"),
    ("ln.where(m:gt(5), 1, -m)", "np.where(m > 5, 1, -m)"),
    ("ln.where(turned:gt(5), turned, ln.tensor(1, 2, 3))", "np.where(turned > 5, turned, [1, 2, 3])"),
    ("ln.where(v:gt(3), v, v:unsqueeze(2))", "np.where(v > 3, v, v[:, None])"),
    ("m:where(m:gt(5), one)", "np.where(m > 5, m, one)"),
    ("ln.where(none:gt(0), none, 1)", "np.where(none > 0, none, 1)"),
    ("ln.where(wide:gt(1), wide, -wide)", "np.where(wide > 1, wide, -wide)"),
    ("m:masked_fill(m:narrow(1, 1, 1):gt(2), 0)", "np.where(m[:1] > 2, 0, m)"),
    ("eight:masked_fill(eight:gt(9), 9)", "np.where(eight > 9, 9, eight)"),
    ("m:gt(5):nonzero()", "np.argwhere(m > 5) + 1"),
    ("turned:lt(9):nonzero()", "np.argwhere(turned < 9) + 1"),
    ("v:gt(9):nonzero()", "np.argwhere(v > 9) + 1"),
    ("one:nonzero()", "np.argwhere(one) + 1"),
    ("none:nonzero()", "np.argwhere(none) + 1"),
    ("eight:gt(93):nonzero()", "np.argwhere(eight > 93) + 1"),
    ("wide:eq(3):nonzero()", "np.argwhere(wide == 3) + 1"),
    ("ln.tensor{ { 0, 1, 0 }, { 0, 0, 0 }, { 1, 0, 1 } }:nonzero()",
     "np.argwhere(np.array([[0, 1, 0], [0, 0, 0], [1, 0, 1]])) + 1"),
]

GRADIENTS = [  # of sum(y * weights), by the named input
    ("m", "ln.stack({ m, m * 3 }, 2)", "torch.stack([m, m * 3], 1)"),
    ("t", "t:flip{ 1, 3 }", "t.flip((0, 2))"),
    ("t", "t:roll({ 1, -1 }, { 1, 3 })", "t.roll((1, -1), (0, 2))"),
    ("t", "t:roll(5)", "t.roll(5)"),
    ("t", "t:rot90(1, { 2, 3 })", "t.rot90(1, (1, 2))"),
    ("t", "t:rot90(-1, { 2, 3 })", "t.rot90(-1, (1, 2))"),
    ("t", "t:movedim(1, 3)", "t.movedim(0, 2)"),
    ("t", "t:flatten(2)", "t.flatten(1)"),
    ("m", "m:tile(2, 3)", "m.tile(2, 3)"),
    ("m", "m:repeat_interleave(3, 2)", "m.repeat_interleave(3, 1)"),
    ("t", "t:diagonal(1, 2, 3)", "t.diagonal(1, 1, 2)"),
    ("v", "v:diag(-1)", "v.diag(-1)"),
    ("m", "m:diag(1)", "m.diag(1)"),
    ("m", "m:triu(1)", "m.triu(1)"),
    ("t", "t:tril(-1)", "t.tril(-1)"),
    ("t", "t:unsqueeze(2):squeeze()", "t"),
    ("m", "ln.concat({ m:chunk(2, 2)[2], m:split(2, 2)[1] }, 1)", "torch.cat([m[:, 2:], m[:, :2]])"),
    ("v", "select(2, ln.meshgrid{ ln.arange(3), v })", "torch.meshgrid(torch.arange(3.), v, indexing='xy')[1]"),
    ("x", "x:pad{ { 1, 2 }, { 0, 3 } }", "F.pad(x, (0, 3, 1, 2))"),
    *[("x", f"x:pad({{ {{ 1, 2 }}, {{ 3, 0 }} }}, {{ mode = '{mode}' }})", f"F.pad(x, (3, 0, 1, 2), '{mode}')")
      for mode in ("reflect", "replicate", "circular")],
    ("x", "x:unfold{ kernel = { 3, 2 }, stride = 2, padding = 1 }", "F.unfold(x, (3, 2), stride=2, padding=1)"),
    ("x", "x:reshape{ 2, 4, 15 }:fold{ size = { 4, 6 }, kernel = 2 }", "F.fold(x.reshape(2, 4, 15), (4, 6), 2)"),
    ("x", "x:reshape{ 2, 4, 15 }:fold{ size = { 4, 6 }, kernel = 2, average = true }",
     "fold(x.reshape(2, 4, 15), (4, 6), True, kernel_size=2)"),
    ("t", "t[t:gt(9.5)]", "t[t > 9.5]"),
    ("t", "t[{ {}, ln.tensor(1, 0, 1):ne(0) }]", "t[:, torch.tensor([True, False, True])]"),
    ("m", "m[ln.tensor(3, 1, 1)]", "m[[2, 0, 0]]"),
    ("m", "m[{ {}, { { 4, 4, 1 } } }]", "m[:, [3, 3, 0]]"),
    ("t", "t[{ ln.tensor(1, 2, 2), {}, ln.tensor(4, 1, 1) }]", "t[[0, 1, 1], :, [3, 0, 0]]"),
    ("t", "t[{ 2, ln.tensor(3, 3), { 2, 4 } }]", "t[1][[2, 2], 1:4]"),
    ("m", "m:take({ 2, 2, 4 }, 2)", "m.index_select(1, torch.tensor([1, 1, 3]))"),
    ("m", "m:gather(2, { { 1, 1, 4 }, { 2, 2, 2 } })", "m.gather(1, torch.tensor([[0, 0, 3], [1, 1, 1]]))"),
    ("m", "m:scatter(2, { { 1, 4 }, { 2, 3 } }, 2)", "m.scatter(1, torch.tensor([[0, 3], [1, 2]]), 2)"),
    ("m", "ln.ones{ 3, 4 }:scatter(2, { { 1, 4 }, { 2, 3 } }, m:narrow(1, 1, 2))",
     "torch.ones(3, 4).scatter(1, torch.tensor([[0, 3], [1, 2]]), m[:2, :2])"),
    ("m", "m:scatter_add(1, { { 1, 1, 2, 3 }, { 2, 2, 2, 2 } }, m)",
     "m.scatter_add(0, torch.tensor([[0, 0, 1, 2], [1, 1, 1, 1]]), m[:2])"),
    ("m", "ln.where(m:gt(5.5), m * 2, m:narrow(1, 1, 1))", "torch.where(m > 5.5, m * 2, m[:1])"),
    ("m", "m:masked_fill(m:gt(5.5), 3)", "m.masked_fill(m > 5.5, 3)"),
]


def lua(array):
    return "{ " + ", ".join("%.9g" % v for v in np.asarray(array).ravel()) + " }" if np.size(array) else "{}"


def broken(line):
    """In several lines of at most 120 columns."""
    out = []
    while len(line) > 120:
        at = line.rfind(", ", 0, 119)
        out.append(line[:at + 1])
        line = "    " + line[at + 2:]
    return "\n".join(out + [line])


def row(name, ours, value):
    values = broken(f"    shape = {lua(np.shape(value))}, values = {lua(value)} }},")
    return f'  {{ {name}"{ours}",\n{values}'


def weights(n):
    return (np.arange(n) * 37 % 101 - 50).astype(np.float32) / 32


def gradient(name, expression):
    inputs = {key: torch.tensor(value.copy()) for key, value in INPUTS.items()}
    inputs[name].requires_grad_()
    y = eval(expression, globals(), inputs)
    (y * torch.tensor(weights(y.numel())).reshape(y.shape)).sum().backward()
    return inputs[name].grad.numpy()


def main():
    out = ["-- What NumPy and PyTorch make of the expressions of tests/reference/shapes.py, which writes this file.",
           "return {", "-- Exact, element by element."]
    scope = {**globals(), **INPUTS}
    out += [row("", ours, eval(theirs, scope)) for ours, theirs in NUMPY]
    out += ["-- PyTorch's gradients by an input of the sum of the result times weights."]
    out += [row(f'gradient = "{name}", ', ours, gradient(name, theirs)) for name, ours, theirs in GRADIENTS]
    path = pathlib.Path(__file__).parent.parent / "lua" / "values" / "shapes.lua"
    path.write_text("\n".join(out + ["}", ""]))
    print(f"{path}: {len(NUMPY)} values, {len(GRADIENTS)} gradients")


if __name__ == "__main__":
    main()
