import Reading
import Staging

extension SummaryPage {
    /// What has changed since an earlier study, below the totals: volume and response, then what became of the lesions.
    /// - Returns: the room that it takes; none without a comparison.
    func drawComparison(on canvas: Canvas) -> Double {
        guard let comparison = reading.comparison else { return 0 }
        let (left, right, y) = (PageLayout.tableLeft, PageLayout.right, PageLayout.comparisonBaseline)
        let response = comparison.recip.map { "\($0.meaning) (\($0.rawValue))" } ?? comparison.openResponse
        let taken = response.map { canvas.width(of: $0, size: 17, bold: true) + 16 } ?? 0
        let change = self.change(comparison.volume, since: comparison.earlierStudyDate)
        let size = canvas.size(of: change, within: right - left - taken, from: 17, to: 13, bold: true)
        canvas.text(change, left, y, size: size, bold: true)
        if let response { canvas.text(response, right, y, size: 17, bold: true, .right) }
        let fates = sentence(on: comparison, within: right - left, on: canvas)
        canvas.text(fates, left, y + 22, size: PageLayout.small, color: .faint)
        return PageLayout.comparisonHeight
    }

    private func change(_ volume: VolumeChange, since date: String) -> String {
        let percent = volume.changePercent.map { " (\($0 >= 0 ? "+" : "\u{2212}")\(fixed(abs($0), 0)) %)" } ?? ""
        let figures = "\(fixed(volume.earlierMl, 1)) \u{2192} \(fixed(volume.presentMl, 1)) ml\(percent)"
        return "\(isFDG ? "MTV" : "PSMA-TV") \(figures) since \(date.isEmpty ? "an earlier study" : dashed(date))"
    }

    /// What became of the lesions, with the places of those that are gone where there is room for them.
    private func sentence(on comparison: StudyComparison, within room: Double, on canvas: Canvas) -> String {
        guard comparison.registration != nil else {
            let why = comparison.earlierReport == nil ? "not matched" : "not matched: only the earlier report is here"
            return "\(countOfLesions(comparison.earlierLesionCount)) then, \(lesions.count) now; \(why)"
        }
        let sentences = [true, false].map { withPlaces in
            LesionChange.Fate.allCases.compactMap { fate -> String? in
                let changes = comparison.changes.filter { $0.fate == fate }
                guard !changes.isEmpty else { return nil }
                let places = changes.filter { $0.focusID == nil }.compactMap(comparison.place)
                let named = withPlaces && !places.isEmpty ? " (\(places.joined(separator: ", ")))" : ""
                return "\(changes.count) \(fate.words.lowercased())\(named)"
            }.joined(separator: ", ")
        }
        let words = sentences.first { canvas.width(of: $0, size: PageLayout.small) <= room } ?? sentences[1]
        return words.isEmpty ? "No lesion then, none now" : words
    }

    /// A mark on the lesions where there was nothing before.
    func isNew(_ lesion: ReportedLesion) -> Bool {
        reading.comparison?.changes.contains { $0.focusID == lesion.focus.id && $0.fate == .new } ?? false
    }
}

extension StudyComparison {
    /// What the response can be, where it cannot be told.
    fileprivate var openResponse: String? {
        possibleRECIP.count > 1 ? possibleRECIP.map(\.rawValue).joined(separator: " or ") : nil
    }
}
