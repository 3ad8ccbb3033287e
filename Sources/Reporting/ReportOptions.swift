/// What a site may choose about the objects.
public struct ReportOptions: Sendable, Equatable {
    /// A series of results.
    public struct Series: Sendable, Equatable {
        /// Series Number (0020,0011).
        public var number: Int
        /// Series Description (0008,103E): ASCII, at most 64 characters.
        public var description: String

        /// Names a series.
        public init(number: Int, description: String) {
            self.number = number
            self.description = description
        }
    }

    /// The series of the Structured Report.
    public var structuredReport: Series
    /// The series of the Segmentation.
    public var segmentation: Series
    /// The series of the Structure Set.
    public var structureSet: Series

    /// The numbers 9001 to 9003 lie above what scanners and workstations count up to.
    public init(
        structuredReport: Series = Series(number: 9001, description: "Uptake AI findings (research)"),
        segmentation: Series = Series(number: 9002, description: "Uptake AI segmentation (research)"),
        structureSet: Series = Series(number: 9003, description: "Uptake AI structures (research)")
    ) {
        self.structuredReport = structuredReport
        self.segmentation = segmentation
        self.structureSet = structureSet
    }
}
