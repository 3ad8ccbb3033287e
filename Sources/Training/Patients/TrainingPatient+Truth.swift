import Anatomy
import Detection
import Phantom

extension TrainingPatient {
    /// What is known of a patient.
    public struct Truth: Sendable, Equatable, Codable {
        /// A lesion that was drawn.
        public struct Lesion: Sendable, Equatable, Codable {
            /// What it is called in the patient.
            public var id: String
            /// Where it lies.
            public var location: AnatomicalLocation
            /// On which side.
            public var laterality: Laterality
            /// Highest SUVbw on the PET.
            public var suvMax: Double
            /// Millilitres drawn.
            public var volumeMl: Double
            /// Whether it can be seen (`PhantomTruth.Site.detectable`).
            public var isDetectable: Bool
            /// Whether a candidate focus hits it (`PhantomTruth.isHit`).
            public var isFound: Bool

            /// Gathers a lesion.
            public init(
                id: String, location: AnatomicalLocation, laterality: Laterality, suvMax: Double, volumeMl: Double,
                isDetectable: Bool, isFound: Bool
            ) {
                (self.id, self.location, self.laterality) = (id, location, laterality)
                (self.suvMax, self.volumeMl) = (suvMax, volumeMl)
                (self.isDetectable, self.isFound) = (isDetectable, isFound)
            }
        }

        /// What the lesions that can be seen amount to: all that a physician could have staged.
        public struct Visible: Sendable, Equatable, Codable {
            /// Pelvic nodes.
            public var miN: String
            /// The highest category of distant metastases.
            public var miM: String
        }

        /// Lesions that can be seen.
        public var detectable: Int
        /// Of those, how many are hit by a candidate focus.
        public var found: Int
        /// The stage; nil where unknown or where the tracer has none.
        public var stage: PhantomTruth.Stage?
        /// miN and miM of those lesions alone that can be seen; nil as above.
        public var visible: Visible?
        /// Every lesion of a digital patient; none where only their masks are known.
        public var lesions: [Lesion] = []

        /// Gathers what is known of a patient whose stage is not.
        public init(detectable: Int, found: Int) { (self.detectable, self.found) = (detectable, found) }

        /// What a digital patient's drawing tells.
        /// - Parameter foci: the candidate foci.
        init(_ truth: PhantomTruth, foci: [CandidateFocus]) {
            let isHit = truth.isHit(by: foci)
            lesions = zip(truth.sites, isHit).filter(\.0.suspicious).map { site, isHit in
                Lesion(
                    id: site.id, location: site.location, laterality: site.laterality, suvMax: site.suvMax,
                    volumeMl: site.volumeMl, isDetectable: site.detectable, isFound: isHit)
            }
            detectable = lesions.count(where: \.isDetectable)
            found = lesions.count { $0.isDetectable && $0.isFound }
            stage = truth.stage
            let places = lesions.filter(\.isDetectable).map { ($0.location, $0.laterality) }
            visible = truth.stage.map { _ in
                Visible(miN: PhantomTruth.Stage.miN(places), miM: PhantomTruth.Stage.miM(places))
            }
        }
    }
}
