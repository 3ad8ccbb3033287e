import Classification
import Detection
import Foundation
import Imaging
import Testing

@Suite struct FocusFeaturesTests {
    private func value(_ name: String, _ features: FocusFeatures) throws -> Double {
        features.values[try #require(FocusFeatures.names.firstIndex(of: name))]
    }

    @Test func thereIsOneFiniteFigureForEachName() {
        #expect(Set(FocusFeatures.names).count == FocusFeatures.names.count)
        for scan in [Shared.scan, Shared.withoutCT, Shared.halfCT] {
            let uptake = FocusDetection().detect(in: scan)
            let features = FocusFeatures.of(uptake, in: scan)
            #expect(features.count == uptake.foci.count)
            #expect(!features.isEmpty)
            #expect(features.allSatisfy { $0.values.count == FocusFeatures.names.count })
            #expect(features.allSatisfy { $0.values.allSatisfy { $0.isFinite } })
        }
    }

    @Test func figuresStandUnderTheirNames() throws {
        let (uptake, scan) = (Shared.uptake, Shared.scan)
        let liver = try #require(uptake.reference.liver)
        let pool = try #require(uptake.reference.bloodPool)
        for (focus, features) in zip(uptake.foci, FocusFeatures.of(uptake, in: scan)) {
            #expect(try value("log suvMax", features) == log(focus.suvMax))
            #expect(try value("log suvMean", features) == log(focus.suvMean))
            #expect(abs(try value("log suvMax/liver", features) - log(focus.suvMax / liver.suvMean)) < 1e-12)
            #expect(abs(try value("log suvMax/bloodPool", features) - log(focus.suvMax / pool.suvMean)) < 1e-12)
            #expect(try value("log volumeMl", features) == log(focus.volumeMl))
            #expect(try value("trunk level", features) == uptake.landmarks.trunkLevel(focus.centroid.z))
            let lateral = try value("lateral", features)
            #expect(lateral.sign == (focus.centroid.x - uptake.landmarks.midline).sign)
            #expect(try value("abs lateral", features) == abs(lateral))
            #expect((-0.2...1.2).contains(try value("depth", features)))
            #expect(abs(try value("from liver z", features) * 100 - focus.centroid.z + liver.centre.z) < 1e-9)
            for share in ["bone share", "bone share around", "lung share around", "air share around"] {
                #expect((0...1).contains(try value(share, features)))
            }
        }
    }

    @Test func extentIsAlongThePatientsAxes() throws {
        for (focus, features) in zip(Shared.uptake.foci, FocusFeatures.of(Shared.uptake, in: Shared.scan)) {
            let levels = focus.voxels.map { Shared.scan.pet.geometry.point(at: Int($0)).z }
            #expect(abs(try value("extent z", features) - (levels.max()! - levels.min()!) / 10) < 1e-9)
        }
    }

    @Test func missingCTIsSaidOfEachFocus() throws {
        let noCT = FocusFeatures.of(Shared.uptake, in: Shared.withoutCT)
        #expect(try noCT.allSatisfy { try value("no CT", $0) == 1 && value("HU mean", $0) == 0 })
        let whole = FocusFeatures.of(Shared.uptake, in: Shared.scan)
        #expect(try whole.allSatisfy { try value("no CT", $0) == 0 })
        // With a CT of the lower half, foci above its end have none.
        let geometry = Shared.scan.pet.geometry
        let half = FocusFeatures.of(Shared.uptake, in: Shared.halfCT)
        let end = geometry.count / 2
        var (below, above) = (0, 0)
        for (focus, features) in zip(Shared.uptake.foci, half) {
            if focus.voxels.allSatisfy({ $0 >= end }) {
                #expect(try value("no CT", features) == 1)
                above += 1
            } else {
                #expect(try value("no CT", features) == 0)
                below += 1
            }
        }
        #expect(below > 0 && above > 0)
    }

    @Test func aFocusInAnOtherwiseUnknownScanHasFiniteFigures() throws {
        let scan = spot(at: PatientPoint(20, 0, 24), in: grid(24, slices: 12))
        let uptake = FocusDetection().detect(in: scan)
        try #require(uptake.foci.count == 1)
        let features = FocusFeatures.of(uptake, in: scan)[0]
        #expect(features.values.allSatisfy { $0.isFinite })
        #expect(try value("lateral", features) > 0, "to the left")
        #expect(try value("from liver x", features) == 0)
    }
}
