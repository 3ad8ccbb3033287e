import DICOM
import Foundation

/// A study as files.
struct Study: Sendable {
    let uid: UID
    let folder: String
    let pet: [String]
    let ct: [String]

    var files: [String] { pet + ct }
    var petFolder: String { folder + "/PET" }
    var ctFolder: String { folder + "/CT" }

    /// Finds a study that lies as `uptake-lab phantom` writes it.
    init(folder: String) throws {
        func files(_ name: String) throws -> [String] {
            let path = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { return [] }
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { "\(path)/\($0)" }
        }
        self.folder = folder
        (pet, ct) = (try files("PET"), try files("CT"))
        uid = try DICOMFile(path: (pet + ct)[0], extent: .header).dataSet.uid(.studyInstanceUID)!
    }
}

/// The digital patients that the tests share: drawn once in a run, never changed.
enum Material {
    /// A whole body with suspicious foci, as the laboratory's command draws it.
    static var whole: Study { get throws { try drawn.get() } }
    /// The pelvis of the same patient, so many slices of PET and of CT: read in a moment.
    static var pelvis: Study { get throws { try cut.get() } }
    static let pelvisSlices = 80

    private static let scratch: String = {
        let path = FileManager.default.temporaryDirectory.path + "/uptake-material-\(UUID().uuidString)"
        // A static value has no end of its own.
        atexit { try? FileManager.default.removeItem(atPath: Material.scratch) }
        return path
    }()

    private static let drawn = Result {
        let made = try Child.run(Place.lab, ["phantom", "--output", scratch + "/whole", "--seed", "7"], seconds: 300)
        guard made.status == 0 else { throw Unmet(description: "uptake-lab phantom: \(made.errors)") }
        return try Study(folder: scratch + "/whole")
    }

    private static let cut = Result {
        try edited(try whole, named: "pelvis", in: scratch, slices: pelvisSlices)
    }

    /// A study of its own, made of another's first slices (from the feet up).
    /// - Parameter edit: what else to change in every data set.
    static func edited(
        _ study: Study, named name: String, in folder: String, slices: Int = pelvisSlices,
        _ edit: (inout DataSet) -> Void = { _ in }
    ) throws -> Study {
        for (series, files) in [("PET", study.pet), ("CT", study.ct)] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(name)/\(series)", withIntermediateDirectories: true)
            for (index, file) in files.prefix(slices).enumerated() {
                var data = try DICOMFile(path: file).dataSet
                for attribute in [Attribute.studyInstanceUID, .seriesInstanceUID, .sopInstanceUID] {
                    data.set(attribute, UID.derived(from: [name, data.uid(attribute)!.description]))
                }
                data.set(.patientID, "E2E-\(name)")
                if series == "PET" { data.set(.numberOfSlices, min(slices, files.count)) }
                edit(&data)
                try data.write(to: String(format: "%@/%@/%@/%04d.dcm", folder, name, series, index + 1))
            }
        }
        return try Study(folder: "\(folder)/\(name)")
    }

    /// The same images as an earlier PET/CT of a study's patient, of the same day of the year before.
    static func earlier(than study: Study, in folder: String) throws -> Study {
        let data = try DICOMFile(path: study.pet[0], extent: .header).dataSet
        guard let patient = data.string(.patientID), let date = data.string(.studyDate).flatMap(Int.init) else {
            throw Unmet(description: "\(study.pet[0]) does not tell patient and date")
        }
        return try edited(study, named: "earlier", in: folder) {
            $0.set(.patientID, patient)
            $0.set(.studyDate, "\(date - 10_000)")
        }
    }
}

extension DataSet {
    /// The same without a trace of when it was made, however deep: dates, times and what derives from them.
    var timeless: DataSet {
        var result = DataSet()
        for element in elements where ![.DA, .TM, .DT].contains(element.vr) {
            guard case .sequence(let items) = element.value else {
                result.set(element)
                continue
            }
            result.set(.init(tag: element.tag, vr: element.vr, value: .sequence(items.map(\.timeless))))
        }
        return result
    }
}

/// The bytes of a file's data set, behind its meta information.
func dataSetBytes(of path: String) throws -> Data {
    let header = try InstanceHeader(path: path)
    return try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(header.dataSetOffset)
}
