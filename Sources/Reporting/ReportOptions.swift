/// What a site may choose about the objects.
public struct ReportOptions: Sendable, Equatable {
    /// The objects to make. Those of `standard` refer to each other and are made in any case.
    public var objects: Set<ReportObject>
    /// Series Number (0020,0011) of the first kind of object; the others follow in the order of `ReportObject`.
    public var firstSeriesNumber: Int
    /// Whether foci that are not judged suspicious stand in the Structured Report too, under a finding category of their
    /// own.
    public var includesOtherFoci: Bool

    /// The numbers from 9001 lie above what scanners and workstations count up to.
    public init(
        objects: Set<ReportObject> = ReportObject.standard, firstSeriesNumber: Int = 9001,
        includesOtherFoci: Bool = false
    ) {
        self.objects = objects
        self.firstSeriesNumber = firstSeriesNumber
        self.includesOtherFoci = includesOtherFoci
    }

    /// The Series Number of a kind of object.
    public func seriesNumber(of object: ReportObject) -> Int {
        firstSeriesNumber + ReportObject.allCases.firstIndex(of: object)!
    }

    /// What the content of objects depends on, for their UIDs; nothing where all is as ever.
    var traits: [String] {
        (firstSeriesNumber == 9001 ? [] : ["series from \(firstSeriesNumber)"])
            + (includesOtherFoci ? ["with other foci"] : [])
    }
}
