"""Has rt-utils fill the contours of Structure Sets and prints the voxels, as JSON: a list of name → instance → places.

usage: rt_utils_masks.py STRUCTURES SERIES_FOLDER [STRUCTURES SERIES_FOLDER]...
"""

import json
import sys

import numpy as np
from rt_utils import RTStructBuilder, image_helper

# rt-utils 1.2.7 makes its arrays of Columns × Rows, but fills them as Rows × Columns: what is not square is cut off.
image_helper.create_empty_slice_mask = lambda image: np.zeros((image.Rows, image.Columns), bool)
image_helper.create_empty_series_mask = lambda series: np.zeros((series[0].Rows, series[0].Columns, len(series)), bool)


def masks(structures, folder):
    """Name of a region → instance of the series → row × columns + column of the voxels."""
    builder = RTStructBuilder.create_from(dicom_series_path=folder, rt_struct_path=structures)
    for image in builder.series_data:
        # It divides distances along a row by the distance of the rows, and the other way round: no matter to square pixels.
        image.PixelSpacing = image.PixelSpacing[::-1]
    result = {}
    for name in builder.get_roi_names():
        mask = builder.get_roi_mask_by_name(name)
        result[name] = {
            image.SOPInstanceUID: [int(place) for place in np.flatnonzero(mask[..., k])]
            for k, image in enumerate(builder.series_data)
            if mask[..., k].any()
        }
    return result


if __name__ == "__main__":
    print(json.dumps([masks(*pair) for pair in zip(sys.argv[1::2], sys.argv[2::2])]))
