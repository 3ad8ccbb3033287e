import DICOM
import Foundation
import Imaging
import Reporting
import Staging

extension SyntheticStudy {
    static let frameOfReference = UID(constant: "1.2.826.0.1.3680043.10.1.99.1")

    static let axial = VolumeGeometry.axial(
        columns: 48, rows: 40, slices: 16, spacing: PatientPoint(4.0728, 4.0728, 3),
        origin: PatientPoint(-97.5, -80.25, -1033.5), frameOfReferenceUID: frameOfReference)

    /// A stack turned about two axes, its slices unevenly spaced.
    static let oblique: VolumeGeometry = {
        let row = PatientPoint(0.98, 0.1, 0.17).normalized
        let normal = row.cross(PatientPoint(-0.1, 1, 0.05)).normalized
        let gaps = [0, 3, 6, 9, 12.5, 16, 19, 22, 25, 28, 31, 34, 37, 40.0]
        return VolumeGeometry(
            columns: 32, rows: 36, columnSpacing: 4.5, rowSpacing: 3.75, rowDirection: row,
            columnDirection: normal.cross(row), sliceOrigins: gaps.map { PatientPoint(-80, -60, 400) + normal * $0 },
            frameOfReferenceUID: frameOfReference)
    }()

    /// All voxels within `radius` millimetres of a voxel's centre, without those within `hollow`.
    static func ball(
        _ i: Int, _ j: Int, _ k: Int, radius: Double, hollow: Double = 0, in geometry: VolumeGeometry
    ) -> [(Int, Int, Int)] {
        let centre = geometry.point(Double(i), Double(j), slice: k)
        return (0..<geometry.count).filter {
            let distance = geometry.point(at: $0).distance(to: centre)
            return distance <= radius && distance >= hollow
        }.map { geometry.voxel(at: $0) }
    }

    static let stage = MiTNM(
        edition: .v2, miT: .miT2u, miN: .miN1, miNV1: .miN1a, miMCategories: [.miM1a, .miM1b], miMPattern: .oligo)

    /// Every awkward shape at once, with a CT and a name beyond ASCII.
    static let awkward = SyntheticStudy(
        "awkward", geometry: axial,
        lesions: [
            Lesion(voxels: ball(12, 12, 5, radius: 14, in: axial), location: .prostate),
            Lesion(
                voxels: ball(32, 24, 8, radius: 22, hollow: 12, in: axial), location: .pelvicBone, laterality: .left),
            Lesion(voxels: [(5, 30, 3)], location: .externalIliacNode, laterality: .right),
            Lesion(
                voxels: [(10, 30, 12), (11, 31, 12), (12, 30, 12), (11, 30, 13), (12, 31, 13)],
                location: .commonIliacNode, laterality: .right),
            Lesion(voxels: ball(0, 0, 0, radius: 10, in: axial), location: .rib, laterality: .right),
            Lesion(voxels: ball(47, 39, 15, radius: 10, in: axial), location: .liver),
            Lesion(voxels: [(24, 5, 9), (24, 5, 10)], location: .urinaryBladder, suspicious: false),
        ],
        identity: .chinese, withCT: true, stage: stage, warnings: ["Uptake time 25 min is unusual for ⁶⁸Ga-PSMA-11."])

    /// FDG on an oblique, unevenly spaced stack without a CT.
    static let turned = SyntheticStudy(
        "turned", geometry: oblique,
        lesions: [
            Lesion(voxels: ball(10, 14, 6, radius: 11, in: oblique), location: .lung, laterality: .right),
            Lesion(voxels: ball(22, 20, 7, radius: 16, hollow: 8, in: oblique), location: .mediastinalNode),
            Lesion(voxels: [(31, 35, 13)], location: .ganglion, laterality: .left),
        ],
        identity: .japanese, tracer: .f18FDG, seed: 2)

    /// Three slices and a lesion, with a CT.
    static let brief = SyntheticStudy(
        "brief", geometry: wide,
        lesions: [Lesion(voxels: [(20, 20, 1)], location: .externalIliacNode, laterality: .left)],
        withCT: true, stage: stage, warnings: ["Uptake time 25 min is unusual for ⁶⁸Ga-PSMA-11."], seed: 4)

    /// A study in which nothing is suspicious.
    static let clear = SyntheticStudy(
        "clear", geometry: axial,
        lesions: [Lesion(voxels: [(24, 5, 9)], location: .urinaryBladder, suspicious: false)],
        identity: .french, tracer: .f18RhPSMA7,
        stage: MiTNM(edition: .v2, miT: .miT0, miN: .miN0, miNV1: .miN0, miMCategories: [], miMPattern: nil), seed: 3)

    static let device = Device(
        softwareVersion: "0.1.0", serialNumber: "0001",
        uid: UID(constant: "2.25.329800735698586629295641978511506172918"))
    static let createdAt = DateTime("20260105120000")!
}

extension SyntheticStudy {
    var isFDG: Bool { reading.tracer.target == .glucose }

    /// Three wide slices, for contours of many points.
    static let wide = VolumeGeometry.axial(
        columns: 96, rows: 64, slices: 3, spacing: PatientPoint(1.3021, 1.3021, 2),
        origin: PatientPoint(-62.5008, -41.6672, 731.25), frameOfReferenceUID: frameOfReference)
}
