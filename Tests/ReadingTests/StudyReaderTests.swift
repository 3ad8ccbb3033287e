import Classification
import DICOM
import Detection
import Imaging
import Phantom
import Reading
import Staging
import Synchronization
import Testing

@Suite struct StudyReaderTests {
    @Test func aStudyOfDataSetsGivesTheFociOfItsVoxels() throws {
        let (reading, own) = (try Shared.result.get().reading, Shared.detected)
        // Stored as 16 bits, a value differs by a part of 30,000 of its slice's highest.
        for focus in own.foci.filter({ $0.volumeMl > 0.5 }) {
            let same = reading.foci.first { $0.focus.centroid.distance(to: focus.centroid) < 2 }?.focus
            let found = try #require(same, "focus \(focus.id) at \(focus.centroid.coordinates)")
            #expect(abs(found.suvMax - focus.suvMax) < 0.02)
            #expect(abs(found.volumeMl / focus.volumeMl - 1) < 0.1)
        }
        #expect(abs(reading.foci.count - own.foci.count) <= 2)
        let (liver, truth) = (try #require(reading.reference.liver), try #require(own.reference.liver))
        #expect(abs(liver.suvMean - truth.suvMean) < 0.02)
    }

    @Test func theReadingNamesWhatWasRead() throws {
        let (reading, identity) = (try Shared.result.get().reading, Shared.study.identity)
        #expect(reading.pet.studyInstanceUID == identity.studyInstanceUID)
        #expect(reading.pet.seriesInstanceUID == identity.petSeriesInstanceUID)
        #expect(reading.ct != nil)
        #expect(reading.tracer == .ga68PSMA11)
        #expect(reading.model == Shared.reader.classifier.identity)
        #expect(reading.suv.referenceTimeSource == .seriesTime)
        #expect(reading.stage != nil)
        #expect(reading.warnings.allSatisfy { !$0.contains("CT") })
        #expect(reading.foci.map(\.focus.id) == Array(1...reading.foci.count))
        #expect(reading.lesions == reading.foci.filter(\.verdict.suspicious))
        #expect(try Shared.result.get().pet.geometry == reading.pet.geometry)
    }

    @Test func theStageIsThatOfTheFoci() throws {
        let reading = try Shared.result.get().reading
        let staged = StagingRules().stage(reading.foci.map(\.classified), tracer: reading.tracer)
        #expect(reading.stage == staged?.stage)
        for focus in reading.foci {
            let assessment = ExpressionScore.assess(focus.focus, reference: reading.reference, tracer: reading.tracer)
            #expect(focus.expression == assessment?.score)
        }
    }

    /// A stage is of what was scanned.
    @Test func whatWasNotScannedIsSaid() throws {
        func isSaid(_ reading: StudyReading) -> Bool {
            reading.warnings.contains { $0.hasSuffix("of the body are in view: the stage says nothing of the rest.") }
        }
        #expect(try !isSaid(Shared.result.get().reading), "\(Shared.detected.landmarks)")
        let pet = Shared.dataSets.pet.sorted {
            $0.numbers(.imagePositionPatient)[2] < $1.numbers(.imagePositionPatient)[2]
        }
        let lowest = pet[0].numbers(.imagePositionPatient)[2]
        let pelvis = pet.filter { $0.numbers(.imagePositionPatient)[2] - lowest < 500 }.map { slice in
            var slice = slice
            slice.remove(.numberOfSlices)
            return slice
        }
        #expect(try isSaid(Shared.reader.read(Shared.content(pelvis)).reading))
    }

    /// Those of urine and normal uptake are among the totals.
    @Test func totalsThatCountWhatIsNotStagedSaySo() throws {
        struct AllInKidneys: FocusClassifier {
            let identity = ModelIdentity(name: "kidneys", version: "1", sha256: "00")
            func classify(_ uptake: DetectedUptake, in scan: ScanVolumes) -> [ClassifiedFocus] {
                uptake.foci.map {
                    ClassifiedFocus(
                        focus: $0,
                        verdict: Verdict(
                            suspiciousProbability: 0.9, suspicious: $0.id == 1, location: .kidney, laterality: .left,
                            locationProbability: 0.9))
                }
            }
        }
        let reading = try StudyReader(classifier: AllInKidneys()).read(
            Shared.content(Shared.dataSets.pet + Shared.dataSets.ct)
        ).reading
        let volume = String(format: "%.1f ml", reading.foci[0].focus.volumeMl)
        #expect(reading.warnings.contains { $0.contains("count \(volume) that are not staged: focus 1.") })
    }

    @Test func anUnknownTracerIsDeclinedWithAReason() throws {
        let study = try Shared.content(Shared.anonymousPET)
        do throws(Refusal) {
            _ = try Shared.reader.read(study)
            Issue.record("read without a tracer")
        } catch {
            #expect(error.code == .unknownTracer)
            #expect(error.reason.contains("--tracer"))
        }
    }

    @Test func anAssumedTracerAndAMissingCTAreSaid() throws {
        var reader = Shared.reader
        reader.assumedTracer = .ga68PSMA11
        var steps: [StudyReader.Step] = []
        let reading = try reader.read(Shared.content(Shared.anonymousPET)) { steps.append($0) }.reading
        #expect(steps == [.assemble, .detect, .classify, .stage])
        #expect(reading.tracer == .ga68PSMA11)
        #expect(reading.ct == nil)
        #expect(reading.warnings.contains { $0.hasPrefix("68Ga-PSMA-11 is assumed by configuration") })
        #expect(reading.warnings.contains { $0.hasPrefix("Read without CT") })
        #expect(reading.warnings.contains("The blood pool was not found in view."))
        #expect(reading.reference.bloodPool == nil)
        #expect(!reading.foci.isEmpty)
    }

    @Test func anAssumedTracerDoesNotOverruleTheHeaders() throws {
        var reader = Shared.reader
        reader.assumedTracer = .f18FDG
        // Where the headers name another, that one holds; told before anything is detected.
        #expect(try StudyImages(Shared.content(Shared.dataSets.pet)).tracer.tracer == .ga68PSMA11)
        reader.detection.minimumVolumeMl = 50
        let reading = try reader.read(Shared.content(Shared.dataSets.pet)).reading
        #expect(reading.tracer == .ga68PSMA11)
        #expect(reading.warnings.allSatisfy { !$0.contains("assumed") })
    }

    @Test func aStudyWithoutPETIsDeclined() {
        #expect(throws: Refusal.self) { try Shared.content(Array(Shared.dataSets.ct.prefix(3))) }
    }

    @Test func aPETWithAGapIsDeclined() {
        var pet = Shared.dataSets.pet
        pet.remove(at: pet.count / 2)
        #expect(throws: Refusal.self) { try Shared.reader.read(Shared.content(pet)) }
    }
}
