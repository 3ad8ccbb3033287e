import Foundation
import Imaging

/// Which tracer each study of a collection was made with: by a table beside it, by its files, or by what is assumed of it.
///
/// Two tables are looked for. `tracers.csv` has the columns `study,tracer`. `psma_metadata.csv` comes with the PSMA studies of
/// autoPET and FDAT and tells the radionuclide (`Subject ID,Study Date,pet_radionuclide`), which is as good as the ligand where one
/// with that nuclide is assumed.
struct StudyTracers {
    /// What a study's files say.
    struct Told {
        /// The tracer; nil where they do not name it.
        var tracer: Tracer?
        /// What it shows, where they say no more.
        var target: Tracer.Target?
        /// The radionuclide; nil where they do not say.
        var radionuclide: Radionuclide?
        /// Why the tracer is not known, a sentence.
        var explanation = ""
    }

    private var tracers: [String: Tracer] = [:]
    private var radionuclides: [String: Radionuclide] = [:]
    private let ligands: [Tracer]

    /// Reads the tables of a folder.
    /// - Parameters:
    ///   - studies: the names of the studies.
    ///   - ligands: those that are assumed.
    /// - Throws: `ImportError.unreadable` with what is wrong in a table.
    init(folder: String, studies: [String], assuming ligands: [Tracer]) throws(ImportError) {
        self.ligands = ligands
        let path = folder + "/tracers.csv"
        for (line, fields) in try CommaSeparatedTable(path, columns: ["study", "tracer"])?.rows ?? [] {
            guard let study = fields["study"], let tracer = fields["tracer"].flatMap(Tracer.init) else {
                throw .unreadable(path: path, reason: "line \(line) is not a study and one of \(Tracer.names)")
            }
            guard studies.contains(study) else {
                throw .unreadable(path: path, reason: "line \(line) names \(study), and no study is called so")
            }
            tracers[study] = tracer
        }
        let metadata = folder + "/psma_metadata.csv"
        let columns = ["Subject ID", "Study Date", "pet_radionuclide"]
        for (line, fields) in try CommaSeparatedTable(metadata, columns: columns)?.rows ?? [] {
            guard let subject = fields["Subject ID"], let date = fields["Study Date"],
                let radionuclide = fields["pet_radionuclide"], !radionuclide.isEmpty
            else { continue }
            guard let known = Radionuclide(rawValue: radionuclide) else {
                throw .unreadable(path: metadata, reason: "line \(line): \(radionuclide) is neither 68Ga nor 18F")
            }
            // Files are called psma_SUBJECT_DATE, their subjects PSMA_SUBJECT in the table.
            radionuclides["\(subject)_\(date)".lowercased()] = known
        }
    }

    /// The tracer of a study.
    /// - Throws: `ImportError.unsaid` where nobody says, or what is assumed does not fit.
    func tracer(of study: String, told: Told) throws(ImportError) -> Tracer {
        if let tracer = tracers[study] ?? told.tracer { return tracer }
        let radionuclide = told.radionuclide ?? radionuclides[study.lowercased()]
        let fitting = ligands.filter { ligand in
            (radionuclide.map { $0 == ligand.radionuclide } ?? true)
                && (told.target.map { $0 == ligand.target } ?? true)
        }
        let nuclide = radionuclide.map { " with \($0.rawValue)" } ?? ""
        switch fitting.count {
        case 1: return fitting[0]
        case 0:
            throw .unsaid(study: study, reason: "\(told.explanation) Name the tracer\(nuclide) with --ligand")
        default:
            let names = fitting.map(\.rawValue).joined(separator: " or ")
            throw .unsaid(study: study, reason: "\(told.explanation) Say in tracers.csv whether it is \(names)")
        }
    }
}
