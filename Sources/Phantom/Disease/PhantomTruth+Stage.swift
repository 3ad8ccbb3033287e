import Anatomy

extension PhantomTruth.Stage {
    /// The regions that PROMISE counts as pelvic; left and right are regions of their own.
    private static let pelvic: Set<AnatomicalLocation> = [
        .commonIliacNode, .internalIliacNode, .externalIliacNode, .obturatorNode, .presacralNode, .mesorectalNode,
    ]

    /// The stage of lesions (PROMISE V2, Eur Urol 2023;83:405, with common iliac nodes counted as pelvic).
    init(_ lesions: [Scene.Site], hasProstate: Bool) {
        let pelvicNodes = lesions.filter { Self.pelvic.contains($0.location) }
        let regions = Set(pelvicNodes.map { "\($0.location.rawValue)/\($0.laterality.rawValue)" })
        let bones = lesions.filter { $0.location.group == .bone }
        let distantNodes = lesions.contains { $0.location.group == .lymphNode && !Self.pelvic.contains($0.location) }
        let local: Set<AnatomicalLocation> = [.prostate, .prostaticBed, .seminalVesicle, .urinaryBladder, .rectum]
        let isVisceral = lesions.contains { $0.location.group == .organ && !local.contains($0.location) }
        self.init(
            miT: Self.miT(lesions, hasProstate),
            miN: regions.isEmpty ? "miN0" : regions.count == 1 ? "miN1" : "miN2",
            miNV1: regions.isEmpty ? "miN0" : regions.count == 1 ? "miN1a" : "miN1b",
            miM: isVisceral ? "miM1c" : !bones.isEmpty ? "miM1b" : distantNodes ? "miM1a" : "miM0",
            miMPattern: Self.pattern(bones))
    }

    private static func miT(_ lesions: [Scene.Site], _ hasProstate: Bool) -> String {
        func count(_ location: AnatomicalLocation) -> Int { lesions.filter { $0.location == location }.count }
        guard hasProstate else { return count(.prostaticBed) > 0 ? "miTr" : "miT0" }
        if count(.urinaryBladder) + count(.rectum) > 0 { return "miT4" }
        if count(.seminalVesicle) > 0 { return "miT3b" }
        if lesions.contains(where: { $0.location == .prostate && $0.isExtracapsular }) { return "miT3a" }
        return count(.prostate) == 0 ? "miT0" : count(.prostate) == 1 ? "miT2u" : "miT2m"
    }

    private static func pattern(_ bones: [Scene.Site]) -> String? {
        guard !bones.isEmpty else { return nil }
        if bones.contains(where: \.isDiffuse) { return "dmi" }
        return bones.count == 1 ? "uni" : bones.count <= 3 ? "oligo" : "diss"
    }
}
