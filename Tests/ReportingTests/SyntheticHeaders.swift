import DICOM
import Foundation
import Imaging

/// Image headers of one synthetic patient, valid enough for the PET and CT classes.
struct SyntheticHeaders {
    let identity: SyntheticStudy.Identity
    let tracer: Tracer
    let seed: UInt64
    var uidLength = 64

    /// A UID of `uidLength` characters; 64 is the longest there can be.
    func uid(_ name: String) -> UID {
        let digits = UID.derived(from: ["synthetic", String(seed), name]).description.filter { $0 != "." }
        return UID(
            String(("1.2.826.0.1.3680043.10.1." + digits + String(repeating: "7", count: 64)).prefix(uidLength)))!
    }

    func pet(on geometry: VolumeGeometry) -> [DataSet] {
        (0..<geometry.slices).map { k in
            var header = common(
                on: geometry, slice: k, series: "PET", sopClass: .positronEmissionTomographyImageStorage)
            header.set(.modality, "PT")
            header.set(.seriesDescription, "PET AC")
            header.set(.seriesNumber, 4)
            addPET(to: &header, on: geometry, slice: k)
            return header
        }
    }

    func ct(on geometry: VolumeGeometry) -> [DataSet] {
        (0..<geometry.slices).map { k in
            var header = common(on: geometry, slice: k, series: "CT", sopClass: .ctImageStorage)
            header.set(.modality, "CT")
            header.set(.seriesNumber, 3)
            header.set(.imageType, "ORIGINAL", "PRIMARY", "AXIAL")
            header.set(.kvp, number: 120)
            header.set(.acquisitionNumber, 1)
            header.set(.rescaleIntercept, number: -1024)
            header.set(.rescaleSlope, number: 1)
            return header
        }
    }

    private func common(on geometry: VolumeGeometry, slice k: Int, series: String, sopClass: UID) -> DataSet {
        var header = DataSet()
        if let set = identity.characterSet { header.set(.specificCharacterSet, set) }
        header.set(.sopClassUID, sopClass)
        header.set(.sopInstanceUID, uid("\(series) \(k)"))
        header.set(.studyInstanceUID, uid("study"))
        header.set(.seriesInstanceUID, uid(series))
        header.set(.frameOfReferenceUID, geometry.frameOfReferenceUID)
        header.setBytes(.patientName, identity.name)
        header.set(.patientID, "PAT-0042")
        header.set(.patientBirthDate, "19500102")
        header.set(.patientSex, "M")
        header.set(.patientWeight, number: 80)
        header.set(.studyDate, "20260105")
        header.set(.studyTime, "100000")
        header.set(.seriesDate, "20260105")
        header.set(.seriesTime, "101500")
        header.set(.acquisitionDate, "20260105")
        header.set(.acquisitionTime, "101500")
        header.set(.contentDate, "20260105")
        header.set(.contentTime, "103000")
        header.set(.studyID, "S1")
        header.set(.accessionNumber, "ACC-7")
        header.setEmpty(.referringPhysicianName)
        header.set(.manufacturer, "Synthetic")
        header.set(.instanceNumber, geometry.slices - k)
        header.setEmpty(.positionReferenceIndicator)
        addGeometry(to: &header, geometry, slice: k)
        return header
    }

    private func addGeometry(to header: inout DataSet, _ geometry: VolumeGeometry, slice k: Int) {
        header.set(.imagePositionPatient, numbers: geometry.sliceOrigins[k].coordinates)
        header.set(
            .imageOrientationPatient,
            numbers: geometry.rowDirection.coordinates + geometry.columnDirection.coordinates)
        header.set(.pixelSpacing, numbers: [geometry.rowSpacing, geometry.columnSpacing])
        header.set(.sliceThickness, number: geometry.sliceSpacing)
        header.set(.rows, geometry.rows)
        header.set(.columns, geometry.columns)
        header.set(.samplesPerPixel, 1)
        header.set(.photometricInterpretation, "MONOCHROME2")
        header.set(.bitsAllocated, 16)
        header.set(.bitsStored, 16)
        header.set(.highBit, 15)
        header.set(.pixelRepresentation, 0)
    }

    private func addPET(to header: inout DataSet, on geometry: VolumeGeometry, slice k: Int) {
        header.set(.imageType, "ORIGINAL", "PRIMARY")
        header.set(.units, "BQML")
        header.set(.countsSource, "EMISSION")
        header.set(.seriesType, "WHOLE BODY", "IMAGE")
        header.set(.numberOfSlices, geometry.slices)
        header.set(.correctedImage, "DECY", "ATTN", "SCAT")
        header.set(.decayCorrection, "START")
        header.set(.collimatorType, "NONE")
        header.set(.frameReferenceTime, number: 60_000)
        header.set(.actualFrameDuration, 120_000)
        header.set(.imageIndex, k + 1)
        header.set(.decayFactor, number: 1.02)
        header.setEmpty(.patientOrientationCodeSequence)
        header.setEmpty(.patientGantryRelationshipCodeSequence)
        header.set(.rescaleIntercept, number: 0)
        header.set(.rescaleSlope, number: SyntheticStudy.rescaleSlope)
        var radiopharmaceutical = DataSet()
        radiopharmaceutical.set(.radiopharmaceutical, tracer.rawValue)
        radiopharmaceutical.set(.radiopharmaceuticalStartTime, "091500")
        radiopharmaceutical.set(.radionuclideTotalDose, number: 2e8)
        radiopharmaceutical.set(.radionuclideHalfLife, number: tracer.radionuclide.halfLifeSeconds)
        radiopharmaceutical.set(.radionuclideCodeSequence, tracer.radionuclide.code)
        if let code = tracer.code { radiopharmaceutical.set(.radiopharmaceuticalCodeSequence, code) }
        header.set(.radiopharmaceuticalInformationSequence, [radiopharmaceutical])
    }
}
