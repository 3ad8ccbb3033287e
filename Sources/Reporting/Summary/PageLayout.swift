/// The summary page's areas, in page units.
enum PageLayout {
    static let margin = 24.0
    static let right = Double(SummaryPage.width) - margin
    static let titleBaseline = 46.0
    static let subtitleBaseline = 76.0
    static let viewsTop = 104.0
    static let viewsWidth = 600.0
    static let viewsHeight = 796.0
    static let legendBaseline = 934.0
    static let comparisonBaseline = 106.0
    static let comparisonHeight = 48.0
    static let tableLeft = 652.0
    static let tableTop = 118.0
    static let rowHeight = 27.0
    /// The rows of the table that leave room for what is written below it.
    static let rows = 22
    /// Where the last line before the notes may stand, so that some of them can follow.
    static let notesBottom = 800.0
    static let footer = 958.0
    /// The smallest letters: 12 pixels where the page is shown 1024 pixels wide.
    static let small = 15.0
}
