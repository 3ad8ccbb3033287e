import Foundation
import Training

/// How far a training is, in lines: one that is replaced step by step, one that stays for each epoch.
enum TrainingLines {
    /// Shows progress.
    /// - Parameter name: which training of several.
    static func show(_ progress: FocusTraining.Progress, of name: String? = nil, on line: ProgressLine) {
        let prefix = name.map { $0 + ": " } ?? ""
        switch progress {
        case .step(let epoch, let done, let total, let loss):
            line.show("\(prefix)epoch \(epoch + 1): step \(done) of \(total), loss \(String(format: "%.4f", loss))")
        case .epoch(let epoch, let record):
            line.finish()
            print(
                "\(prefix)epoch \(epoch + 1): \(record.samples) foci in \(Int(record.seconds)) s, loss "
                    + String(
                        format: "%.4f + %.4f, on others %.4f + %.4f, located %.1f %%, of lesions %.1f %%",
                        record.learning[0], record.learning[1], record.validation[0], record.validation[1],
                        100 * record.located[0], 100 * record.located[1]))
            // Whoever follows a file wants each epoch when it ends.
            fflush(nil)
        }
    }
}
