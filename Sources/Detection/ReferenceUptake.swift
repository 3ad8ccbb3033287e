import Imaging

/// Normal uptake against which foci are judged, measured in the patient's own organs.
public struct ReferenceUptake: Sendable, Equatable {
    /// Statistics of a region placed in an organ.
    public struct Region: Sendable, Equatable, Codable {
        /// Mean SUVbw.
        public let suvMean: Double
        /// Standard deviation of SUVbw over the voxels.
        public let suvSD: Double
        /// Volume measured over, in millilitres.
        public let volumeMl: Double
        /// Centre of the region (LPS millimetres).
        public let centre: PatientPoint

        /// Makes a region.
        public init(suvMean: Double, suvSD: Double, volumeMl: Double, centre: PatientPoint) {
            self.suvMean = suvMean
            self.suvSD = suvSD
            self.volumeMl = volumeMl
            self.centre = centre
        }
    }

    /// Blood pool in the descending aorta.
    public let bloodPool: Region?
    /// The right lobe of the liver.
    public let liver: Region?
    /// The parotid glands, where in view.
    public let parotid: Region?
    /// The spleen.
    public let spleen: Region?

    /// Gathers the regions; nil where an organ was not found or not in view.
    public init(bloodPool: Region?, liver: Region?, parotid: Region?, spleen: Region?) {
        self.bloodPool = bloodPool
        self.liver = liver
        self.parotid = parotid
        self.spleen = spleen
    }
}
