import DICOM

extension ImageSeries {
    /// Puts the headers of one series in order: by Image Position (Patient) along the normal of Image Orientation
    /// (Patient), never by number or by Slice Location (PS3.3 section C.7.6.2).
    ///
    /// Distances between slices are taken from the positions; they may be uneven, and slices may drift in their plane
    /// (a tilted gantry). What cannot be one volume is refused.
    ///
    /// Several images at one position are taken for copies here; `AssembledSeries`, which sees the pixels, refuses
    /// them if they differ.
    /// - Parameter headers: the data sets of one series in any order.
    public init(headers: [DataSet]) throws(Refusal) {
        let order = try SliceOrder(headers: headers)
        self.init(geometry: order.geometry, headers: order.groups.map { headers[$0[0]] })
    }
}

/// Where the images of a series lie, found from their headers alone.
struct SliceOrder {
    /// The images at each position, ascending along the normal: indices into the headers. More than one where the
    /// series holds duplicates.
    let groups: [[Int]]
    /// The geometry of the stack, one slice for each group.
    let geometry: VolumeGeometry

    /// Images nearer than this lie at one position, in millimetres.
    static let samePosition = 0.01
    /// The largest difference of direction cosines within one orientation (about a twentieth of a degree).
    private static let sameDirection = 1e-3
    /// The largest difference of pixel spacing within one matrix, in millimetres.
    private static let sameSpacing = 1e-3

    init(headers: [DataSet]) throws(Refusal) {
        guard let first = headers.first else { throw Refusal(.notAnImage, "The series holds no image.") }
        let planes = try headers.map { header throws(Refusal) in try ImagePlane(header) }
        try Self.requireOneStack(headers, planes)
        let normal = planes[0].normal
        let positions = planes.map { $0.origin.dot(normal) }
        let ascending = planes.indices.sorted {
            positions[$0] != positions[$1]
                ? positions[$0] < positions[$1]
                : headers[$0].string(.sopInstanceUID) ?? "" < headers[$1].string(.sopInstanceUID) ?? ""
        }
        var groups: [[Int]] = []
        for index in ascending {
            if let last = groups.last?.first, positions[index] - positions[last] < Self.samePosition {
                groups[groups.count - 1].append(index)
            } else {
                groups.append([index])
            }
        }
        try Self.requireComplete(groups.map { planes[$0[0]].origin }, normal: normal)
        try Self.requireNumberOfSlices(headers, found: groups.count)
        guard let frame = first.uid(.frameOfReferenceUID) else {
            throw Refusal(.noGeometry, "The images have no Frame of Reference UID.")
        }
        self.groups = groups
        geometry = VolumeGeometry(
            columns: planes[0].columns, rows: planes[0].rows, columnSpacing: planes[0].columnSpacing,
            rowSpacing: planes[0].rowSpacing, rowDirection: planes[0].rowDirection,
            columnDirection: planes[0].columnDirection, sliceOrigins: groups.map { planes[$0[0]].origin },
            frameOfReferenceUID: frame)
    }

    private static func requireOneStack(_ headers: [DataSet], _ planes: [ImagePlane]) throws(Refusal) {
        for (header, plane) in zip(headers, planes) {
            for attribute in [Attribute.studyInstanceUID, .seriesInstanceUID, .sopInstanceUID]
            where header.uid(attribute) == nil {
                throw Refusal(.notAnImage, "An image has no valid \(attribute.keyword).")
            }
            guard header.uid(.seriesInstanceUID) == headers[0].uid(.seriesInstanceUID) else {
                throw Refusal(.mixedSeries, "The images belong to more than one series.")
            }
            guard header.uid(.frameOfReferenceUID) == headers[0].uid(.frameOfReferenceUID) else {
                throw Refusal(.mixedFrameOfReference, "The images of the series lie in different frames of reference.")
            }
            guard plane.rows == planes[0].rows, plane.columns == planes[0].columns else {
                throw Refusal(
                    .mixedMatrix,
                    "The images differ in size: \(planes[0].columns)×\(planes[0].rows) and "
                        + "\(plane.columns)×\(plane.rows).")
            }
            guard plane.rowDirection.distance(to: planes[0].rowDirection) < sameDirection,
                plane.columnDirection.distance(to: planes[0].columnDirection) < sameDirection
            else { throw Refusal(.mixedOrientation, "The images of the series are oriented differently.") }
            guard abs(plane.columnSpacing - planes[0].columnSpacing) < sameSpacing,
                abs(plane.rowSpacing - planes[0].rowSpacing) < sameSpacing
            else { throw Refusal(.mixedSpacing, "The images of the series differ in pixel spacing.") }
        }
    }

