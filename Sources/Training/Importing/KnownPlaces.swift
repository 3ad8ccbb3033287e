import Anatomy
import Foundation
import Imaging

/// The optional table of locations beside a collection, `locations.csv`: a heading `study,x,y,z,location,side`, then a line
/// for each site: the study's name, a point of the site in LPS millimetres, the id of the location (as in `reading.json`),
/// and left, right, midline or nothing.
struct KnownPlaces {
    /// The table's name in the collection's folder.
    static let name = "locations.csv"
    private var places: [String: [KnownPlace]] = [:]

    /// Reads the table of a folder; empty where it has none.
    /// - Throws: `ImportError.unreadable` with the line that is wrong.
    init(folder: String) throws(ImportError) {
        let path = folder + "/" + Self.name
        guard let data = FileManager.default.contents(atPath: path) else { return }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard lines.first?.filter({ $0 != " " }) == "study,x,y,z,location,side" else {
            throw .unreadable(path: path, reason: "its first line is not study,x,y,z,location,side")
        }
        for (number, line) in lines.enumerated().dropFirst() {
            guard let (study, place) = Self.place(line) else {
                throw .unreadable(
                    path: path, reason: "line \(number + 1) is not a study, a point in mm, a location's id and a side")
            }
            places[study, default: []].append(place)
        }
    }

    private static func place(_ line: Substring) -> (String, KnownPlace)? {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard fields.count == 6, let x = Double(fields[1]), let y = Double(fields[2]), let z = Double(fields[3]),
            let location = AnatomicalLocation(rawValue: fields[4])
        else { return nil }
        let side = Laterality(rawValue: fields[5])
        guard side != nil || fields[5].isEmpty else { return nil }
        return (fields[0], KnownPlace(point: PatientPoint(x, y, z), location: location, laterality: side))
    }

    /// The places known of a study.
    subscript(study: String) -> [KnownPlace] { places[study] ?? [] }
}
