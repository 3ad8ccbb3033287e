import Foundation

/// What highdicom and pydicom read in the objects of a report (`Tests/Judges/report_objects.py`).
struct FoundObjects: Decodable {
    struct Number: Decodable {
        let name: String
        let derivation: String?
        let value: Double
        let unit: String
    }
    struct Group: Decodable {
        let identifier, uid, segmentation, finding, site: String
        let segment: Int
        let laterality: String?
        let numbers: [Number]
    }
    struct Segment: Decodable {
        let label, trackingUID: String
        let slices: [String: [Int]]
    }
    struct Region: Decodable {
        let name, segmentation: String
        let segment: Int
        let volume: Double
        let slices: [String: [Int]]
    }
    /// Computed from the stored values of the PET under the segment.
    struct Recomputed: Decodable {
        let max, mean, peak, volume, totalUptake: Double
    }

    let groups: [Group]
    let totals: [Number]
    let evaluations: [[String]]
    let segments: [String: Segment]
    let regions: [String: Region]
    /// The regions on the CT, and where they are not the segments taken to its nearest voxels.
    let regionsOnCT: [String: Region]
    let findingsOnCT: [String]
    let recomputed: [String: Recomputed]
    let patientName: String

    /// Reads several at once, because the libraries take longer to load than to read.
    static func read(_ written: [WrittenStudy]) throws -> [FoundObjects] {
        try WrittenStudy.decode("report_objects.py", [String(SyntheticStudy.factor)] + written.map(\.folder.path))
    }
}

extension [FoundObjects.Number] {
    /// The one value of a concept with a derivation; nil where there is none, or more than one.
    func value(_ name: String, _ derivation: String? = nil) -> Double? {
        let found = filter { $0.name == name && $0.derivation == derivation }
        return found.count == 1 ? found[0].value : nil
    }
}
