import Anatomy

extension PhantomTruth.Stage {
    /// The regions that PROMISE counts as pelvic; left and right are regions of their own.
    private static let pelvic: Set<AnatomicalLocation> = [
        .commonIliacNode, .internalIliacNode, .externalIliacNode, .obturatorNode, .presacralNode, .mesorectalNode,
    ]

    /// A place: a location with its side.
    package typealias Place = (location: AnatomicalLocation, laterality: Laterality)

    /// The stage of lesions (PROMISE V2, Eur Urol 2023;83:405, with common iliac nodes counted as pelvic).
    init(_ lesions: [Scene.Site], hasProstate: Bool) {
        let places = lesions.map { ($0.location, $0.laterality) }
        let regions = Self.pelvicRegions(places)
        self.init(
            miT: Self.miT(lesions, hasProstate), miN: Self.miN(places),
            miNV1: regions == 0 ? "miN0" : regions == 1 ? "miN1a" : "miN1b", miM: Self.miM(places),
            miMPattern: Self.pattern(lesions.filter { $0.location.group == .bone }))
    }

    /// miN of lesions at some places.
    package static func miN(_ places: [Place]) -> String {
        let regions = pelvicRegions(places)
        return regions == 0 ? "miN0" : regions == 1 ? "miN1" : "miN2"
    }

    /// The highest miM of lesions at some places.
    package static func miM(_ places: [Place]) -> String {
        let local: Set<AnatomicalLocation> = [.prostate, .prostaticBed, .seminalVesicle, .urinaryBladder, .rectum]
        let isVisceral = places.contains { $0.location.group == .organ && !local.contains($0.location) }
        let hasBone = places.contains { $0.location.group == .bone }
        let hasDistantNode = places.contains { $0.location.group == .lymphNode && !pelvic.contains($0.location) }
        return isVisceral ? "miM1c" : hasBone ? "miM1b" : hasDistantNode ? "miM1a" : "miM0"
    }

    private static func pelvicRegions(_ places: [Place]) -> Int {
        Set(places.filter { pelvic.contains($0.location) }.map { "\($0.location.rawValue)/\($0.laterality.rawValue)" })
            .count
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
