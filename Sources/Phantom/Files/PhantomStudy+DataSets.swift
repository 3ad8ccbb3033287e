import DICOM
import Foundation
import Imaging

extension PhantomStudy {
    /// The study as data sets, slice by slice from the feet to the head; no CT where the patient has none.
    public func dataSets() -> (pet: [DataSet], ct: [DataSet]) {
        (
            (0..<pet.geometry.slices).map(petDataSet(slice:)),
            patient.includesCT ? (0..<ct.geometry.slices).map(ctDataSet(slice:)) : []
        )
    }

    /// What both series share: Patient, General Study, General Equipment, Frame of Reference, Image Plane.
    func commonDataSet(_ geometry: VolumeGeometry, slice: Int) -> DataSet {
        var data = DataSet()
        data.set(.specificCharacterSet, "ISO_IR 192")
        data.set(.studyDate, identity.seriesStart.date)
        data.set(.studyTime, identity.administration.time)
        data.set(.accessionNumber, "PH\(patient.seed % 10_000_000_000)")
        data.set(.manufacturer, "Uptake phantom")
        data.set(.institutionName, "Phantom")
        data.setEmpty(.referringPhysicianName)
        data.set(.studyDescription, "PET/CT whole body \(patient.tracer.rawValue) (phantom)")
        data.set(.manufacturerModelName, "Digital patient")
        data.set(.patientName, identity.patientName)
        data.set(.patientID, identity.patientID)
        data.set(.patientBirthDate, identity.birthDate)
        data.set(.patientSex, "M")
        data.set(.patientAge, String(format: "%03dY", patient.habitus.age))
        data.set(.patientSize, number: patient.heightM)
        data.set(.patientWeight, number: patient.weightKg)
        data.set(.deviceSerialNumber, "0")
        data.set(.softwareVersions, "1")
        data.set(.studyInstanceUID, identity.studyInstanceUID)
        data.set(.studyID, String(patient.seed % 10_000_000_000))
        data.set(.frameOfReferenceUID, identity.frameOfReferenceUID)
        data.setEmpty(.positionReferenceIndicator)
        setPlane(geometry, slice, &data)
        return data
    }

    private func setPlane(_ geometry: VolumeGeometry, _ slice: Int, _ data: inout DataSet) {
        let origin = geometry.sliceOrigins[slice]
        data.set(.imagePositionPatient, numbers: origin.coordinates.map { ($0 * 1000).rounded() / 1000 })
        data.set(.imageOrientationPatient, numbers: [1, 0, 0, 0, 1, 0])
        data.set(.sliceLocation, number: (origin.z * 1000).rounded() / 1000)
        data.set(.sliceThickness, number: geometry.sliceSpacing)
        data.set(.pixelSpacing, numbers: [geometry.rowSpacing, geometry.columnSpacing])
        data.set(.samplesPerPixel, 1)
        data.set(.photometricInterpretation, "MONOCHROME2")
        data.set(.rows, geometry.rows)
        data.set(.columns, geometry.columns)
        data.set(.bitsAllocated, 16)
        data.set(.bitsStored, 16)
        data.set(.highBit, 15)
        data.set(.pixelRepresentation, 1)
    }

    /// Series identity.
    func setSeries(
        _ modality: String, _ uid: UID, number: Int, description: String, start: DateTime, _ data: inout DataSet
    ) {
        // The whole body is no paired part, so Laterality stays away (PS3.3 section C.7.3.1).
        data.set(.bodyPartExamined, "WHOLEBODY")
        data.set(.modality, modality)
        data.set(.seriesInstanceUID, uid)
        data.set(.seriesNumber, number)
        data.set(.seriesDescription, description)
        data.set(.seriesDate, start.date)
        data.set(.seriesTime, start.time)
    }

    /// Instance identity and times.
    func setInstance(_ sopClass: UID, _ uid: UID, number: Int, acquired: DateTime, _ data: inout DataSet) {
        data.set(.sopClassUID, sopClass)
        data.set(.sopInstanceUID, uid)
        data.set(.instanceNumber, number)
        data.set(.acquisitionDate, acquired.date)
        data.set(.acquisitionTime, acquired.time)
        data.set(.contentDate, acquired.date)
        data.set(.contentTime, acquired.time)
    }

    /// Stored values as little-endian words.
    func setPixels(_ values: [Int16], _ data: inout DataSet) {
        let bytes = values.withUnsafeBufferPointer { values in
            [UInt8](unsafeUninitializedCapacity: values.count * 2) { bytes, count in
                for (index, value) in values.enumerated() {
                    let bits = UInt16(bitPattern: value)
                    bytes[2 * index] = UInt8(truncatingIfNeeded: bits)
                    bytes[2 * index + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                }
                count = values.count * 2
            }
        }
        data.setBytes(.pixelData, bytes)
    }
}
