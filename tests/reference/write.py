"""Writes known numbers: python3 tests/reference/write.py tests/nn/elu.py ...; without arguments those of all items.

tests/<kind>/<name>.py states the cases of one item, and how the library that its first line names computes it; what it
must define stands in tests/reference/<kind>.py, which runs it. The numbers go to tests/<kind>/<name>_values.c. Needs
torch, scipy, scikit-image (with PyWavelets), scikit-learn, opencv-contrib-python-headless, medpy, piq, bm3d and
lion-pytorch.
"""
import importlib.util
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).parent.parent


def load(path):
    """The module of one item."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def broken(line, width=120):
    """The line, in several after commas outside of strings if it is longer than `width`."""
    strings = [m.span() for m in re.finditer(r'"(\\.|[^"\\])*"', line)]
    commas = [m.end() for m in re.finditer(", ", line[:width + 1]) if not any(a < m.start() < b for a, b in strings)]
    if len(line) <= width or not commas:
        return line
    at = max([c for c in commas if line[c - 3] == "}" and line[c] == "{"] or commas)
    indent = " " * (len(line) - len(line.lstrip()) + 1)
    return line[:at - 1] + "\n" + broken(indent + line[at:])


def write(path):
    kind, name = path.parent.name, path.stem
    if not (TESTS / "reference" / f"{kind}.py").exists():
        sys.exit(f"{path}: nothing here runs items of kind '{kind}'; see tests/support/known.h for closed forms")
    try:
        by_kind, item = importlib.import_module(kind), load(path)
    except ModuleNotFoundError as error:
        sys.exit(f"{path}: {error}; python3 -m pip install torch scipy scikit-image PyWavelets scikit-learn "
                 "opencv-contrib-python-headless medpy piq bm3d lion-pytorch")
    rows = by_kind.rows(name, item)
    source = item.__doc__.strip().splitlines()[0].rstrip(".")
    text = f"/* {source}. Written by tests/reference/write.py from {name}.py. */\n"
    if len(text) > 120:
        text = text.replace(". Written", ".\n * Written")
    text += f'#include "{kind}/known.h"\n\nstatic const {by_kind.TYPE} cases[] = {{\n'
    text += "".join(broken(line) + "\n" for row in rows for line in row.split("\n"))
    text += f'}};\n\nKNOWN_VALUES("{kind}", "{name}", cases)\n'
    path.with_name(f"{name}_values.c").write_text(text)
    print(f"{path.with_name(f'{name}_values.c')}: {len(rows)} cases, {len(text.splitlines())} lines")


if __name__ == "__main__":
    sys.modules["write"] = sys.modules["__main__"]
    kinds = [p.stem for p in (TESTS / "reference").glob("*.py") if (TESTS / p.stem).is_dir()]
    paths = [pathlib.Path(p) for p in sys.argv[1:]]
    paths = paths or [p for kind in sorted(kinds) for p in sorted((TESTS / kind).glob("*.py"))]
    for path in paths:
        write(path.resolve())