    /// Refuses a gap: a distance above 1.5 times the median one; and the reverse, slices crowding between others.
    private static func requireComplete(_ origins: [PatientPoint], normal: PatientPoint) throws(Refusal) {
        guard origins.count > 1 else {
            throw Refusal(.incomplete, "The series has one image only: a volume needs two at least.")
        }
        let positions = origins.map { $0.dot(normal) }
        let distances = zip(positions.dropFirst(), positions).map { $0 - $1 }
        let median = distances.sorted()[distances.count / 2]
        guard median <= ImagePlane.largestSpacing else {
            throw Refusal(
                .noGeometry, "The images lie \(millimetres(median)) mm apart, which is that of no scanner.")
        }
        for (index, distance) in distances.enumerated() {
            let between = "between \(millimetres(positions[index])) and \(millimetres(positions[index + 1])) mm"
            if distance > 1.5 * median {
                throw Refusal(
                    .gap,
                    "Images are missing \(between) along the stack: \(millimetres(distance)) mm apart where most are "
                        + "\(millimetres(median)) mm.")
            }
            if distance < median / 1.5 {
                throw Refusal(
                    .mixedSpacing,
                    "Two images lie only \(millimetres(distance)) mm apart \(between) along the stack, where most "
                        + "are \(millimetres(median)) mm: more than one stack seems to share the series.")
            }
        }
    }

    /// A PET series states how many slices it has (PS3.3 section C.8.9.1).
    private static func requireNumberOfSlices(_ headers: [DataSet], found: Int) throws(Refusal) {
        guard headers[0].uid(.sopClassUID) == .positronEmissionTomographyImageStorage,
            let expected = headers.compactMap({ $0.integer(.numberOfSlices) }).max(), expected > 0, expected != found
        else { return }
        throw Refusal(
            .incomplete, "The PET series has \(found) of the \(expected) slices that Number of Slices states.")
    }

    private static func millimetres(_ value: Double) -> String { decimalString((value * 100).rounded() / 100) }
}

/// The plane of one image.
struct ImagePlane {
    let columns: Int
    let rows: Int
    let columnSpacing: Double
    let rowSpacing: Double
    let rowDirection: PatientPoint
    let columnDirection: PatientPoint
    let origin: PatientPoint

    var normal: PatientPoint { rowDirection.cross(columnDirection) }

    /// The largest distance of pixels and of slices that is believed, mm: some times that of the coarsest scanners. Of more, a
    /// body would be taken for a hall, and whatever looks at it in millimetres would need more memory than there is.
    static let largestSpacing = 50.0

    init(_ header: DataSet) throws(Refusal) {
        guard let columns = header.integer(.columns), let rows = header.integer(.rows), columns > 0, rows > 0 else {
            throw Refusal(.notAnImage, "An instance of the series has no rows and columns of pixels.")
        }
        guard (header.integer(.numberOfFrames) ?? 1) <= 1 else {
            throw Refusal.multiFrameImages
        }
        let position = header.numbers(.imagePositionPatient)
        let direction = header.numbers(.imageOrientationPatient)
        let spacing = header.numbers(.pixelSpacing)
        guard position.count == 3, direction.count == 6, spacing.count == 2, spacing[0] > 0, spacing[1] > 0 else {
            throw Refusal(
                .noGeometry,
                "An image lacks Image Position (Patient), Image Orientation (Patient) or Pixel Spacing.")
        }
        guard spacing.allSatisfy({ $0 <= Self.largestSpacing }) else {
            throw Refusal(
                .noGeometry,
                "Pixel Spacing is \(decimalString(spacing.max()!)) mm, which is that of no scanner: its unit is the millimetre."
            )
        }
        let row = PatientPoint(direction[0], direction[1], direction[2])
        let column = PatientPoint(direction[3], direction[4], direction[5])
        guard abs(row.length - 1) < 0.01, abs(column.length - 1) < 0.01, abs(row.dot(column)) < 0.01 else {
            throw Refusal(.noGeometry, "Image Orientation (Patient) is not a pair of orthogonal unit vectors.")
        }
        (self.columns, self.rows) = (columns, rows)
        // Pixel Spacing names the distance between rows first (PS3.3 section 10.7.1.3).
        (rowSpacing, columnSpacing) = (spacing[0], spacing[1])
        (rowDirection, columnDirection) = (row.normalized, column.normalized)
        origin = PatientPoint(position[0], position[1], position[2])
    }
}
