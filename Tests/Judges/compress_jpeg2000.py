"""Compresses an image by pydicom and its JPEG 2000 plugin.

    compress_jpeg2000.py PLAIN PACKED [PSNR]

Lossless, or lossy with that peak signal-to-noise ratio, dB.
"""

import sys

from pydicom import dcmread
from pydicom.uid import JPEG2000, JPEG2000Lossless

plain, packed, ratio = sys.argv[1], sys.argv[2], sys.argv[3:]
image = dcmread(plain)
if image.SamplesPerPixel == 3:
    image.PhotometricInterpretation = "YBR_ICT" if ratio else "YBR_RCT"
    image.PlanarConfiguration = 0
options = {"j2k_psnr": [float(ratio[0])]} if ratio else {}
image.compress(JPEG2000 if ratio else JPEG2000Lossless, generate_instance_uid=False, **options)
image.save_as(packed)
