import Foundation

extension FocusFeatures {
    /// The figures of the same focus seen otherwise: on a scanner calibrated otherwise, mirrored, or without CT.
    func seen(_ viewing: Viewing) -> FocusFeatures {
        var changed = values
        let calibration = Foundation.log(Double(viewing.calibration))
        for index in Self.uptakes { changed[index] += calibration }
        for index in Self.ratios { changed[index] -= Foundation.log(Double(viewing.referenceError)) }
        if viewing.geometry.isMirrored { for index in Self.sideways { changed[index].negate() } }
        if viewing.hidesCT {
            for index in Self.densities { changed[index] = 0 }
            changed[Self.absence] = 1
        }
        return FocusFeatures(values: changed)
    }

    private static func indices(_ wanted: [String]) -> [Int] { wanted.map { names.firstIndex(of: $0)! } }

    private static let uptakes = indices(["log suvMax", "log suvMean", "uptake around"])
    private static let ratios = indices(["log suvMax/liver", "log suvMax/bloodPool"])
    private static let sideways = indices(["lateral", "from liver x"])
    private static let densities = indices([
        "HU mean", "HU maximum", "bone share", "bone share around", "lung share around", "air share around",
    ])
    private static let absence = indices(["no CT"])[0]
}
