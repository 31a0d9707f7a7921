"""Writes zoo.h: small image files of many kinds, and the pixels that Pillow sees in them.

    pip install pillow numpy; apt install libjpeg-turbo-progs; python3 tests/image/zoo.py > tests/image/zoo.h

Pillow reads the files (16-bit PNG apart, which it cuts to 8 bits: there the values are those that were written), turned by
ImageOps.exif_transpose, CMYK by convert("RGB").
"""
import io
import struct
import subprocess
import tempfile
import zlib

import numpy as np
import PIL
from PIL import Image, ImageOps

H, W = 11, 9
y, x = np.mgrid[0:H, 0:W]
GRAY = ((x * 23 + y * 11 + (x // 3 + y // 4) % 2 * 60) % 256).astype(np.uint8)
RGB = np.stack([GRAY, 255 - GRAY[::-1], x * 28], 2).astype(np.uint8)
WIDE = GRAY.astype(np.uint16) * 257 ^ (x * 5 + y).astype(np.uint16)
ZOO = []


def add(name, data, pixels=None):
    """pixels: H,W or H,W,3; taken from Pillow where they are not given."""
    if pixels is None:
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        if image.mode in ("CMYK", "P", "RGBA", "PA"):
            image = image.convert("RGB")
        elif image.mode in ("1", "LA"):
            image = image.convert("L")
        pixels = np.array(image)
    ZOO.append((name, data, pixels))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def packed(samples, bits):
    """samples: rows, columns, channels. Filter 0 in front of each row."""
    out = b""
    for row in samples.reshape(samples.shape[0], -1):
        if bits == 16:
            line = row.astype(">u2").tobytes()
        elif bits == 8:
            line = row.astype(np.uint8).tobytes()
        else:
            text = "".join(format(int(v), "0%db" % bits) for v in row)
            text += "0" * (-len(text) % 8)
            line = bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
        out += b"\0" + line
    return out


def png(samples, bits, colour, interlaced=False, extra=b"", tail=b""):
    samples = samples.reshape(samples.shape[0], samples.shape[1], -1)
    h, w = samples.shape[:2]
    if interlaced:
        raw = b"".join(packed(part, bits) for part in (samples[y0::dy, x0::dx] for x0, y0, dx, dy in PASSES)
                       if part.size)
    else:
        raw = packed(samples, bits)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, bits, colour, 0, 0, interlaced))
            + extra + chunk(b"IDAT", zlib.compress(raw, 9)) + tail + chunk(b"IEND", b""))


