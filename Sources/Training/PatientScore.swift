import Classification
import Detection
import Imaging
import Phantom
import Reading
import Staging

/// How the whole line, detection to stage, did on one digital patient.
public struct PatientScore: Sendable {
    /// Seed of the patient.
    public let seed: UInt64
    /// Number of candidate foci.
    public let candidates: Int
    /// Detectable lesions drawn.
    public let detectable: Int
    /// Of those, how many are hit by a candidate focus (`PhantomTruth.isHit`).
    public let found: Int
    /// Foci judged: suspicious and truly lesions.
    public let truePositives: Int
    /// Suspicious though not lesions.
    public let falsePositives: Int
    /// Lesions among the foci, not judged suspicious.
    public let falseNegatives: Int
    /// Lesion foci whose location is the true one.
    public let lesionsLocated: Int
    /// Foci whose location is the true one, and foci with a known location.
    public let located: (right: Int, of: Int)
    /// The stage from the classified foci.
    public let stage: MiTNM?
    /// The stage drawn.
    public let truth: PhantomTruth.Stage?
    /// Reference uptake as measured over the true one; nil where not found.
    public let bloodPoolRatio: Double?
    /// As above, for the liver.
    public let liverRatio: Double?
    /// As above, for the parotid gland.
    public let parotidRatio: Double?
    /// Foci judged wrongly, in words.
    public let mistakes: [String]

    /// Scores a patient.
    public init(
        _ study: PhantomStudy, classifier: any FocusClassifier, withCT: Bool = true,
        detection: FocusDetection = FocusDetection()
    ) {
        let scan = ScanVolumes(
            pet: study.pet, ct: withCT ? study.ct.resampled(to: study.pet.geometry, outside: .nan) : nil,
            tracer: study.truth.tracer)
        let uptake = detection.detect(in: scan)
        let foci = classifier.classify(uptake, in: scan)
        let truth = study.truth
        let sites = foci.map { truth.site(of: $0.focus) }
        seed = truth.seed
        candidates = foci.count
        let lesions = truth.sites.enumerated().filter { $1.suspicious && $1.detectable }
        let isHit = truth.isHit(by: uptake.foci)
        detectable = lesions.count
        found = lesions.count { isHit[$0.offset] }
        let pairs = zip(foci, sites).map { (verdict: $0.verdict, site: $1) }
        truePositives = pairs.count { $0.verdict.suspicious && $0.site?.suspicious == true }
        falsePositives = pairs.count { $0.verdict.suspicious && $0.site?.suspicious != true }
        falseNegatives = pairs.count { !$0.verdict.suspicious && $0.site?.suspicious == true }
        lesionsLocated = pairs.count { $0.site?.suspicious == true && $0.site?.location == $0.verdict.location }
        located = (
            pairs.count { $0.site?.location == $0.verdict.location }, pairs.count { $0.site != nil }
        )
        stage = StagingRules().stage(foci, tracer: truth.tracer)?.stage
        self.truth = truth.stage
        bloodPoolRatio = uptake.reference.bloodPool.map { $0.suvMean / truth.reference.bloodPool }
        liverRatio = uptake.reference.liver.map { $0.suvMean / truth.reference.liver }
        parotidRatio = uptake.reference.parotid.map { $0.suvMean / truth.reference.parotid }
        let missed = lesions.filter { !isHit[$0.offset] }.map { Self.missed($0.element) }
        mistakes = missed + zip(foci, sites).compactMap(Self.mistake)
    }

    private static func missed(_ site: PhantomTruth.Site) -> String {
        "\(site.id) \(site.location.id) of SUVmax \((site.suvMax * 10).rounded() / 10) is no candidate"
    }

    private static func mistake(_ focus: ClassifiedFocus, _ site: PhantomTruth.Site?) -> String? {
        let verdict = focus.verdict
        let isRight =
            site.map { $0.suspicious == verdict.suspicious && $0.location == verdict.location } ?? !verdict.suspicious
        guard !isRight else { return nil }
        let seen = "\(verdict.location.id)\(verdict.suspicious ? " suspicious" : "")"
        let real = site.map { "\($0.location.id)\($0.suspicious ? " lesion" : "")" } ?? "nothing"
        let p = (verdict.suspiciousProbability * 100).rounded() / 100
        return "focus \(focus.id) SUVmax \((focus.focus.suvMax * 10).rounded() / 10): \(real) read as \(seen) (p \(p))"
    }
}
