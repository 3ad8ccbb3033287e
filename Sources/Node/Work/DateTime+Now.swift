import DICOM
import Foundation

extension DateTime {
    /// The present moment by the site's clock.
    public static var now: DateTime {
        let now = Date()
        return DateTime(seconds: now.timeIntervalSince1970 + Double(TimeZone.current.secondsFromGMT(for: now)))
    }
}
