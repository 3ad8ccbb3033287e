"""Reads the objects of reports with highdicom and pydicom and prints what they say, as JSON.

usage: report_objects.py FACTOR FOLDER...

FACTOR is SUVbw per rescaled value. Each folder holds report.dcm, perhaps segmentation.dcm, structures.dcm and
structures-ct.dcm, the PET in pet/, and in ct/ the CT that the last one is drawn on.
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


def totals(report):
    """The NUM items of the TID 1501 group of the whole body."""
    for container in report.ContentSequence:
        if container.ConceptNameCodeSequence[0].CodeValue != "126010":
            continue
        for group in container.ContentSequence:
            names = [i.TextValue for i in group.ContentSequence if i.ConceptNameCodeSequence[0].CodeValue == "112039"]
            if names == ["Whole body"]:
                yield from numbers(group.ContentSequence)


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
    segmentation = highdicom.seg.segread(f"{folder}/segmentation.dcm")
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


def regions(path, slices):
    """ROI number → name, source segment, volume and voxels per slice, filled here from the contours."""
    structures = pydicom.dcmread(path)
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


class Scan:
    """The PET from its stored values alone: SUVbw, and where its voxels lie."""

    def __init__(self, slices, factor):
        orientation = np.array(slices[0].ImageOrientationPatient, float)
        self.axes = orientation[:3], orientation[3:]
        self.normal = np.cross(*self.axes)
        slices = sorted(slices, key=lambda image: np.array(image.ImagePositionPatient, float) @ self.normal)
        self.uids = [image.SOPInstanceUID for image in slices]
        self.origins = np.array([image.ImagePositionPatient for image in slices], float)
        self.spacing = np.array(slices[0].PixelSpacing, float)
        self.suv = np.array([image.pixel_array * float(image.RescaleSlope) * factor for image in slices])
        positions = self.origins @ self.normal
        self.depths = np.gradient(positions)
        self.depths[0], self.depths[-1] = positions[1] - positions[0], positions[-1] - positions[-2]
        self.sphere_means = self.means_of_spheres(radius=(3000 / (4 * np.pi)) ** (1 / 3))

    def means_of_spheres(self, radius):
        """For every voxel the mean of the voxels whose centres lie in a sphere round its own."""
        count, rows, columns = self.suv.shape
        result = np.zeros_like(self.suv)
        reach = np.ceil(radius / self.spacing).astype(int) + 1
        for k in range(count):
            total, number = np.zeros((rows, columns)), np.zeros((rows, columns))
            for other in range(count):
                step = self.origins[other] - self.origins[k]
                if abs(step @ self.normal) > radius:
                    continue
                drift = np.array([step @ self.axes[1], step @ self.axes[0]]) / self.spacing
                low, high = np.floor(-drift - reach).astype(int), np.ceil(-drift + reach).astype(int)
                for dj in range(low[0], high[0] + 1):
                    for di in range(low[1], high[1] + 1):
                        offset = step + self.axes[1] * dj * self.spacing[0] + self.axes[0] * di * self.spacing[1]
                        if offset @ offset > radius**2:
                            continue
                        here = np.s_[max(0, -dj):max(0, rows - max(0, dj)), max(0, -di):max(0, columns - max(0, di))]
                        there = np.s_[max(0, dj):max(0, rows + min(0, dj)), max(0, di):max(0, columns + min(0, di))]
                        total[here] += self.suv[other][there]
                        number[here] += 1
            result[k] = total / number
        return result

    def nearest(self, image):
        """For each voxel of an image the place in the volume of the nearest voxel, and whether that is beyond doubt."""
        row, column = np.mgrid[0:image.Rows, 0:image.Columns]
        axes = np.array(image.ImageOrientationPatient, float).reshape(2, 3)
        points = (np.array(image.ImagePositionPatient, float) + np.multiply.outer(column * image.PixelSpacing[1], axes[0])
                  + np.multiply.outer(row * image.PixelSpacing[0], axes[1]))
        positions = self.origins @ self.normal
        heights = points @ self.normal
        below = np.clip(np.searchsorted(positions, heights, side="right") - 1, 0, len(positions) - 2)
        share = (heights - positions[below]) / (positions[below + 1] - positions[below])
        origins = self.origins[below] * (1 - share)[..., None] + self.origins[below + 1] * share[..., None]
        voxel = np.stack([below + share, (points - origins) @ self.axes[1] / self.spacing[0],
                          (points - origins) @ self.axes[0] / self.spacing[1]], -1)
        index = np.rint(voxel).astype(int)
        inside = ((index >= 0) & (index < self.suv.shape)).all(-1)
        places = np.ravel_multi_index(np.moveaxis(index, -1, 0), self.suv.shape, mode="clip")
        return np.where(inside, places, -1), (np.abs(np.abs(voxel - np.floor(voxel)) - 0.5) > 1e-4).all(-1)

    def findings_on_ct(self, segments, regions, images):
        """Where regions on the CT are not the segments, each voxel of the CT taking that of the nearest of the PET."""
        area = self.suv[0].size
        labels = np.zeros(self.suv.size + 1, int)
        for number, segment in segments.items():
            for k, uid in enumerate(self.uids):
                labels[k * area + np.array(segment["slices"].get(uid, []), int)] = int(number)
        for image in images:
            places, certain = self.nearest(image)
            for number in segments:
                drawn = np.zeros(certain.size, bool)
                # A lesion between the slices has no region.
                drawn[regions.get(number, {"slices": {}})["slices"].get(image.SOPInstanceUID, [])] = True
                wrong = ((drawn.reshape(certain.shape) != (labels[places] == int(number))) & certain).sum()
                if wrong:
                    yield f"region {number}: {wrong} voxels of CT instance {image.InstanceNumber}"

    def figures(self, segment):
        """The figures of a segment."""
        values, volumes, peaks = [], [], []
        for k, uid in enumerate(self.uids):
            places = segment["slices"].get(uid, [])
            values.extend(self.suv[k].reshape(-1)[places])
            peaks.extend(self.sphere_means[k].reshape(-1)[places])
            volumes.extend([float(np.prod(self.spacing) * self.depths[k] / 1000)] * len(places))
        mean = float(np.average(values, weights=volumes))
        volume = float(np.sum(volumes))
        return {"max": float(max(values)), "mean": mean, "peak": float(max(peaks)), "volume": volume,
                "totalUptake": mean * volume}


def read(folder, factor):
    """Everything that the objects of one report say."""
    slices = [pydicom.dcmread(path) for path in glob.glob(f"{folder}/pet/*.dcm")]
    report = highdicom.sr.srread(f"{folder}/report.dcm")
    found = {
        "groups": list(lesion_groups(report)),
        "totals": list(totals(report)),
        "evaluations": list(evaluations(report)),
        "segments": {},
        "regions": {},
        "regionsOnCT": {},
        "findingsOnCT": [],
        "recomputed": {},
        "patientName": str(report.PatientName),
    }
    if glob.glob(f"{folder}/segmentation.dcm"):
        found["segments"] = segments(folder, slices)
        found["regions"] = regions(f"{folder}/structures.dcm", slices)
        scan = Scan(slices, factor)
        if glob.glob(f"{folder}/structures-ct.dcm"):
            ct = [pydicom.dcmread(path) for path in glob.glob(f"{folder}/ct/*.dcm")]
            found["regionsOnCT"] = regions(f"{folder}/structures-ct.dcm", ct)
            found["findingsOnCT"] = list(scan.findings_on_ct(found["segments"], found["regionsOnCT"], ct))
        found["recomputed"] = {number: scan.figures(segment) for number, segment in found["segments"].items()}
    return found


if __name__ == "__main__":
    json.dump([read(folder, float(sys.argv[1])) for folder in sys.argv[2:]], sys.stdout)
