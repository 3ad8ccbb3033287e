import Imaging
import Phantom
import Testing

@Suite struct RegistrationTests {
    /// How far points of the body are from where they truly lie in the first scan, in millimetres.
    private func errors(_ found: RigidTransform) -> [Double] {
        FollowUp.first.truth.sites.map { site in
            found(FollowUp.motion(site.centroid)).distance(to: site.centroid)
        }
    }

    @Test(arguments: [true, false])
    func aPatientWhoLiesElsewhereIsFound(withCT: Bool) throws {
        let found = try RigidRegistration().register(
            FollowUp.scan(FollowUp.second, withCT: withCT), to: FollowUp.scan(FollowUp.first, withCT: withCT))
        let errors = errors(found.transform)
        #expect(found.basis == (withCT ? .ct : .pet))
        // Measured: 0.2 mm by PET. By CT 4.2 mm, as during a CT the body lies elsewhere than during its PET.
        #expect(errors.max()! < (withCT ? 5 : 1))
        #expect(errors.reduce(0, +) / Double(errors.count) < (withCT ? 2.5 : 0.5))
        #expect(abs(found.transform.rotationDegrees - FollowUp.motion.rotationDegrees) < 0.7)
    }

    @Test func theSameScansGiveTheSameTransform() throws {
        let (scan, earlier) = (FollowUp.scan(FollowUp.second), FollowUp.scan(FollowUp.first))
        var registration = RigidRegistration()
        registration.spacings = [16, 12]
        #expect(try registration.register(scan, to: earlier) == registration.register(scan, to: earlier))
    }

    /// Part of a scan: the slices whose places, from 0 at the feet to 1 at the head, lie in a range.
    private func part(_ scan: ScanVolumes, _ places: ClosedRange<Double>) -> ScanVolumes {
        let geometry = scan.pet.geometry
        let height = Double(geometry.slices)
        let kept = Int(places.lowerBound * height)..<Int(places.upperBound * height)
        let plane = geometry.columns * geometry.rows
        let cut = VolumeGeometry(
            columns: geometry.columns, rows: geometry.rows, columnSpacing: geometry.columnSpacing,
            rowSpacing: geometry.rowSpacing, rowDirection: geometry.rowDirection,
            columnDirection: geometry.columnDirection, sliceOrigins: Array(geometry.sliceOrigins[kept]),
            frameOfReferenceUID: geometry.frameOfReferenceUID)
        let range = kept.lowerBound * plane..<kept.upperBound * plane
        return ScanVolumes(
            pet: Volume(geometry: cut, voxels: Array(scan.pet.voxels[range])),
            ct: Volume(geometry: cut, voxels: Array(scan.ct!.voxels[range])), tracer: scan.tracer)
    }

    @Test func aPartOfTheBodyIsFoundInTheWhole() throws {
        let trunk = part(FollowUp.scan(FollowUp.second), 0.1...0.6)
        let found = try RigidRegistration().register(trunk, to: FollowUp.scan(FollowUp.first))
        #expect(found.overlap > 0.95)
        // Judged where the part lies.
        let pelvis = try #require(FollowUp.first.truth.sites.first { $0.location == .urinaryBladder }).centroid
        #expect(found.transform(FollowUp.motion(pelvis)).distance(to: pelvis) < 5)
    }

    @Test func headAndThighsAreNotLaidOverEachOther() {
        let (thighs, head) = (
            part(FollowUp.scan(FollowUp.second), 0...0.3), part(FollowUp.scan(FollowUp.first), 0.7...1)
        )
        #expect(throws: RegistrationFailure.self) { try RigidRegistration().register(thighs, to: head) }
    }

    @Test func anotherPatientDoesNotFit() {
        let other = PhantomPatient(seed: 4242, disease: .none, armsUp: false).scan()
        do throws(RegistrationFailure) {
            let found = try RigidRegistration().register(FollowUp.scan(other), to: FollowUp.scan(FollowUp.first))
            Issue.record("another patient fits: \(found.correlation)")
        } catch {
            if case .poorFit = error { return }
            Issue.record("\(error)")
        }
    }

    @Test func aScanWithoutABodyIsRefused() {
        let empty = Volume<SUVbw>(geometry: FollowUp.first.pet.geometry, repeating: 0)
        #expect(throws: RegistrationFailure.noBody) {
            try RigidRegistration().register(
                ScanVolumes(pet: empty, ct: nil, tracer: .ga68PSMA11), to: FollowUp.scan(FollowUp.first))
        }
    }

    @Test func anInverseTakesBack() {
        let point = PatientPoint(31, -17, 402)
        #expect(FollowUp.motion.inverse(FollowUp.motion(point)).distance(to: point) < 1e-9)
        #expect(abs(FollowUp.motion.rotationDegrees - 0.039_05 * 180 / .pi) < 0.01)
    }
}
