import DICOM

/// An object of an earlier revision of the study, which one of this report replaces.
public struct Predecessor: Sendable, Equatable {
    let studyInstanceUID: UID
    let seriesInstanceUID: UID
    let sopInstanceUID: UID
    let kind: ReportObject

    /// The object that a header describes; nil where it names no study, series or instance, and where no report has its
    /// like.
    /// - Parameter header: of a structure set the whole object, as its class does not tell what it is drawn on.
    public init?(_ header: DataSet) {
        guard let study = header.uid(.studyInstanceUID), let series = header.uid(.seriesInstanceUID),
            let instance = header.uid(.sopInstanceUID), let kind = ReportObject(of: header)
        else { return nil }
        (studyInstanceUID, seriesInstanceUID, sopInstanceUID, self.kind) = (study, series, instance, kind)
    }

    fileprivate var reference: DataSet {
        var item = DataSet()
        item.set(.referencedSOPClassUID, kind.sopClassUID)
        item.set(.referencedSOPInstanceUID, sopInstanceUID)
        return item
    }

    /// By study and series (PS3.3 table 10-3b).
    fileprivate var hierarchicalReference: DataSet {
        var series = DataSet()
        series.set(.seriesInstanceUID, seriesInstanceUID)
        series.set(.referencedSOPSequence, [reference])
        var study = DataSet()
        study.set(.studyInstanceUID, studyInstanceUID)
        study.set(.referencedSeriesSequence, [series])
        return study
    }
}

extension ReportedStudy {
    /// Names what an object replaces: a document's predecessors (PS3.3 section C.17.2), a structure set's (section
    /// C.8.8.5). A Segmentation has no such attribute; the report and the structure set that refer to it say so for it.
    func setPredecessors(of object: inout DataSet, _ kind: ReportObject) {
        let earlier = predecessors.filter { $0.kind == kind && $0.sopInstanceUID != sopInstanceUID(kind) }
        guard !earlier.isEmpty else { return }
        switch kind {
        case .structuredReport: object.set(.predecessorDocumentsSequence, earlier.map(\.hierarchicalReference))
        case .structureSet, .structureSetOnCT: object.set(.predecessorStructureSetSequence, earlier.map(\.reference))
        default: break
        }
    }
}
