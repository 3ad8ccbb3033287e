import DICOM

extension SeriesSelection {
    /// Whether a PET is to be read before another: the longer (in whole centimetres), then an original, then the later.
    static func isBetter(_ one: ImageSeries, _ other: ImageSeries) -> Bool {
        let (length, otherLength) = (extent(one), extent(other))
        // In whole centimetres, so that the order is a strict one.
        if (length / 10).rounded() != (otherLength / 10).rounded() { return length > otherLength }
        func isOriginal(_ series: ImageSeries) -> Bool { series.headers[0].string(.imageType) == "ORIGINAL" }
        return isOriginal(one) != isOriginal(other) ? isOriginal(one) : isLater(one, other)
    }

    /// Whether a CT is to be read before another.
    static func isBetter(_ one: CT, _ other: CT) -> Bool {
        func key(_ ct: CT) -> [Double] {
            let coverage = ct.coverage >= fullCoverage ? 1 : (ct.coverage * 20).rounded(.down) / 20
            return [coverage, softness(ct.series.headers[0]), isForAttenuation(ct.series.headers[0]) ? 1 : 0]
        }
        let (a, b) = (key(one), key(other))
        return a != b ? b.lexicographicallyPrecedes(a) : isLater(one.series, other.series)
    }

    private static func extent(_ series: ImageSeries) -> Double {
        series.geometry.axialExtent.upperBound - series.geometry.axialExtent.lowerBound
    }

    /// The later reconstruction by Content Date and Time, else by series time, number and UID.
    private static func isLater(_ one: ImageSeries, _ other: ImageSeries) -> Bool {
        func made(_ series: ImageSeries) -> Double {
            let header = series.headers[0]
            return (header.dateTime(.contentDate, .contentTime) ?? header.dateTime(.seriesDate, .seriesTime))?.seconds
                ?? 0
        }
        func number(_ series: ImageSeries) -> Int { series.headers[0].integer(.seriesNumber) ?? 0 }
        if made(one) != made(other) { return made(one) > made(other) }
        if number(one) != number(other) { return number(one) > number(other) }
        return one.seriesInstanceUID < other.seriesInstanceUID
    }

    /// 2 for a kernel that smooths, 0 for one that sharpens, 1 where the name does not tell.
    static func softness(_ header: DataSet) -> Double {
        guard let kernel = header.string(.convolutionKernel)?.uppercased() else { return 1 }
        let sharp = ["BONE", "LUNG", "EDGE", "DETAIL", "SHARP", "CHST"]
        if sharp.contains(where: kernel.contains) { return 0 }
        if ["SOFT", "STAND", "STD", "SMOOTH"].contains(where: kernel.contains) { return 2 }
        let digits = kernel.drop { !$0.isNumber }.prefix { $0.isNumber }
        let letters = kernel.prefix { $0.isLetter }
        guard let number = Int(digits) else {
            // Philips: A, B and C smooth, D, E, L, Y sharpen.
            return ["A", "B", "C"].contains(kernel) ? 2 : ["D", "E", "L", "YA", "YB", "YC"].contains(kernel) ? 0 : 1
        }
        // Canon: FC01–FC29 are for soft parts. Siemens: B30f, Br38, I31s … smooth up to 45.
        return letters == "FC" ? (number < 30 ? 2 : 0) : number <= 45 ? 2 : 0
    }

    private static func isForAttenuation(_ header: DataSet) -> Bool {
        let text = (header.string(.seriesDescription) ?? "").uppercased()
        let words = text.split { !$0.isLetter && !$0.isNumber }
        return text.contains("CTAC") || text.contains("ATTENUATION") || words.contains("AC")
    }

    /// The distance between the outermost images, even of a stack with gaps, in millimetres.
    static func span(_ content: StudyContent.Series) -> Double {
        let planes = content.headers.compactMap { try? ImagePlane($0) }
        guard let normal = planes.first?.normal else { return 0 }
        let positions = planes.map { $0.origin.dot(normal) }
        return positions.max()! - positions.min()!
    }
}

extension SeriesSelection.Rejected {
    /// Whether slices of the series are missing.
    var isMissingSlices: Bool { refusal.code == .gap || refusal.code == .incomplete }
}
