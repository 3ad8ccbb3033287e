import Node

/// What a pull found and brought, for scripts. Who the patient is it does not say.
struct PullReport: Encodable {
    /// A study that matches.
    struct Study: Encodable {
        let studyInstanceUID: String
        /// Study Date, as written.
        let studyDate: String
        let accessionNumber: String
        let studyDescription: String
        let modalities: [String]
        /// As the source counts them; nil where it does not.
        let instances: Int?

        init(_ study: SourceStudy) {
            studyInstanceUID = study.studyInstanceUID.description
            (studyDate, accessionNumber) = (study.studyDate, study.accessionNumber)
            (studyDescription, modalities) = (study.studyDescription, study.modalities)
            instances = study.expectedCounts?.instances
        }
    }

    /// A study, or a series of it, that was retrieved.
    struct Retrieved: Encodable {
        let studyInstanceUID: String
        /// Nil for all series.
        let seriesInstanceUID: String?
        /// Instances in the folder that came; or that the node holds now.
        let instances: Int
        /// Nil for the node.
        let folder: String?
    }

    /// What matches.
    var studies: [Study] = []
    /// What has come.
    var retrieved: [Retrieved] = []
}
