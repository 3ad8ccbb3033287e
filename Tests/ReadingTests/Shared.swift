import Anatomy
import Classification
import DICOM
import Detection
import Foundation
import Imaging
import Phantom
import Reading
import Testing

/// A phantom, its data sets, and its reading, made once.
enum Shared {
    static let study = PhantomPatient(seed: 501).scan()
    static let dataSets = study.dataSets()
    static let reader = StudyReader(classifier: try! ModelBundle.shipped())
    static let result = Swift.Result { () throws(Refusal) -> StudyReader.Result in
        try reader.read(content(dataSets.pet + dataSets.ct))
    }

    /// What detection finds on the phantom's own voxels, no DICOM between.
    static let detected: DetectedUptake = {
        let ct = study.ct.resampled(to: study.pet.geometry, outside: .nan)
        return FocusDetection().detect(in: ScanVolumes(pet: study.pet, ct: ct, tracer: study.truth.tracer))
    }()

    /// A study of data sets, in an order that nobody relies on.
    static func content(_ dataSets: [DataSet]) throws(Refusal) -> StudyContent {
        let even = dataSets.indices.filter { $0.isMultiple(of: 2) }
        let odd = dataSets.indices.filter { !$0.isMultiple(of: 2) }.reversed()
        return try StudyContent.single(of: (even + odd).map { StudyInstance(dataSet: dataSets[$0]) })
    }

    /// The PET without a word on its tracer.
    static var anonymousPET: [DataSet] {
        dataSets.pet.map { dataSet in
            var dataSet = dataSet
            var item = dataSet.items(.radiopharmaceuticalInformationSequence)[0]
            item.remove(.radiopharmaceuticalCodeSequence)
            item.remove(.radiopharmaceutical)
            dataSet.set(.radiopharmaceuticalInformationSequence, [item])
            dataSet.set(.seriesDescription, "PET AC")
            dataSet.set(.studyDescription, "PET/CT")
            return dataSet
        }
    }
}
