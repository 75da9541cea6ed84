"""Writes pictures in the formats of ImageDecoder with what Pillow decodes, for test/onnx/image-decoder.test.ts.

    python scripts/onnx-images.py SIZE OUT.json

SIZE x SIZE-3 pixels (with the height drawn one pixel odd), all modes and compressions that Pillow writes.
"""
import base64
import io
import json
import struct
import sys
import zlib

import numpy as np
import PIL
from PIL import Image


def scene(width, height, channels):
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    layers = [
        127 + 127 * np.sin(x / 3.1 + y / 5.3),
        127 + 127 * np.cos(x * y / 29.0),
        255 * ((x + 2 * y) % 7 < 3),
        127 + 120 * np.sin(y / 2.0),
    ]
    return np.stack([layers[i % 4] for i in range(channels)], axis=-1).clip(0, 255).astype(np.uint8)


def cases(size):
    width, height = size, size - 3
    rgb = Image.fromarray(scene(width, height, 3))
    rgba = Image.fromarray(scene(width, height, 4), "RGBA")
    gray = Image.fromarray(scene(width, height, 1)[..., 0])
    cmyk = Image.fromarray(scene(width, height, 4), "CMYK")
    palette = rgb.quantize(13)
    bits = gray.convert("1")
    la = Image.merge("LA", (gray, gray))
    for quality in (30, 75, 95):
        for sampling in (0, 1, 2):
            for progressive in (False, True):
                yield f"jpeg-{quality}-{sampling}-{progressive}", rgb, "JPEG", dict(
                    quality=quality, subsampling=sampling, progressive=progressive)
    yield "jpeg-gray", gray, "JPEG", dict(quality=60)
    yield "jpeg-gray-progressive", gray, "JPEG", dict(quality=60, progressive=True)
    yield "jpeg-cmyk", cmyk, "JPEG", dict(quality=80)
    yield "jpeg-restart", rgb, "JPEG", dict(quality=80, restart_marker_blocks=2)
    yield "jpeg-rgb", rgb, "JPEG", dict(quality=80, keep_rgb=True)
    yield "jpeg-optimized", rgb, "JPEG", dict(quality=80, optimize=True, subsampling="4:1:1")
    for name, image in dict(rgb=rgb, rgba=rgba, gray=gray, la=la, palette=palette, bits=bits).items():
        yield f"png-{name}", image, "PNG", {}
    yield "png-gray16", Image.fromarray((np.arange(width * height).reshape(height, width) * 251 % 65536).astype(np.uint16)), "PNG", {}
    yield "png-interlaced", rgb, "ADAM7", {}
    for name, image in dict(rgb=rgb, gray=gray, palette=palette, bits=bits).items():
        yield f"bmp-{name}", image, "BMP", {}
    yield "bmp-rgba", rgba, "BMP", {}
    for name, image in dict(rgb=rgb, gray=gray, bits=bits).items():
        yield f"pnm-{name}", image, "PPM", {}
    for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        for name, image in dict(rgb=rgb, rgba=rgba, gray=gray, palette=palette, bits=bits).items():
            yield f"tiff-{compression}-{name}", image, "TIFF", dict(compression=compression)
    yield "tiff-predictor", rgb, "TIFF", dict(compression="tiff_lzw", tiffinfo={317: 2})
    yield "jpeg2000", rgb, "JPEG2000", {}
    yield "jpeg2000-lossy", rgb, "JPEG2000", dict(irreversible=True, quality_layers=[20])
    yield "jpeg2000-gray", gray, "JPEG2000", {}
    yield "webp", rgb, "WEBP", dict(quality=70)
    yield "webp-lossless", rgb, "WEBP", dict(lossless=True)


def interlaced(image):
    """A PNG of Adam7's seven passes, which Pillow reads but does not write."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    pixels = np.asarray(image)
    rows = b""
    for x, y, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        part = pixels[y::dy, x::dx]
        if part.size:
            rows += b"".join(b"\0" + row.tobytes() for row in part)
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def text(data):
    return base64.b64encode(data).decode()


def main(size, out):
    found = []
    for name, image, kind, options in cases(size):
        with io.BytesIO() as file:
            if kind == "ADAM7":
                file.write(interlaced(image))
            else:
                image.save(file, format=kind, **options)
            data = file.getvalue()
        read = Image.open(io.BytesIO(data))
        if read.mode == "I;16":
            pixels = (np.asarray(read) >> 8).astype(np.uint8)
            rgb, grey = np.stack([pixels] * 3, axis=-1), pixels[..., None]
        else:
            if read.mode == "RGBA":
                read = Image.fromarray(np.asarray(read)[..., :3])
            if read.mode == "LA":
                read = Image.fromarray(np.asarray(read)[..., 0])
            colours = read.convert("RGB")
            rgb = np.asarray(colours)
            grey = np.asarray(read if read.mode == "L" else colours.convert("L"))[..., None]
        found.append(dict(name=name, file=text(data), width=read.width, height=read.height, rgb=text(rgb.tobytes()), grey=text(grey.tobytes())))
    with open(out, "w") as file:
        json.dump(dict(by=f"Pillow {PIL.__version__}", pictures=found), file, indent=0)


main(int(sys.argv[1]), sys.argv[2])
