import Anatomy
import Staging
import Testing

@Suite struct StagingSiteTests {
    @Test func everyLocationHasExactlyOneRow() {
        let rows = StagingSite.table.map(\.location)
        #expect(rows.count == AnatomicalLocation.allCases.count)
        #expect(Set(rows) == Set(AnatomicalLocation.allCases))
    }

    @Test(arguments: AnatomicalLocation.allCases)
    func rolesAgreeWithGroups(location: AnatomicalLocation) {
        let nodal: Set<StagingSite.Role> = [.pairedPelvicNode, .unpairedPelvicNode, .commonIliacNode, .extrapelvicNode]
        let site = StagingSite.of(location)
        #expect(site.location == location && !site.reason.isEmpty)
        #expect(nodal.contains(site.role) == (location.group == .lymphNode))
        #expect((site.role == .bone) == (location.group == .bone))
    }

    /// What one suspicious focus gives, written out per location; the prostate is unknown.
    static let alone: [(AnatomicalLocation, String)] = [
        (.brain, "miT0 N0 M1c"), (.lacrimalGland, "miT0 N0 M0"), (.parotidGland, "miT0 N0 M0"),
        (.submandibularGland, "miT0 N0 M0"), (.pharynx, "miT0 N0 M0"), (.thyroid, "miT0 N0 M0"),
        (.heart, "miT0 N0 M1c"), (.bloodVessel, "miT0 N0 M0"), (.lung, "miT0 N0 M1c"), (.liver, "miT0 N0 M1c"),
        (.gallbladder, "miT0 N0 M0"), (.spleen, "miT0 N0 M0"), (.pancreas, "miT0 N0 M1c"),
        (.adrenalGland, "miT0 N0 M1c"), (.kidney, "miT0 N0 M0"), (.ureter, "miT0 N0 M0"),
        (.urinaryBladder, "miT0 N0 M0"), (.stomach, "miT0 N0 M1c"), (.smallBowel, "miT0 N0 M0"),
        (.colon, "miT0 N0 M0"), (.rectum, "miT0 N0 M0"), (.prostate, "miT2u N0 M0"), (.prostaticBed, "miTr N0 M0"),
        (.seminalVesicle, "miT3b N0 M0"), (.testis, "miT0 N0 M1c"), (.ganglion, "miT0 N0 M0"),
        (.muscle, "miT0 N0 M1c"), (.softTissue, "miT0 N0 M1c"), (.brownFat, "miT0 N0 M0"),
        (.cervicalNode, "miT0 N0 M1a"), (.supraclavicularNode, "miT0 N0 M1a"), (.axillaryNode, "miT0 N0 M1a"),
        (.mediastinalNode, "miT0 N0 M1a"), (.hilarNode, "miT0 N0 M1a"), (.retroperitonealNode, "miT0 N0 M1a"),
        (.commonIliacNode, "miT0 N1 M0"), (.internalIliacNode, "miT0 N1 M0"), (.externalIliacNode, "miT0 N1 M0"),
        (.obturatorNode, "miT0 N1 M0"), (.presacralNode, "miT0 N1 M0"), (.mesorectalNode, "miT0 N1 M0"),
        (.inguinalNode, "miT0 N0 M1a"), (.skull, "miT0 N0 M1b(uni)"), (.cervicalSpine, "miT0 N0 M1b(uni)"),
        (.thoracicSpine, "miT0 N0 M1b(uni)"), (.lumbarSpine, "miT0 N0 M1b(uni)"), (.sacrum, "miT0 N0 M1b(uni)"),
        (.pelvicBone, "miT0 N0 M1b(uni)"), (.rib, "miT0 N0 M1b(uni)"), (.sternum, "miT0 N0 M1b(uni)"),
        (.clavicle, "miT0 N0 M1b(uni)"), (.scapula, "miT0 N0 M1b(uni)"), (.humerus, "miT0 N0 M1b(uni)"),
        (.femur, "miT0 N0 M1b(uni)"),
    ]

    @Test(arguments: alone)
    func oneSuspiciousFocus(location: AnatomicalLocation, phrase: String) throws {
        let result = try #require(StagingRules().stage(foci([location]), tracer: .ga68PSMA11))
        #expect(result.stage.description == phrase)
    }

    @Test func theListOfLocationsAloneIsComplete() {
        #expect(Self.alone.map(\.0) == AnatomicalLocation.allCases)
    }

    /// A suspicious focus that leaves no trace in the stage must be told of.
    @Test(arguments: AnatomicalLocation.allCases)
    func whatIsNotStagedIsNoted(location: AnatomicalLocation) throws {
        let result = try #require(StagingRules().stage([focus(location, .left, id: 7)], tracer: .f18PSMA1007))
        let unstaged = result.stage.description == "miT0 N0 M0"
        let noted = result.notes.contains { $0.hasPrefix("Focus 7 (left ") && $0.contains("not staged") }
        #expect(unstaged == noted)
    }

    @Test(arguments: AnatomicalLocation.allCases)
    func unsuspiciousFociGiveNoStage(location: AnatomicalLocation) throws {
        let result = try #require(
            StagingRules().stage([focus(location, suspicious: false)], tracer: .ga68PSMA11))
        #expect(result.stage.description == "miT0 N0 M0")
        #expect(result.notes.isEmpty)
    }
}
