import Anatomy
import Foundation
import Imaging

/// The optional table of locations beside a collection, `locations.csv`, with the columns `study,x,y,z,location,side`: the study's
/// name, a point of the site in LPS millimetres, the id of the location (as in `reading.json`), and left, right, midline or
/// nothing.
struct KnownPlaces {
    /// The table's name in the collection's folder.
    static let name = "locations.csv"
    private var places: [String: [KnownPlace]] = [:]

    /// Reads the table of a folder; empty where it has none.
    /// - Parameter studies: the names of the studies.
    /// - Throws: `ImportError.unreadable` with the line that is wrong.
    init(folder: String, studies: [String]) throws(ImportError) {
        let path = folder + "/" + Self.name
        let table = try CommaSeparatedTable(path, columns: ["study", "x", "y", "z", "location", "side"])
        for (line, fields) in table?.rows ?? [] {
            guard let study = fields["study"], let place = KnownPlace(fields) else {
                throw .unreadable(
                    path: path, reason: "line \(line) is not a study, a point in mm, a location's id and a side")
            }
            guard studies.contains(study) else {
                throw .unreadable(path: path, reason: "line \(line) names \(study), and no study is called so")
            }
            places[study, default: []].append(place)
        }
    }

    /// The places known of a study.
    subscript(study: String) -> [KnownPlace] { places[study] ?? [] }
}

extension KnownPlace {
    /// The place that a line of the table names; nil for none.
    fileprivate init?(_ fields: [String: String]) {
        func number(_ column: String) -> Double? { fields[column].flatMap(Double.init) }
        guard let x = number("x"), let y = number("y"), let z = number("z"), let side = fields["side"],
            let location = fields["location"].flatMap(AnatomicalLocation.init(rawValue:))
        else { return nil }
        let laterality = Laterality(rawValue: side)
        guard laterality != nil || side.isEmpty else { return nil }
        self.init(point: PatientPoint(x, y, z), location: location, laterality: laterality)
    }
}
