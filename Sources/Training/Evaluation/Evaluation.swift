import Anatomy

/// How a model did on a cohort: the measures of the paper (Capobianco et al. 2022, table 2), each with the interval that
/// holds it in 95 % of bootstraps over subjects.
public struct Evaluation: Sendable {
    /// A measure with its interval.
    public struct Measure: Sendable, Equatable, Codable {
        /// Its value; nil where nothing is to be measured.
        public var value: Double?
        /// Its interval.
        public var low: Double?
        /// As above.
        public var high: Double?
    }

    /// What is measured, in the order of a table.
    public enum Quantity: String, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
        /// Detectable lesions that a candidate focus touches.
        case candidateRecall
        /// Average precision of suspicion over all candidate foci.
        case averagePrecision
        /// Disease among the foci that is called suspicious.
        case recall
        /// Foci called suspicious that are disease.
        case positivePredictiveValue
        /// Foci that are disease whose location is right.
        case locationOfSuspicious
        /// Foci of known location whose location is right.
        case locationOfAll
        /// Foci of paired locations, rightly placed, whose side is right.
        case side
        /// Patients whose miN is right.
        case nodes
        /// Patients in whom it is right whether there are pelvic nodes.
        case nodesBinary
        /// Patients whose miM is right.
        case metastases
        /// Patients in whom it is right whether there are distant metastases.
        case metastasesBinary
        /// Patients whose miN is that of the lesions that can be seen.
        case nodesVisible
        /// Patients whose miM is that of the lesions that can be seen.
        case metastasesVisible
    }

    /// The patients.
    public let results: [PatientResult]
    /// The foci whose truth is known, ranked.
    public let ranked: RankedFoci
    private let tallies: [Tally]

    /// Sums of a patient from which pooled measures follow: right ones, and all.
    private struct Tally {
        var pairs: [Quantity: (right: Double, all: Double)]
    }

    /// Evaluates results.
    public init(_ results: [PatientResult]) {
        self.results = results
        tallies = results.map(Self.tally)
        ranked = RankedFoci(
            results.enumerated().flatMap { subject, result in
                result.foci.compactMap { focus in
                    focus.label.suspicious.map {
                        RankedFoci.Focus(subject: subject, probability: focus.probability, isDisease: $0)
                    }
                }
            })
    }

    /// How far probabilities mean what they say.
    public var calibration: CalibrationCurve {
        CalibrationCurve(
            results.flatMap(\.foci).compactMap { focus in
                focus.label.suspicious.map { (focus.probability, $0) }
            })
    }

    /// Median number of candidate foci of a patient.
    public var medianCandidates: Int {
        let counts = results.map(\.foci.count).sorted()
        return counts.isEmpty ? 0 : counts[counts.count / 2]
    }

    /// miN, or miM, as said and as true.
    public func confusion(_ category: (PatientResult.Stage) -> String, _ truth: (TrainingPatient.Truth) -> String?)
        -> ConfusionMatrix
    {
        ConfusionMatrix(
            results.compactMap { result in
                guard let stage = result.stage, let true_ = truth(result.truth) else { return nil }
                return (true_, category(stage))
            })
    }

    /// miN as said and as true.
    public var nodes: ConfusionMatrix { confusion(\.miN) { $0.stage?.miN } }
    /// miM as said and as true.
    public var metastases: ConfusionMatrix { confusion(\.miM) { $0.stage?.miM } }

    /// Whether there are pelvic nodes, as said and as true.
    public var nodesBinary: ConfusionMatrix {
        confusion({ Self.binary($0.miN, "miN0") }, { ($0.stage?.miN).map { Self.binary($0, "miN0") } })
    }
    /// Whether there are distant metastases, as said and as true.
    public var metastasesBinary: ConfusionMatrix {
        confusion({ Self.binary($0.miM, "miM0") }, { ($0.stage?.miM).map { Self.binary($0, "miM0") } })
    }
    private static func binary(_ category: String, _ none: String) -> String { category == none ? none : "more" }

    /// The value of a quantity where each subject counts some number of times.
    public func value(_ quantity: Quantity, times: [Int]? = nil) -> Double? {
        if quantity == .averagePrecision { return ranked.averagePrecision(times: times) }
        var (right, all) = (0.0, 0.0)
        for (subject, tally) in tallies.enumerated() {
            guard let pair = tally.pairs[quantity] else { continue }
            let weight = Double(times?[subject] ?? 1)
            right += weight * pair.right
            all += weight * pair.all
        }
        return all > 0 ? right / all : nil
    }

    /// Every measure with its interval.
    public func measures(_ bootstrap: SubjectBootstrap) -> [Quantity: Measure] {
        Dictionary(
            uniqueKeysWithValues: Quantity.allCases.map { quantity in
                let interval = bootstrap.interval { value(quantity, times: $0) }
                let measure = Measure(
                    value: value(quantity), low: interval?.lowerBound, high: interval?.upperBound)
                return (quantity, measure)
            })
    }

    private static func tally(_ result: PatientResult) -> Tally {
        var pairs: [Quantity: (right: Double, all: Double)] = [:]
        func add(_ quantity: Quantity, _ isRight: Bool) {
            let old = pairs[quantity] ?? (0, 0)
            pairs[quantity] = (old.right + (isRight ? 1 : 0), old.all + 1)
        }
        pairs[.candidateRecall] = (Double(result.truth.found), Double(result.truth.detectable))
        for focus in result.foci {
            if focus.label.suspicious == true { add(.recall, focus.isSuspicious) }
            if focus.isSuspicious, let isDisease = focus.label.suspicious { add(.positivePredictiveValue, isDisease) }
            guard let location = focus.label.location else { continue }
            add(.locationOfAll, location == focus.location)
            if focus.label.suspicious == true { add(.locationOfSuspicious, location == focus.location) }
            if location == focus.location, location.isPaired, let side = focus.label.laterality {
                add(.side, side == focus.laterality)
            }
        }
        if let stage = result.stage, let truth = result.truth.stage {
            add(.nodes, stage.miN == truth.miN)
            add(.nodesBinary, (stage.miN == "miN0") == (truth.miN == "miN0"))
            add(.metastases, stage.miM == truth.miM)
            add(.metastasesBinary, (stage.miM == "miM0") == (truth.miM == "miM0"))
        }
        if let stage = result.stage, let visible = result.truth.visible {
            add(.nodesVisible, stage.miN == visible.miN)
            add(.metastasesVisible, stage.miM == visible.miM)
        }
        return Tally(pairs: pairs)
    }
}
