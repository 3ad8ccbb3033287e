"""Prints the masks that plastimatch wrote as NRRD files, as JSON: for each folder name → places in the linear array.

usage: nrrd_masks.py FOLDER...
"""

import gzip
import json
import pathlib
import sys

import numpy as np


def voxels(path):
    """The places of the voxels that are set: column fastest, then row, then slice."""
    header, data = path.read_bytes().split(b"\n\n", 1)
    fields = dict(line.split(": ", 1) for line in header.decode().splitlines() if ": " in line)
    assert fields["type"] == "unsigned char" and fields["encoding"] == "gzip"
    values = np.frombuffer(gzip.decompress(data), np.uint8)
    assert values.size == np.prod([int(size) for size in fields["sizes"].split()])
    return [int(place) for place in np.flatnonzero(values)]


def masks(folder):
    return {path.stem: voxels(path) for path in pathlib.Path(folder).glob("*.nrrd")}


json.dump([masks(folder) for folder in sys.argv[1:]], sys.stdout)
