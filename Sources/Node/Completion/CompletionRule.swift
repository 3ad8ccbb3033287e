import Archive
import DICOM
import Foundation

/// Whether a study is complete: a pure judgement of what has arrived, with time as an argument.
public struct CompletionRule: Sendable {
    /// A study still incomplete this long after its last image is reported as incomplete, in seconds.
    public let incompleteAfterSeconds: Double
    /// How soon to look again, in seconds.
    public let recheckSeconds: Double

    /// Makes the rule.
    public init(incompleteAfterSeconds: Double, recheckSeconds: Double) {
        self.incompleteAfterSeconds = incompleteAfterSeconds
        self.recheckSeconds = recheckSeconds
    }

    /// What is to be done with a study whose quiet period is over.
    public enum Judgement: Sendable, Equatable {
        /// Close it; the signal that decided, for operators.
        case complete(signal: String)
        /// Look again later.
        case wait(seconds: Double, reason: String)
        /// Give up waiting and say what is missing.
        case incomplete(reason: String)
    }

    /// Judges a study.
    /// - Parameters:
    ///   - instances: everything stored of the study.
    ///   - isFed: whether an association that brought some of it is still open.
    ///   - now: the present moment.
    public func judge(_ instances: [StoredInstance], isFed: Bool, now: Date) -> Judgement {
        guard let last = instances.map(\.receivedAt).max() else {
            return .incomplete(reason: "no instance is stored")
        }
        let silence = now.timeIntervalSince(last)
        if isFed, silence < incompleteAfterSeconds {
            return .wait(seconds: recheckSeconds, reason: "an association that feeds the study is open")
        }
        let series = Dictionary(grouping: instances.filter(\.isPETImage), by: \.seriesInstanceUID)
        let missing = series.keys.sorted().compactMap { SeriesCompleteness(series[$0]!).missing }
        guard let first = missing.first else {
            return .complete(signal: series.isEmpty ? "quiet period" : "quiet period and PET geometry")
        }
        if silence < incompleteAfterSeconds { return .wait(seconds: recheckSeconds, reason: first) }
        return .incomplete(reason: missing.joined(separator: "; "))
    }
}

/// What the geometry of one PET series says of its completeness.
struct SeriesCompleteness {
    /// What is missing, in words; nil where nothing is known to be.
    let missing: String?

    init(_ instances: [StoredInstance]) {
        missing = Self.missingByCount(instances) ?? Self.gap(instances)
    }

    /// Number of Slices (0054,0081), times Number of Time Slices (0054,0101) of a dynamic series; scanners write the latter
    /// into static series too, where it counts something else.
    private static func missingByCount(_ instances: [StoredInstance]) -> String? {
        guard let slices = instances.compactMap(\.numberOfSlices).max(), slices > 0 else { return nil }
        let isDynamic = instances.contains { ["DYNAMIC", "GATED"].contains($0.seriesType.first) }
        let expected = isDynamic ? slices * max(instances.compactMap(\.numberOfTimeSlices).max() ?? 1, 1) : slices
        guard instances.count < expected else { return nil }
        return "PET series \(instances[0].seriesInstanceUID) has \(instances.count) of \(expected) slices"
    }

    /// Slice positions along the normal, evenly spaced but for a gap of more than one and a half times the usual. Images of
    /// different orientations, such as a turning projection, are no stack and have no gaps.
    private static func gap(_ instances: [StoredInstance]) -> String? {
        let orientations = instances.map(\.imageOrientationPatient)
        guard orientations.allSatisfy({ zip($0, orientations[0]).allSatisfy { abs($0 - $1) < 0.01 } }) else {
            return nil
        }
        let positions = Set(instances.compactMap(\.slicePosition).map { ($0 * 100).rounded() / 100 }).sorted()
        guard positions.count > 2 else { return nil }
        let gaps = zip(positions.dropFirst(), positions).map { $0 - $1 }
        let usual = gaps.sorted()[gaps.count / 2]
        guard let wide = gaps.firstIndex(where: { $0 > 1.5 * usual }) else { return nil }
        return
            "PET series \(instances[0].seriesInstanceUID) has a gap of \(decimalString((gaps[wide] * 10).rounded() / 10)) mm "
            + "at \(decimalString(positions[wide])) mm"
    }
}

extension StoredInstance {
    /// Whether this is a single PET slice.
    var isPETImage: Bool { sopClassUID == .positronEmissionTomographyImageStorage }

    /// Millimetres along the normal of the slice; nil without position and orientation.
    var slicePosition: Double? {
        guard imagePositionPatient.count == 3, imageOrientationPatient.count == 6 else { return nil }
        let (p, o) = (imagePositionPatient, imageOrientationPatient)
        return p[0] * (o[1] * o[5] - o[2] * o[4]) + p[1] * (o[2] * o[3] - o[0] * o[5])
            + p[2] * (o[0] * o[4] - o[1] * o[3])
    }
}
