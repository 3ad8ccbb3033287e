import ArgumentParser
import Classification
import DICOM
import Foundation
import Imaging
import Node
import Reading
import Reporting
import Staging

/// `uptake read`: the whole science, offline.
struct ReadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Read one PET/CT study from a folder and write its report.",
        discussion: """
            Example:
              uptake read --input /data/study --output /tmp/reading
              uptake read --input /data/study --previous /data/earlier --output /tmp/reading

            Any folder tree will do; files that are not DICOM are ignored. Writes report.dcm (Structured Report), \
            segmentation.dcm (Segmentation), structures.dcm (RT Structure Set), capture.dcm (Secondary Capture of the \
            summary page), document.dcm (the same as Encapsulated PDF), keys.dcm (Key Object Selection of the slices \
            with lesions), structures-ct.dcm (the Structure Set on the CT), summary.png and reading.json. Without a \
            lesion there is no Segmentation, Structure Set or Key Object Selection. Of a study that is declined \
            report.dcm says why. With --previous the report also says what has changed since that study, which is read \
            anew with the same model; with --previous-report, which is for studies whose images are gone, what has \
            changed in volume and number of lesions.

            Exit status: 0 read, 3 declined (the reason on one line, and in reading.json), 2 usage, 1 failure.
            """)

    @Option(help: "Folder with the study's files.")
    var input: String?

    @Option(help: ArgumentHelp("A text file that lists the study's files, one on a line.", visibility: .hidden))
    var fileList: String?

    @Option(help: "Folder with an earlier PET/CT study of the patient, to compare with; may be given several times.")
    var previous: [String] = []

    @Option(help: ArgumentHelp("A text file that lists an earlier study's files, one on a line.", visibility: .hidden))
    var previousList: [String] = []

    @Option(help: "A Structured Report of Uptake on an earlier study without images; may be given several times.")
    var previousReport: [String] = []

    @Option(help: ArgumentHelp("Why an earlier study cannot be compared with, for the report.", visibility: .hidden))
    var passedOver: [String] = []

    @Option(help: ArgumentHelp("An object of an earlier reading of the study, to be replaced.", visibility: .hidden))
    var predecessor: [String] = []

    @Option(help: "Folder for the results; made where it does not exist.")
    var output: String

    @Option(
        help:
            "Tracer to assume where the headers do not tell: \(Tracer.names)."
    )
    var tracer: String?

    @Option(help: "Folder of another model than the shipped one.")
    var model: String?

    @Option(
        help:
            "How a common iliac node counts: pelvic (miN, as PROMISE's template) or extrapelvic (miM1a, as AJCC's TNM)."
    )
    var commonIliac = StagingRules.CommonIliac.pelvic

    @Option(help: "What one region of pelvic nodes is for miN: by-side (left and right are two) or by-station (one).")
    var nodeRegions = StagingRules.NodeRegions.bySide

    @Option(
        help: ArgumentHelp(
            "Objects to write besides report, segmentation and structures, with commas between; all if left out: "
                + "\(ReportObject.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "list"))
    var objects: String?

    @Flag(help: "Have the report tell the foci that are not judged suspicious too.")
    var otherFoci = false

    @Option(help: ArgumentHelp("Series Number of the report; the other objects follow.", visibility: .hidden))
    var firstSeriesNumber = ReportOptions().firstSeriesNumber

    @OptionGroup
    var limits: ChildLimits

    func validate() throws {
        guard (input == nil) != (fileList == nil) else { throw ValidationError("give --input DIR") }
        if let tracer, Tracer(rawValue: tracer) == nil {
            throw ValidationError(
                "'\(tracer)' is no tracer known here; use one of \(Tracer.names)"
            )
        }
        _ = try options
    }

    private var options: ReportOptions {
        get throws {
            let words = objects?.split(separator: ",").map(String.init) ?? ReportObject.allCases.map(\.rawValue)
            let chosen = try words.map { word in
                guard let object = ReportObject(rawValue: word) else {
                    let known = ReportObject.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("'\(word)' is no object of a report; use some of \(known)")
                }
                return object
            }
            return ReportOptions(
                objects: Set(chosen), firstSeriesNumber: firstSeriesNumber, includesOtherFoci: otherFoci)
        }
    }

    func run() throws {
        limits.impose()
        let progress = ProgressLine()
        defer { progress.finish() }
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        try removeEarlierResults()
        let instances = try fileList.map(Self.listed) ?? Self.found(in: input!, progress)
        var reader = StudyReader(
            classifier: try model.map { try ModelBundle.load(URL(fileURLWithPath: $0)) } ?? ModelBundle.shipped())
        reader.assumedTracer = tracer.flatMap(Tracer.init)
        reader.staging = StagingRules(commonIliac: commonIliac, nodeRegions: nodeRegions)
        let (earlier, reports) = (try earlierStudies(progress), earlierReports(progress))
        let result: StudyReader.Result
        do throws(Refusal) {
            let study = try StudyContent.single(of: instances)
            result = try reader.read(study, after: earlier, reports: reports, passedOver: passedOver) {
                progress.show($0.rawValue)
            }
        } catch {
            progress.finish()
            try decline(error, instances, model: reader.classifier.identity)
            throw ExitCode(3)
        }
        progress.show("writing the report")
        try write(result)
        progress.finish()
        print(Self.conclusion(of: result.reading))
    }

    private static func listed(in list: String) throws -> [StudyInstance] {
        let paths = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n")
        return try paths.map { try StudyInstance(path: String($0)) }
    }

    private static func found(in folder: String, _ progress: ProgressLine) throws -> [StudyInstance] {
        try DICOMFolder.read(folder) { done, total in
            if done.isMultiple(of: 50) { progress.show("looking at file \(done) of \(total)") }
        }.map(StudyInstance.init)
    }

    private func earlierStudies(_ progress: ProgressLine) throws -> [StudyContent] {
        let instances = try previous.flatMap { try Self.found(in: $0, progress) } + previousList.flatMap(Self.listed)
        return StudyContent.studies(of: instances)
    }

    /// The reports that can be compared with; of each other one a line says why not.
    private func earlierReports(_ progress: ProgressLine) -> [EarlierReport] {
        previousReport.compactMap { path in
            do { return try EarlierReport(path: path) } catch {
                progress.finish()
                print("note: nothing is compared with the report \(path): \(error)")
                return nil
            }
        }
    }

    /// Removes what an earlier reading left: a Segmentation of another study must not lie beside this one's report.
    private func removeEarlierResults() throws {
        for name in ReportObject.allCases.map(\.fileName) + ["summary.png", "reading.json"]
        where unlink(path(name)) != 0 && errno != ENOENT {
            throw Failure("\(path(name)) cannot be replaced: \(String(cString: strerror(errno)))")
        }
    }

    /// Writes the results.
    private func write(_ result: StudyReader.Result) throws {
        let reading = result.reading
        let predecessors = try predecessor.compactMap { Predecessor(try DICOMFile(path: $0, extent: .header).dataSet) }
        let page = SummaryPage(reading: reading, pet: result.pet)
        let report = try Report(
            of: reading, page: page, device: .uptake(model: reading.model), createdAt: .now, options: options,
            predecessors: predecessors)
        for object in report.objects { try write(object.dataSet, as: object.kind) }
        try page.writePNG(to: path("summary.png"))
        try ReadingDocument(reading).json().write(to: URL(fileURLWithPath: path("reading.json")))
    }

    private func write(_ object: DataSet, as kind: ReportObject) throws {
        try object.write(to: path(kind.fileName), transferSyntax: Report.transferSyntax(of: object))
    }

    /// Says why, on one line, in `reading.json` and in a report.
    private func decline(_ refusal: Refusal, _ instances: [StudyInstance], model: ModelIdentity) throws {
        let uid = instances.first?.header.uid(.studyInstanceUID)
        let document = ReadingDocument(declined: refusal, studyInstanceUID: uid)
        try document.json().write(to: URL(fileURLWithPath: path("reading.json")))
        let declined = try DeclinedReport(
            refusal, of: instances, model: model, device: .uptake(model: model), createdAt: .now, options: options)
        if let declined { try write(declined.structuredReport, as: .structuredReport) }
        print("declined: \(refusal.reason)")
    }

    private func path(_ name: String) -> String { output + "/" + name }

    /// One line that says what was found.
    private static func conclusion(of reading: StudyReading) -> String {
        let stage = reading.stage.map { ", \($0.description)" } ?? ""
        return
            "read: \(reading.tracer.rawValue), \(reading.foci.count) foci, \(reading.lesions.count) suspicious\(stage)"
    }
}

extension StagingRules.CommonIliac: ExpressibleByArgument {}
extension StagingRules.NodeRegions: ExpressibleByArgument {}

extension Device {
    /// This program with a model; a new model is a new device.
    static func uptake(model: ModelIdentity, name: String = "UPTAKE") -> Device {
        Device(
            softwareVersion: Version.text, serialNumber: String(model.sha256.prefix(16)),
            uid: UID.derived(from: ["uptake", Version.text, model.sha256]), name: name)
    }
}
