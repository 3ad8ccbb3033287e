"""Makes small collections in the layouts in which labelled PET/CT studies come, by nibabel, pydicom and highdicom.

usage: labelled_collections.py FOLDER
       labelled_collections.py FOLDER PEOPLE    so many people of each tracer, and as many others, in folders of their own

In each study: a trunk of SUV 1, a lesion of SUV 8 (a ball of 10 mm round LPS 24, -16, 20 mm) and a bladder of SUV 30 (a
ball of 14 mm round LPS -24, 12, 8 mm). The lesion alone is labelled. Prints nothing.
"""

import os
import sys

import nibabel
import numpy as np
from highdicom.seg import SegmentAlgorithmTypeValues, SegmentationTypeValues, SegmentDescription, Segmentation
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

LESION, BLADDER = np.array([24.0, -16.0, 20.0]), np.array([-24.0, 12.0, 8.0])


def ball(points, centre, radius):
    return np.linalg.norm(points - centre, axis=-1) <= radius


def suv(points):
    inside = np.hypot(points[..., 0], points[..., 1]) <= 70
    values = np.where(inside, 1.0, 0.01)
    values[ball(points, LESION, 10)] = 8
    values[ball(points, BLADDER, 14)] = 30
    return values


def hu(points):
    return np.where(np.hypot(points[..., 0], points[..., 1]) <= 70, 40.0, -1000.0)


def nifti_points(shape, affine):
    """LPS millimetres of every voxel."""
    indices = np.moveaxis(np.indices(shape), 0, -1)
    return (indices @ affine[:3, :3].T + affine[:3, 3]) * [-1, -1, 1]


def affine(spacing, signs, shape):
    """Axis-aligned, the middle of the volume at the origin but for the slices, which begin or end at z = 0."""
    matrix = np.diag([*(np.array(spacing) * signs), 1.0])
    for axis in range(2):
        matrix[axis, 3] = -matrix[axis, axis] * (shape[axis] - 1) / 2
    matrix[2, 3] = 0 if signs[2] > 0 else spacing[2] * (shape[2] - 1)
    return matrix


