import DICOM
import Foundation
import Imaging

/// The labelled studies of a folder, in one of the layouts in which collections come (docs/science/train-on-patients.md).
///
/// Listing reads names only; a study's volumes are read when it is asked for.
public struct StudySource: Sendable {
    /// How a collection is laid out.
    public enum Layout: String, Sendable {
        /// `imagesTr/NAME_0000.nii.gz` (CT), `imagesTr/NAME_0001.nii.gz` (SUV), `labelsTr/NAME.nii.gz`; NAME begins with `fdg`
        /// or `psma`.
        case autoPET
        /// `CASE/PSMA` and `CASE/FDG` with `PET.nii.gz`, `CT.nii.gz` and `TTB.nii.gz`.
        case deepPSMA
        /// Folders of DICOM files with PET, CT, and a segmentation or structure set.
        case dicom
    }

    /// What a folder does not tell.
    public struct Assumptions: Sendable {
        /// The PSMA ligands, where files say no more than PSMA, and the tracers of DICOM studies whose headers do not tell: a
        /// study's is the one with its radionuclide, where that is known.
        public var ligands: [Tracer]
        /// Only regions or segments whose name holds this text are lesions; all where nil.
        public var lesionName: String?

        /// Assumes nothing.
        public init(ligands: [Tracer] = [], lesionName: String? = nil) {
            (self.ligands, self.lesionName) = (ligands, lesionName)
        }
    }

    /// The layout that was found.
    public let layout: Layout
    /// The studies' names, in order.
    public let names: [String]
    private let path: String
    private let lesionName: String?
    private let tracers: StudyTracers
    private let places: KnownPlaces
    private let met = RegionNames()

    /// Lists a folder.
    /// - Throws: `ImportError.noStudies` where no layout fits; `ImportError.unreadable` for a broken table beside the studies.
    public init(_ path: String, assuming assumptions: Assumptions = Assumptions()) throws(ImportError) {
        (self.path, lesionName) = (path, assumptions.lesionName)
        guard FileManager.default.fileExists(atPath: path) else {
            throw .unreadable(path: path, reason: "there is no such folder")
        }
        let found: (Layout, [String])? =
            if case let names = AutoPETLayout(path: path).names, !names.isEmpty {
                (.autoPET, names)
            } else if case let names = DeepPSMALayout(path: path).names, !names.isEmpty {
                (.deepPSMA, names)
            } else if case let names = DICOMLayout(path: path).names, !names.isEmpty {
                (.dicom, names)
            } else {
                nil
            }
        guard let found else { throw .noStudies(path: path) }
        (layout, names) = found
        places = try KnownPlaces(folder: path, studies: names)
        tracers = try StudyTracers(folder: path, studies: names, assuming: assumptions.ligands)
    }

    /// Refuses studies of which neither names nor tables tell the tracer, before any is read. Of DICOM files the headers tell
    /// more, which is seen when they are read.
    /// - Throws: `ImportError.unsaid`.
    func requireTracers(of names: some Collection<String>) throws(ImportError) {
        for name in names {
            switch layout {
            case .autoPET: _ = try AutoPETLayout.tracer(of: name, tracers)
            case .deepPSMA: _ = try DeepPSMALayout.tracer(of: name, tracers)
            case .dicom: break
            }
        }
    }

    /// Reads a study.
    /// - Throws: `ImportError` with what is wrong.
    public func study(_ name: String) throws(ImportError) -> LabelledStudy {
        switch layout {
        case .autoPET: try AutoPETLayout(path: path).study(name, tracers, places[name])
        case .deepPSMA: try DeepPSMALayout(path: path).study(name, tracers, places[name])
        case .dicom:
            try DICOMLayout(path: path).study(name, among: names, tracers, lesionName: lesionName, met, places[name])
        }
    }

    /// Refuses a name of lesions that none of the studies read so far has met: everything in them would be learnt to be no
    /// disease. A single study without such a region is a patient without disease.
    /// - Throws: `ImportError.noLesions`.
    func requireLesionNameMet() throws(ImportError) {
        guard let lesionName, let others = met.unmatched else { return }
        throw .noLesions(path: path, name: lesionName, found: others)
    }
}

/// The names of what lies in a folder, ascending; empty where there is none.
func contents(of folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted {
        $0.compare($1, options: .numeric) == .orderedAscending
    }
}