def exif(orientation, order=">"):
    return (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(
        order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def pngs():
    for bits in (1, 2, 4, 8, 16):
        values = WIDE if bits == 16 else GRAY >> (8 - bits)
        full = values if bits in (8, 16) else values.astype(int) * 255 // (2 ** bits - 1)
        for interlaced in (False, True):
            name = "png_gray%d%s" % (bits, "_interlaced" if interlaced else "")
            add(name, png(values, bits, 0, interlaced), full if bits != 8 else None)
    wide = np.stack([WIDE, 65535 - WIDE, WIDE // 2], 2)
    add("png_rgb", png(RGB, 8, 2))
    add("png_rgb_interlaced", png(RGB, 8, 2, True))
    add("png_rgb16", png(wide, 16, 2), wide)
    add("png_rgba16_interlaced", png(np.dstack([wide, WIDE]), 16, 6, True), wide)
    add("png_gray_alpha", png(np.dstack([GRAY, RGB[:, :, 1]]), 8, 4), GRAY)
    add("png_gray_alpha16", png(np.dstack([WIDE, WIDE]), 16, 4), WIDE)
    add("png_rgba", png(np.dstack([RGB, GRAY]), 8, 6), RGB)
    add("png_gray_transparent", png(GRAY, 8, 0, extra=chunk(b"tRNS", b"\0\x17")), GRAY)
    add("png_gamma", png(GRAY, 8, 0, extra=chunk(b"gAMA", struct.pack(">I", 100000))), GRAY)
    palette = bytes((i * 37 + c * 11) % 256 for i in range(256) for c in range(3))
    for bits in (1, 2, 4, 8):
        index = GRAY >> (8 - bits)
        table = palette[:3 * 2 ** bits]
        alpha = chunk(b"tRNS", bytes([0, 128])) if bits == 4 else b""
        colours = np.frombuffer(table, np.uint8).reshape(-1, 3)[index]
        add("png_palette%d" % bits, png(index, bits, 3, extra=chunk(b"PLTE", table) + alpha), colours)
    add("png_exif5_at_end", png(RGB, 8, 2, tail=chunk(b"eXIf", exif(5, "<"))), RGB.transpose(1, 0, 2))
    add("png_stray_bytes", png(GRAY, 8, 0) + b"stray", GRAY)


def shell(command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def jpegs():
    rgb, gray = Image.fromarray(RGB), Image.fromarray(GRAY)
    small = {"quality": 60, "optimize": True}
    ppm = saved(rgb, "PPM")
    add("jpeg_gray", saved(gray, "JPEG", **small))
    for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
        add("jpeg_" + name, saved(rgb, "JPEG", subsampling=sampling, **small))
    add("jpeg_440", shell(["cjpeg", "-optimize", "-quality", "60", "-sample", "1x2"], ppm))
    add("jpeg_411", shell(["cjpeg", "-optimize", "-quality", "60", "-sample", "4x1"], ppm))
    add("jpeg_rgb", saved(rgb, "JPEG", keep_rgb=True, **small))
    add("jpeg_restart", shell(["cjpeg", "-optimize", "-quality", "60", "-sample", "1x1", "-restart", "1B"], ppm))
    add("jpeg_progressive", saved(rgb, "JPEG", progressive=True, **small))
    add("jpeg_progressive_gray", saved(gray, "JPEG", progressive=True, quality=60))
    with tempfile.NamedTemporaryFile("w") as scans:
        scans.write("0;\n1;\n2;\n")
        scans.flush()
        add("jpeg_three_scans", shell(["cjpeg", "-optimize", "-quality", "60", "-scans", scans.name], ppm))
    cmyk = Image.fromarray(np.dstack([RGB, GRAY // 3]), "CMYK")
    add("jpeg_cmyk", saved(cmyk, "JPEG", **small))
    inked = saved(cmyk, "JPEG", **small)
    adobe = inked.index(b"Adobe")
    add("jpeg_ycck", inked[:adobe + 11] + b"\x02" + inked[adobe + 12:])
    for orientation in range(1, 9):
        add("jpeg_exif%d" % orientation, saved(gray, "JPEG", exif=b"Exif\0\0" + exif(orientation, "<>"[orientation % 2]),
                                               **small))


def bmp(header, palette, rows, offset=None):
    start = 14 + len(header) + len(palette) if offset is None else offset
    data = b"".join(row + b"\0" * (-len(row) % 4) for row in rows)
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + palette + data


def info(bits, compression=0, height=H, colours=0, size=40):
    return struct.pack("<IiiHHIIiiII", size, W, height, 1, bits, compression, 0, 0, 0, colours, 0)


def bits_of(index, bits):
    return [line[1:] for line in (packed(index[i:i + 1].reshape(1, -1, 1), bits) for i in range(H - 1, -1, -1))]


def bmps():
    rgb = Image.fromarray(RGB)
    add("bmp_24", saved(rgb, "BMP"))
    add("bmp_8_gray", saved(Image.fromarray(GRAY), "BMP"), np.dstack([GRAY] * 3))
    table = np.array([[(i * 37 + c * 11) % 256 for c in range(3)] for i in range(256)], np.uint8)
    for bits in (1, 4, 8):
        index = GRAY >> (8 - bits)
        four = b"".join(bytes([b, g, r, 0]) for r, g, b in table[:2 ** bits].tolist())
        add("bmp_%d" % bits, bmp(info(bits), four, bits_of(index, bits)), table[index])
        three = b"".join(bytes([b, g, r]) for r, g, b in table[:2 ** bits].tolist())
        core = struct.pack("<IHHHH", 12, W, H, 1, bits)
        add("bmp_os2_%d" % bits, bmp(core, three, bits_of(index, bits)), table[index])
    index = GRAY % 10
    four = b"".join(bytes([b, g, r, 0]) for r, g, b in table[:10].tolist())
    add("bmp_8_ten_colours", bmp(info(8, colours=10), four, bits_of(index, 8)), table[index])
    lines = [RGB[i, :, ::-1].tobytes() for i in range(H)]
    add("bmp_24_topdown", bmp(info(24, height=-H), b"", lines), RGB)
    add("bmp_24_os2", bmp(struct.pack("<IHHHH", 12, W, H, 1, 24), b"", lines[::-1]), RGB)
    add("bmp_24_v5", bmp(info(24, size=124) + b"\0" * 84, b"", lines[::-1]), RGB)
    alpha = [np.dstack([RGB[i:i + 1, :, ::-1], GRAY[i:i + 1]]).tobytes() for i in range(H - 1, -1, -1)]
    add("bmp_32", bmp(info(32), b"", alpha), RGB)
    add("bmp_32_masks", bmp(info(32, 3), struct.pack("<III", 0xFF, 0xFF00, 0xFF0000),
                            [np.dstack([RGB[i:i + 1], GRAY[i:i + 1]]).tobytes() for i in range(H - 1, -1, -1)]), RGB)
    words = (RGB[:, :, 0].astype(int) >> 3) << 11 | (RGB[:, :, 1].astype(int) >> 2) << 5 | RGB[:, :, 2] >> 3
    add("bmp_565", bmp(info(16, 3), struct.pack("<III", 0xF800, 0x07E0, 0x001F),
                       [words[i].astype("<u2").tobytes() for i in range(H - 1, -1, -1)]))
    fives = (RGB.astype(int) >> 3)
    words = fives[:, :, 0] << 10 | fives[:, :, 1] << 5 | fives[:, :, 2]
    add("bmp_555", bmp(info(16), b"", [words[i].astype("<u2").tobytes() for i in range(H - 1, -1, -1)]))
    add("bmp_gap", bmp(info(24), b"\0" * 10, lines[::-1]), RGB)


def pnms():
    def plain(kind, samples, rest):
        text = "\n".join(" ".join(str(int(v)) for v in row) for row in samples.reshape(H, -1))
        return ("%s\n# plain\n%d %d\n%s%s\n" % (kind, W, H, rest, text)).encode()
    bit = GRAY // 128
    add("pnm_p1", plain("P1", bit, ""))
    add("pnm_p2", plain("P2", GRAY, "255\n"))
    add("pnm_p3", plain("P3", RGB, "255\n"))
    add("pnm_p4", saved(Image.fromarray(GRAY).point(lambda v: v // 128 * 255).convert("1"), "PPM"))
    add("pnm_p5", saved(Image.fromarray(GRAY), "PPM"))
    add("pnm_p6", saved(Image.fromarray(RGB), "PPM"))
    add("pnm_p5_wide", b"P5 %d %d 65535\n" % (W, H) + WIDE.astype(">u2").tobytes(), WIDE)


def c_array(name, kind, values):
    text, line = "static const %s %s[] = {\n" % (kind, name), "   "
    for value in values:
        item = " %d," % value
        if len(line) + len(item) > 120:
            text, line = text + line + "\n", "   "
        line += item
    return text + line + "\n};\n"


pngs(), jpegs(), bmps(), pnms()
print("/* Made by zoo.py with Pillow %s and libjpeg-turbo's cjpeg. */" % PIL.__version__)
print("#ifndef LUNET_TESTS_IMAGE_ZOO_H\n#define LUNET_TESTS_IMAGE_ZOO_H\n\n#include <stddef.h>\n#include <stdint.h>\n")
for name, data, pixels in ZOO:
    print(c_array(name, "uint8_t", data), end="")
    print(c_array(name + "_pixels", "uint16_t", pixels.reshape(-1).tolist()))
print("""/* pixels: height x width x channels, as numbers up to the maximum. */
typedef struct ZooFile {
  const char *name;
  const uint8_t *bytes;
  size_t n;
  const uint16_t *pixels;
  int channels, height, width, maximum;
} ZooFile;

static const ZooFile zoo[] = {""")
for name, data, pixels in ZOO:
    shape = pixels.shape if pixels.ndim == 3 else pixels.shape + (1,)
    maximum = 65535 if "16" in name or "wide" in name else 255
    print('    {"%s", %s, sizeof %s,\n     %s_pixels, %d, %d, %d, %d},' % (name, name, name, name, shape[2], shape[0],
                                                                      shape[1], maximum))
print("};\n\n#endif")