def save(values, matrix, path, dtype, use_qform=False):
    """Whole numbers are stored with the slope and intercept that nibabel finds for them."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    image = nibabel.Nifti1Image(values.astype(np.float32), matrix)
    image.set_data_dtype(dtype)
    image.set_sform(matrix, code=0 if use_qform else 1)
    image.set_qform(matrix, code=1 if use_qform else 0)
    nibabel.save(image, path)


ONE_OF_EACH = [("fdg_a1_2020", (-1, 1, 1), np.float32), ("psma_b2_2021", (1, 1, 1), np.float64),
               ("psma_c3_2021", (-1, -1, -1), np.uint16)]


def autopet(folder, studies):
    shape = (40, 40, 14)
    for name, signs, dtype in studies:
        matrix = affine((4, 4, 3), signs, shape)
        points = nifti_points(shape, matrix)
        save(hu(points), matrix, f"{folder}/imagesTr/{name}_0000.nii.gz", np.int16)
        save(suv(points), matrix, f"{folder}/imagesTr/{name}_0001.nii.gz", dtype)
        save(ball(points, LESION, 10), matrix, f"{folder}/labelsTr/{name}.nii.gz", np.uint8)


def deep_psma(folder):
    shape, fine = (40, 40, 14), (80, 80, 42)
    for tracer in ["PSMA", "FDG"]:
        here = f"{folder}/train_0001/{tracer}"
        matrix = affine((4, 4, 3), (-1, -1, 1), shape)
        points = nifti_points(shape, matrix)
        save(suv(points), matrix, f"{here}/PET.nii.gz", np.float32, use_qform=True)
        save(ball(points, LESION, 10), matrix, f"{here}/TTB.nii.gz", np.uint8, use_qform=True)
        matrix = affine((2, 2, 1), (-1, -1, 1), fine)
        save(hu(nifti_points(fine, matrix)), matrix, f"{here}/CT.nii.gz", np.int16)


def image(uids, modality, position, pixels, number):
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    is_pet = modality == "PT"
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.128" if is_pet else "1.2.840.10008.5.1.4.1.1.2"
    dataset.SOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID, dataset.FrameOfReferenceUID = uids["study"], uids["frame"]
    dataset.SeriesInstanceUID = uids[modality]
    dataset.Modality, dataset.PatientName, dataset.PatientID = modality, "", "P1"
    dataset.PatientBirthDate, dataset.PatientSex, dataset.PatientWeight = "", "M", 80
    dataset.PatientSize = 1.8
    dataset.StudyID, dataset.AccessionNumber, dataset.ReferringPhysicianName = "1", "", ""
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = "20200101"
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = "110000"
    dataset.SeriesNumber, dataset.InstanceNumber = 1 if is_pet else 2, number
    dataset.Manufacturer, dataset.ManufacturerModelName = "SIEMENS", "m"
    dataset.DeviceSerialNumber, dataset.SoftwareVersions = "1", "1"
    dataset.ImagePositionPatient, dataset.ImageOrientationPatient = list(position), [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing, dataset.SliceThickness = [4, 4], 3
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 1
    dataset.RescaleSlope, dataset.RescaleIntercept = (1, 0) if not is_pet else (SLOPE, 0)
    dataset.ImageType = ["ORIGINAL", "PRIMARY"] if is_pet else ["ORIGINAL", "PRIMARY", "AXIAL"]
    if is_pet:
        dataset.Units, dataset.DecayCorrection, dataset.SeriesType = "BQML", "START", ["WHOLE BODY", "IMAGE"]
        dataset.CorrectedImage, dataset.NumberOfSlices = ["DECY", "ATTN", "SCAT", "NORM"], 14
        dataset.ImageIndex, dataset.AttenuationCorrectionMethod = number, "CT"
        dose = Dataset()
        dose.RadiopharmaceuticalStartTime, dose.RadionuclideTotalDose = "110000", 300e6
        dose.RadionuclideHalfLife, dose.Radiopharmaceutical = 6586.2, "FDG"
        nuclide = Dataset()
        nuclide.CodeValue, nuclide.CodingSchemeDesignator, nuclide.CodeMeaning = "C-111A1", "SRT", "^18^Fluorine"
        dose.RadionuclideCodeSequence = [nuclide]
        dataset.RadiopharmaceuticalInformationSequence = [dose]
    dataset.PixelData = pixels.astype(np.int16).tobytes()
    return dataset


# Bq/ml of one stored unit; SUV 1 is 300 MBq in 80 kg, that is 3750 Bq/ml, undecayed because injected at the scan's time.
SLOPE = 3750 / 1000


def dicom(folder):
    shape = (14, 40, 40)
    uids = {name: generate_uid() for name in ["study", "frame", "PT", "CT"]}
    z, y, x = np.indices(shape)
    points = np.stack([x * 4 - 78.0, y * 4 - 78.0, z * 3.0], axis=-1)
    images = {"PT": suv(points) * 1000, "CT": hu(points)}
    study, sets = f"{folder}/segmented/patient-1/study-1", {}
    for modality, pixels in images.items():
        sets[modality] = [image(uids, modality, points[k, 0, 0], pixels[k], k + 1) for k in range(shape[0])]
        for kind in [study, f"{folder}/contoured/patient-2/study-2", f"{folder}/fractional/patient-3/study-3"]:
            os.makedirs(f"{kind}/{modality}", exist_ok=True)
            for k, dataset in enumerate(sets[modality]):
                dataset.save_as(f"{kind}/{modality}/{k:03}.dcm", enforce_file_format=True)
    lesion = ball(points, LESION, 10)
    segments = [describe(1, "Lesion"), describe(2, "Bladder")]
    masks = np.stack([lesion, ball(points, BLADDER, 14)], axis=-1).astype(np.uint8)
    os.makedirs(f"{study}/SEG")
    Segmentation(
        sets["PT"], masks, SegmentationTypeValues.BINARY, segments, generate_uid(), 3, generate_uid(), 1, "m", "m", "1",
        "1", omit_empty_frames=True).save_as(f"{study}/SEG/1.dcm")
    # A probability of 0.9 in the lesion and of 0.2 round about.
    probability = np.where(lesion, 0.9, np.where(ball(points, LESION, 18), 0.2, 0.0))[..., None]
    os.makedirs(f"{folder}/fractional/patient-3/study-3/SEG")
    Segmentation(
        sets["PT"], probability, SegmentationTypeValues.FRACTIONAL, segments[:1], generate_uid(), 3, generate_uid(), 1,
        "m", "m", "1", "1", max_fractional_value=200, omit_empty_frames=True
    ).save_as(f"{folder}/fractional/patient-3/study-3/SEG/1.dcm")
    os.makedirs(f"{folder}/contoured/patient-2/study-2/RTSTRUCT")
    structures(uids, points).save_as(
        f"{folder}/contoured/patient-2/study-2/RTSTRUCT/1.dcm", enforce_file_format=True)


def describe(number, label):
    return SegmentDescription(
        number, label, codes.SCT.Lesion, codes.SCT.Lesion, SegmentAlgorithmTypeValues.MANUAL,
        tracking_uid=generate_uid(), tracking_id=label)


def structures(uids, points):
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.481.3", generate_uid()
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = uids["study"], generate_uid()
    dataset.Modality, dataset.PatientID, dataset.PatientName = "RTSTRUCT", "P1", ""
    region, contours = Dataset(), Dataset()
    region.ROINumber, region.ROIName, region.ReferencedFrameOfReferenceUID = 1, "Lesion", uids["frame"]
    contours.ReferencedROINumber, contours.ContourSequence = 1, []
    for z in points[:, 0, 0, 2]:
        radius = np.sqrt(max(100 - (z - LESION[2]) ** 2, 0))
        if radius < 1:
            continue
        angles = np.linspace(0, 2 * np.pi, 73)[:-1]
        contour = Dataset()
        contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", len(angles)
        ring = [[LESION[0] + radius * np.cos(a), LESION[1] + radius * np.sin(a), z] for a in angles]
        contour.ContourData = [f"{value:.4f}" for point in ring for value in point]
        contours.ContourSequence.append(contour)
    dataset.StructureSetROISequence, dataset.ROIContourSequence = [region], [contours]
    return dataset


if __name__ == "__main__":
    target = sys.argv[1]
    if len(sys.argv) > 2:
        for kind in ["fdg", "psma", "psma-others"]:
            tracer, people = kind.split("-")[0], range(int(sys.argv[2]))
            autopet(f"{target}/{kind}", [(f"{tracer}_{kind}{n}_2021", (-1, 1, 1), np.float32) for n in people])
        sys.exit()
    autopet(f"{target}/autopet", ONE_OF_EACH)
    deep_psma(f"{target}/deep")
    dicom(f"{target}/dicom")
