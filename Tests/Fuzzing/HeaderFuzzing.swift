import DICOM
import Foundation

/// Mutated objects before `InstanceHeader`: each is read or refused, and never more than the bytes that are there.
struct HeaderFuzzing: Fuzzing {
    private let objects: [[UInt8]]

    /// Draws the objects that are mutated: one in each encoding, with sequences of both kinds.
    init() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/uptake-fuzzing-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        objects = try [
            .implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian,
            .deflatedExplicitVRLittleEndian,
        ].map { (syntax: UID) in
            let path = "\(folder)/\(syntax).dcm"
            try Self.object.write(to: path, transferSyntax: syntax)
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }

    private static let object: DataSet = {
        var data = DataSet()
        data.set(.specificCharacterSet, "ISO_IR 100")
        data.set(.imageType, "ORIGINAL", "PRIMARY")
        data.set(.sopClassUID, UID.ctImageStorage)
        data.set(.sopInstanceUID, "1.2.3.4")
        data.set(.studyInstanceUID, "1.2.3")
        data.set(.seriesInstanceUID, "1.2.3.5")
        data.set(.patientID, "FUZZ")
        data.set(.imagePositionPatient, numbers: [-10.5, 20, -300])
        data.set(.rows, 4)
        data.set(.columns, 4)
        var item = DataSet()
        item.set(.codeValue, "X")
        var outer = DataSet()
        outer.set(.procedureCodeSequence, [item, item])
        data.set(.procedureCodeSequence, [outer, item])
        data.setBytes(.pixelData, [UInt8](repeating: 7, count: 32))
        return data
    }()

    func play(_ chance: inout Chance) -> Outcome {
        var bytes = objects[chance.below(objects.count)]
        bytes.mutate(&chance)
        do {
            let header = try InstanceHeader(bytes: bytes)
            guard header.dataSetOffset <= bytes.count else { return .broken("the data set begins behind the end") }
            return .taken
        } catch { return .refused }
    }
}
