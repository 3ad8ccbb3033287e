import Anatomy
import Classification
import Detection
import Reading

/// A lesion as it is named in every object: number, identifier and UID are those of its segment, its region in the
/// Structure Set and its measurement group alike.
struct ReportedLesion: Sendable {
    /// 1, 2, 3 … : segment number and ROI number.
    let number: Int
    /// The lesion in the reading.
    let read: ReadFocus

    /// The lesions of a reading, numbered in its order.
    static func all(of reading: StudyReading) -> [ReportedLesion] {
        reading.lesions.enumerated().map { ReportedLesion(number: $0 + 1, read: $1) }
    }

    var focus: CandidateFocus { read.focus }
    var verdict: Verdict { read.verdict }

    /// Tracking Identifier: L01, L02 …
    var identifier: String { "L" + (number < 10 ? "0" : "") + String(number) }

    /// Identifier, short location and side: unique, ASCII, and at most 16 characters, because planning systems cut or
    /// refuse longer structure names.
    var label: String {
        let side = [Laterality.left: " L", .right: " R"][verdict.laterality] ?? ""
        let room = 16 - identifier.count - 1 - side.count
        return "\(identifier) \(verdict.location.shortName.prefix(room))\(side)"
    }

    /// The lesion in one line of plain text.
    var sentence: String {
        let side = verdict.laterality == .midline ? "" : ", \(verdict.laterality.rawValue)"
        return "\(verdict.location.displayName)\(side): SUVmax \(fixed(focus.suvMax, 1)), "
            + "volume \(fixed(focus.volumeMl, 2)) ml, probability \(percent(verdict.suspiciousProbability)) %"
    }
}

/// The part of the body by which lesions are coloured.
enum LesionRegion: String, Sendable, CaseIterable {
    case local, node, bone, visceral

    init(_ location: AnatomicalLocation) {
        switch location {
        case .prostate, .prostaticBed, .seminalVesicle: self = .local
        default:
            switch location.group {
            case .lymphNode: self = .node
            case .bone: self = .bone
            case .organ: self = .visceral
            }
        }
    }

    /// What the legend calls it.
    var title: String {
        switch self {
        case .local: "prostate"
        case .node: "lymph node"
        case .bone: "bone"
        case .visceral: "organ, other"
        }
    }

    /// sRGB, 0 to 255; apart for the common kinds of colour blindness (after Okabe and Ito).
    var color: (red: Int, green: Int, blue: Int) {
        switch self {
        case .local: (213, 94, 0)
        case .node: (0, 114, 178)
        case .bone: (0, 148, 106)
        case .visceral: (184, 80, 150)
        }
    }
}
