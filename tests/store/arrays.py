"""Writes arrays.h: small files that NumPy and safetensors wrote, and the numbers in them.

    pip install numpy torch safetensors; python3 tests/store/arrays.py > tests/store/arrays.h
"""
import io

import numpy as np
import safetensors
import torch
from safetensors.torch import save

NPY = []  # name, call, bytes, array


def npy(name, call):
    """call: Python that makes the array; saved by numpy.save, or, for (version, array), in that version."""
    value, out = eval(call), io.BytesIO()
    if isinstance(value, tuple):
        np.lib.format.write_array(out, value[1], version=value[0])
        value = value[1]
    else:
        np.save(out, value, allow_pickle=True)
    NPY.append((name, call, out.getvalue(), value))


def c_array(name, kind, values):
    text, line = "static const %s %s[] = {\n" % (kind, name), "   "
    for value in values:
        item = " %s," % value
        if len(line) + len(item) > 120:
            text, line = text + line + "\n", "   "
        line += item
    return text + line + "\n};\n"


def number(x):
    if np.isnan(x):
        return "NAN"
    return ("-" if x < 0 else "") + "INFINITY" if np.isinf(x) or abs(x) > 1e39 else float(np.float32(x)).hex()


npy("float32", "np.float32([[0.5, -0.25, 3], [1e-3, np.nan, np.inf]])")
npy("float64", "np.array([[1 / 3, 1e-320], [-np.inf, 3.4e38]])")
npy("float16", "np.array([0, -2.5, 65504, 2 ** -24, -2 ** -14, np.inf, -np.inf, np.nan], 'float16')")
npy("float64_big", "np.arange(6, dtype='>f8').reshape(2, 3) / 4")
npy("float32_big", "np.arange(6, dtype='>f4').reshape(2, 3) / 4")
npy("float16_big", "np.array([1, -2.5], '>f2')")
npy("int16_big", "np.array([1, -2, 300], '>i2')")
npy("uint64_big", "np.array([1, 2 ** 40], '>u8')")
npy("int8", "np.array([-128, 127], 'int8')")
npy("int16", "np.array([-32768, 32767], 'int16')")
npy("int32", "np.array([-2 ** 31, 2 ** 24, -2 ** 24, 2 ** 24 + 2], 'int32')")
npy("int64", "np.array([-2 ** 63, 2 ** 62, 5])")
npy("uint8", "np.array([0, 255], 'uint8')")
npy("uint16", "np.array([0, 65535], 'uint16')")
npy("uint32", "np.array([0, 2 ** 31, 16777215], 'uint32')")
npy("uint64", "np.array([0, 2 ** 63], 'uint64')")
npy("bool", "np.array([[True, False, True], [False, False, True]])")
npy("fortran", "np.asfortranarray(np.arange(24).reshape(2, 3, 4))")
npy("fortran_float32", "np.asfortranarray(np.arange(6, dtype='float32').reshape(3, 2))")
npy("fortran_bool", "np.asfortranarray(np.array([[True, False, True], [False, False, True]]))")
npy("scalar", "np.float32(7.5)")
npy("scalar_bool", "np.array(True)")
npy("empty", "np.zeros((0, 3), 'float32')")
npy("empty_fortran", "np.zeros((3, 0, 2), order='F')")
npy("dims8", "np.arange(8, dtype='float32').reshape(1, 2, 1, 2, 1, 2, 1, 1)")
npy("version_1", "((1, 0), np.arange(3, dtype='float32'))")
npy("version_2", "((2, 0), np.arange(3, dtype='float32'))")
npy("version_3", "((3, 0), np.arange(3, dtype='float32'))")
npy("int64_odd", "np.array([[1, 2, 3], [4, 16777217, 6]])")
npy("int32_odd", "np.array([-16777217], 'int32')")
npy("uint64_odd", "np.array([2 ** 64 - 1], 'uint64')")
npy("float64_far", "np.asfortranarray([[1, 2], [-1e300, 4]])")
npy("scalar_odd", "np.array(2 ** 24 + 1)")
npy("complex", "np.zeros(2, 'complex64')")
npy("text", "np.array(['abc'])")
npy("bytes", "np.array([b'abc'])")
npy("object", "np.array([None])")
npy("structured", "np.zeros(2, [('a', 'f4'), ('b', 'i4')])")
npy("dates", "np.array(['2020-01-01'], 'M8[D]')")
npy("dims9", "np.zeros((1,) * 9, 'float32')")

print("/* Made by arrays.py with NumPy %s and safetensors %s. */" % (np.__version__, safetensors.__version__))
print("#ifndef LUNET_TESTS_STORE_ARRAYS_H\n#define LUNET_TESTS_STORE_ARRAYS_H\n")
print("#include <math.h>\n#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n")
for name, call, data, array in NPY:
    print("/* numpy.save: %s */" % call)
    print(c_array("npy_" + name, "uint8_t", data), end="")
    array = np.asarray(array)
    numbers = array.reshape(-1).tolist() if array.dtype.kind in "biuf" else [0]
    print(c_array("npy_" + name + "_numbers", "float", [number(x) for x in numbers or [0]]))
print("""typedef struct ArrayFile {
  const char *name;
  const uint8_t *bytes;
  size_t n;
  const float *numbers;
  bool mask;
  int dims;
  int64_t shape[9];
} ArrayFile;

static const ArrayFile arrays[] = {""")
for name, call, data, array in NPY:
    array = np.asarray(array)
    shape = ", ".join(str(size) for size in array.shape) or "0"
    print('    {"%s", npy_%s, sizeof npy_%s, npy_%s_numbers, %s, %d, {%s}},' %
          (name, name, name, name, str(array.dtype == bool).lower(), array.ndim, shape))
print("};\n")

for save_npz in (np.savez, np.savez_compressed):
    out = io.BytesIO()
    save_npz(out, **{"x": np.arange(6, dtype="float32").reshape(2, 3), "mask": np.array([True, False]),
                     "\u00e9/n": np.arange(3)})
    print('/* numpy.%s(..., **{"x": np.arange(6, dtype="float32").reshape(2, 3),\n'
          ' *   "mask": np.array([True, False]), "\\u00e9/n": np.arange(3)}) */' % save_npz.__name__)
    print(c_array("npz_" + save_npz.__name__, "uint8_t", out.getvalue()))
out = io.BytesIO()
np.savez(out)
print("/* numpy.savez(...) */")
print(c_array("npz_empty", "uint8_t", out.getvalue()))

TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "F64": torch.float64, "BOOL": torch.bool,
         "I8": torch.int8, "I16": torch.int16, "I32": torch.int32, "I64": torch.int64, "U8": torch.uint8,
         "U16": torch.uint16, "U32": torch.uint32, "U64": torch.uint64}
print("/* safetensors.torch.save({name: torch.tensor([[1, 0, 3]]).to(dtype)}), a tensor a dtype called by its name */")
print(c_array("safetensors_types", "uint8_t", save({n: torch.tensor([[1, 0, 3]]).to(t) for n, t in TYPES.items()})))
print('/* safetensors.torch.save({"x": torch.tensor([1, 2 ** 24 + 1])}) */')
print(c_array("safetensors_odd", "uint8_t", save({"x": torch.tensor([1, 2 ** 24 + 1])})))
print('/* safetensors.torch.save({"x": torch.tensor([1 + 1j])}) */')
print(c_array("safetensors_complex", "uint8_t", save({"x": torch.tensor([1 + 1j])})))
print("#endif")
