"""Reads the objects of reports with highdicom and pydicom and prints what they say, as JSON.

usage: report_objects.py FACTOR FOLDER...

FACTOR is SUVbw per rescaled value. Each folder holds sr.dcm, perhaps seg.dcm and rt.dcm, and the PET in pet/.
"""

import glob
import json
import sys

import highdicom
import numpy as np
import pydicom


def numbers(content):
    """The NUM items of a measurement group: name, derivation, value, unit."""
    for item in content:
        if item.ValueType != "NUM":
            continue
        derivation = None
        for child in getattr(item, "ContentSequence", []):
            if child.ConceptNameCodeSequence[0].CodeValue == "121401":
                derivation = child.ConceptCodeSequence[0].CodeValue
        value = item.MeasuredValueSequence[0]
        yield {
            "name": item.ConceptNameCodeSequence[0].CodeValue,
            "derivation": derivation,
            "value": float(value.NumericValue),
            "unit": value.MeasurementUnitsCodeSequence[0].CodeValue,
        }


def lesion_groups(report):
    """The TID 1411 groups as highdicom finds them."""
    for group in report.content.get_volumetric_roi_measurement_groups():
        segment = [i for i in group[0].ContentSequence if i.ValueType == "IMAGE"][0].ReferencedSOPSequence[0]
        site = group.finding_sites[0]
        yield {
            "identifier": group.tracking_identifier,
            "uid": group.tracking_uid,
            "segment": int(segment.ReferencedSegmentNumber),
            "segmentation": segment.ReferencedSOPInstanceUID,
            "finding": group.finding_type.value,
            "site": site.value.value,
            "laterality": site.laterality.value if site.laterality is not None else None,
            "numbers": list(numbers(group[0].ContentSequence)),
        }


def evaluations(report):
    """The evaluations of the whole: concept and coded or plain value."""
    for item in report.ContentSequence:
        if item.ConceptNameCodeSequence[0].CodeValue == "C0034375":
            for child in item.ContentSequence:
                value = child.ConceptCodeSequence[0].CodeValue if child.ValueType == "CODE" else child.TextValue
                yield [child.ConceptNameCodeSequence[0].CodeValue, value]


def places(mask):
    """Row × columns + column of the voxels that are set."""
    return [int(place) for place in np.flatnonzero(mask)]


def segments(folder, slices):
    """Segment number → instance of the PET → places, through the source image of each frame."""
    segmentation = highdicom.seg.segread(f"{folder}/seg.dcm")
    uids = [slice.SOPInstanceUID for slice in slices]
    result = {}
    for number in segmentation.segment_numbers:
        pixels = segmentation.get_pixels_by_source_instance(
            uids, segment_numbers=[number], assert_missing_frames_are_empty=True
        )[..., 0]
        description = segmentation.get_segment_description(number)
        result[str(number)] = {
            "label": description.SegmentLabel,
            "trackingUID": description.tracking_uid,
            "slices": {uid: places(mask) for uid, mask in zip(uids, pixels) if mask.any()},
        }
    return result


def inside(polygon, rows, columns):
    """Which voxel centres lie in a polygon of (column, row), by the even-odd rule and by the winding number."""
    crossings = np.zeros((rows, columns), int)
    winding = np.zeros((rows, columns), int)
    row, column = np.mgrid[0:rows, 0:columns]
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0)):
        if y0 == y1:
            continue
        spans = (row >= min(y0, y1)) & (row < max(y0, y1))
        right = spans & (column < x0 + (row - y0) * (x1 - x0) / (y1 - y0))
        crossings += right
        winding += np.where(right, 1 if y1 > y0 else -1, 0)
    even_odd, nonzero = crossings % 2 == 1, winding != 0
    assert (even_odd == nonzero).all(), "the fill rules disagree"
    return even_odd


def regions(folder, slices):
    """ROI number → name, source segment, volume and voxels per slice, filled here from the contours."""
    structures = pydicom.dcmread(f"{folder}/rt.dcm")
    by_uid = {slice.SOPInstanceUID: slice for slice in slices}
    result = {}
    for roi, contours in zip(structures.StructureSetROISequence, structures.ROIContourSequence):
        assert roi.ROINumber == contours.ReferencedROINumber
        filled = {}
        for contour in contours.ContourSequence:
            uid = contour.ContourImageSequence[0].ReferencedSOPInstanceUID
            image = by_uid[uid]
            points = np.array(contour.ContourData, float).reshape(-1, 3)
            assert len(points) == contour.NumberOfContourPoints
            orientation = np.array(image.ImageOrientationPatient, float)
            offsets = points - np.array(image.ImagePositionPatient, float)
            normal = np.cross(orientation[:3], orientation[3:])
            assert np.abs(offsets @ normal).max() < 1e-3, "a contour leaves its slice"
            polygon = np.stack(
                [offsets @ orientation[:3] / image.PixelSpacing[1], offsets @ orientation[3:] / image.PixelSpacing[0]], 1
            )
            mask = inside(polygon, image.Rows, image.Columns)
            assert not (filled.get(uid, np.zeros_like(mask)) & mask).any(), "contours overlap"
            filled[uid] = filled.get(uid, np.zeros_like(mask)) | mask
        source = roi.DefinitionSourceSequence[0]
        result[str(roi.ROINumber)] = {
            "name": roi.ROIName,
            "volume": float(roi.ROIVolume),
            "segmentation": source.ReferencedSOPInstanceUID,
            "segment": int(source.ReferencedSegmentNumber),
            "slices": {uid: places(mask) for uid, mask in filled.items()},
        }
    return result


def recomputed(segment, slices, factor):
    """SUVmax, SUVmean and volume of a segment from the stored values of the PET alone."""
    orientation = np.array(slices[0].ImageOrientationPatient, float)
    normal = np.cross(orientation[:3], orientation[3:])
    stack = sorted(slices, key=lambda s: float(np.array(s.ImagePositionPatient, float) @ normal))
    positions = np.array([np.array(s.ImagePositionPatient, float) @ normal for s in stack])
    thickness = np.gradient(positions)
    thickness[0], thickness[-1] = positions[1] - positions[0], positions[-1] - positions[-2]
    values, volume = [], 0.0
    for image, depth in zip(stack, thickness):
        chosen = segment["slices"].get(image.SOPInstanceUID, [])
        values.extend(image.pixel_array.reshape(-1)[chosen] * float(image.RescaleSlope) * factor)
        volume += len(chosen) * float(np.prod(np.array(image.PixelSpacing, float))) * depth / 1000
    return {"max": float(np.max(values)), "mean": float(np.mean(values)), "volume": float(volume)}


def read(folder, factor):
    """Everything that the objects of one report say."""
    slices = [pydicom.dcmread(path) for path in glob.glob(f"{folder}/pet/*.dcm")]
    report = highdicom.sr.srread(f"{folder}/sr.dcm")
    found = {
        "groups": list(lesion_groups(report)),
        "evaluations": list(evaluations(report)),
        "segments": {},
        "regions": {},
        "recomputed": {},
        "patientName": str(report.PatientName),
    }
    if glob.glob(f"{folder}/seg.dcm"):
        found["segments"] = segments(folder, slices)
        found["regions"] = regions(folder, slices)
        found["recomputed"] = {n: recomputed(s, slices, factor) for n, s in found["segments"].items()}
    return found


if __name__ == "__main__":
    json.dump([read(folder, float(sys.argv[1])) for folder in sys.argv[2:]], sys.stdout)
