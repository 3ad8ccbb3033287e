import Foundation
import Imaging

/// What `model.json` says of a model: its shape, what it expects and names, how its answers are read, and how it came about.
public struct ModelDescription: Sendable, Equatable, Codable {
    /// Turns the logit of suspicion into a probability: 1 / (1 + e^−(slope · logit + offset)) (Platt 1999), fitted on
    /// patients whom the network did not learn from.
    public struct Calibration: Sendable, Equatable, Codable {
        /// Factor of the logit.
        public var slope: Double
        /// What is added.
        public var offset: Double

        /// Gathers a calibration.
        public init(slope: Double = 1, offset: Double = 0) { (self.slope, self.offset) = (slope, offset) }

        /// The probability of a logit.
        public func probability(_ logit: Double) -> Double { 1 / (1 + exp(-(slope * logit + offset))) }
    }

    /// How the model was trained.
    public struct Training: Sendable, Equatable, Codable {
        /// The command line.
        public var command: String
        /// Whom it learnt from, in words.
        public var data: [String]
        /// Foci seen, each time counted.
        public var samples: Int
        /// How its map of the organs was trained; nil where it has none, or that is not known.
        public var organs: String?

        /// Gathers an account.
        public init(command: String, data: [String], samples: Int, organs: String? = nil) {
            (self.command, self.data, self.samples, self.organs) = (command, data, samples, organs)
        }
    }

    /// The weights that belong to the description.
    public struct Weights: Sendable, Equatable, Codable {
        /// The file beside `model.json`.
        public var file = "weights.safetensors"
        /// Its SHA-256, hexadecimal.
        public var sha256: String

        /// Names the weights.
        public init(sha256: String) { self.sha256 = sha256 }
    }

    /// What the views are, so that a model trained on others is refused.
    public struct Views: Sendable, Equatable, Codable {
        /// Voxels along each edge of a patch.
        public var side = FocusNetwork.side
        /// Edge of a voxel of the near and of the wide patch, mm.
        public var spacings = ScanView.spacings
        /// The figures in order.
        public var features = FocusFeatures.names
        /// Cubes of the organ map along x, y and z, and their edge, mm.
        public var organs = OrganGrid.description
        /// Raised whenever the channels change their meaning.
        public var edition = 1

        /// The views of this program.
        public init() {}
    }

    /// The model's name.
    public var name: String
    /// Its version.
    public var version: String
    /// What it looks at.
    public var views = Views()
    /// Its shape.
    public var architecture: FocusNetwork
    /// The shape of its map of the organs, whose weights lie beside its own; nil where it has none.
    public var organs: OrganNetwork?
    /// Brings figures to a common scale.
    public var scale: FeatureScale
    /// The tracers it knows.
    public var tracers: TracerCodes
    /// The classes of location in the order of the answers.
    public var locations = LocationClasses.names
    /// How probable a logit is.
    public var calibration: Calibration
    /// The probability from which a focus is suspicious.
    public var operatingPoints: OperatingPoints
    /// How it came about.
    public var training: Training
    /// The weights.
    public var weights: Weights

    /// Describes a model.
    public init(
        name: String, version: String, architecture: FocusNetwork, organs: OrganNetwork? = nil, scale: FeatureScale,
        tracers: TracerCodes,
        calibration: Calibration, operatingPoints: OperatingPoints, training: Training, weights: Weights
    ) {
        (self.name, self.version, self.architecture, self.organs) = (name, version, architecture, organs)
        (self.scale, self.tracers, self.calibration) = (scale, tracers, calibration)
        (self.operatingPoints, self.training, self.weights) = (operatingPoints, training, weights)
    }

    /// Refuses what does not fit this program.
    func check() throws(ModelError) {
        guard views == Views() else { throw .mismatch("it looks at other views or figures than this program makes") }
        if let fault = architecture.fault { throw .mismatch("\(fault) is out of bounds") }
        guard architecture.seesOrgans == (organs != nil) else {
            throw .mismatch("it is to be told of organs and has no map, or has one and is not")
        }
        guard scale.isSound else { throw .mismatch("the scale of its figures is damaged") }
        guard Set(tracers.trained).count == tracers.trained.count else { throw .mismatch("a tracer has two codes") }
        guard locations == LocationClasses.names else {
            throw .mismatch("its locations are not those of this program")
        }
        guard calibration.slope.isFinite, calibration.slope > 0, calibration.offset.isFinite else {
            throw .mismatch("its calibration is damaged")
        }
        guard operatingPoints.isSound else { throw .mismatch("an operating point is not in 0...1") }
    }
}
