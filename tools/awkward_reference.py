"""What Pillow makes of hostile and unusual pictures, for AwkwardFilesTest.

Usage: python awkward_reference.py FOLDER > data/src/test/resources/org/resnet4j/image/awkward.tsv   (needs Pillow, numpy)

One line a file: path under FOLDER; then `error` and the exception's name, or format and mode, the size, the first 16 digits of the
SHA-256 of the bytes of convert("RGB"), the same after ImageOps.exif_transpose, and the means of red, green and blue.
"""
import hashlib, os, sys, warnings

import numpy as np
import PIL
from PIL import Image, ImageOps, ImageStat, features

warnings.simplefilter("ignore")
warnings.simplefilter("error", Image.DecompressionBombWarning)


def sha(picture):
    return hashlib.sha256(picture.tobytes()).hexdigest()[:16]


def to_rgb(picture):
    """convert("RGB"); but the high byte of 16-bit grey, of which Pillow makes white wherever it is over 255."""
    if picture.mode.startswith("I;16"):
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    return picture.convert("RGB")


root = sys.argv[1]
print(f"# Pillow {PIL.__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}, libwebp {features.version('webp')}")
for folder, _, names in sorted(os.walk(root)):
    for name in sorted(names):
        path = os.path.join(folder, name)
        try:
            picture = Image.open(path)
            upright = to_rgb(ImageOps.exif_transpose(picture))
            picture = Image.open(path)
            rgb = to_rgb(picture)
            mean = "\t".join(f"{m:.3f}" for m in ImageStat.Stat(rgb).mean)
            outcome = f"{picture.format} {picture.mode}\t{rgb.width}x{rgb.height}\t{sha(rgb)}\t{sha(upright)}\t{mean}"
        except Exception as e:
            outcome = f"error\t{type(e).__name__}"
        print(os.path.relpath(path, root) + "\t" + outcome)
