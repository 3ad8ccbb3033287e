import Detection
import Imaging
import Staging
import Testing

@Suite struct ExpressionScoreTests {
    private static func region(_ suvMean: Double) -> ReferenceUptake.Region {
        .init(suvMean: suvMean, suvSD: 0.3, volumeMl: 10, centre: PatientPoint(0, 0, 0))
    }

    /// Blood pool 1.5, liver 5, spleen 8, parotid 14.
    private static let whole = ReferenceUptake(
        bloodPool: region(1.5), liver: region(5), parotid: region(14), spleen: region(8))

    private func lesion(mean: Double, peak: Double? = nil, max: Double? = nil) -> CandidateFocus {
        CandidateFocus(
            id: 1, voxels: [0], peakVoxel: 0, centroid: PatientPoint(0, 0, 0), suvMax: max ?? mean, suvMean: mean,
            suvPeak: peak ?? mean, volumeMl: 1, totalUptake: mean)
    }

    /// A row per score and limit; the limit belongs to the higher score.
    @Test(arguments: [
        (1.49, ExpressionScore.none), (1.5, .low), (4.99, .low), (5, .intermediate), (13.99, .intermediate),
        (14, .high), (80, .high),
    ])
    func againstTheLiver(mean: Double, score: ExpressionScore) {
        for tracer in [Tracer.ga68PSMA11, .ga68PSMA617, .f18DCFPyL] {
            let assessment = ExpressionScore.assess(lesion(mean: mean), reference: Self.whole, tracer: tracer)
            #expect(assessment == ExpressionAssessment(score: score, isLowerBound: false))
        }
    }

    @Test(arguments: [(1.49, ExpressionScore.none), (5, .low), (7.99, .low), (8, .intermediate), (14, .high)])
    func againstTheSpleenForLiverExcretedLigands(mean: Double, score: ExpressionScore) {
        for tracer in Tracer.allCases where tracer.isLiverExcreted {
            #expect(ExpressionScore.assess(lesion(mean: mean), reference: Self.whole, tracer: tracer)?.score == score)
        }
    }

    @Test(arguments: [
        (1.0, ExpressionScore.none, false), (2, .low, false), (5, .intermediate, true), (30, .intermediate, true),
    ])
    func withoutParotid(mean: Double, score: ExpressionScore, lowerBound: Bool) {
        let reference = ReferenceUptake(
            bloodPool: Self.region(1.5), liver: Self.region(5), parotid: nil, spleen: nil)
        let assessment = ExpressionScore.assess(lesion(mean: mean), reference: reference, tracer: .ga68PSMA11)
        #expect(assessment == ExpressionAssessment(score: score, isLowerBound: lowerBound))
    }

    @Test func noScoreWithoutBloodPoolOrLiver() {
        let noPool = ReferenceUptake(
            bloodPool: nil, liver: Self.region(5), parotid: Self.region(14), spleen: Self.region(8))
        let noLiver = ReferenceUptake(
            bloodPool: Self.region(1.5), liver: nil, parotid: Self.region(14), spleen: Self.region(8))
        let noSpleen = ReferenceUptake(
            bloodPool: Self.region(1.5), liver: Self.region(5), parotid: Self.region(14), spleen: nil)
        #expect(ExpressionScore.assess(lesion(mean: 9), reference: noPool, tracer: .ga68PSMA11) == nil)
        #expect(ExpressionScore.assess(lesion(mean: 9), reference: noLiver, tracer: .ga68PSMA11) == nil)
        #expect(ExpressionScore.assess(lesion(mean: 9), reference: noSpleen, tracer: .f18PSMA1007) == nil)
        #expect(ExpressionScore.assess(lesion(mean: 9), reference: noSpleen, tracer: .ga68PSMA11) != nil)
        #expect(ExpressionScore.assess(lesion(mean: 9), reference: noLiver, tracer: .f18PSMA1007) != nil)
    }

    @Test func noScoreForFDG() {
        #expect(ExpressionScore.assess(lesion(mean: 9), reference: Self.whole, tracer: .f18FDG) == nil)
    }

    @Test func theStatisticIsAChoice() {
        let uneven = lesion(mean: 3, peak: 9, max: 20)
        let scores = ExpressionScore.Statistic.allCases.map {
            ExpressionScore.assess(uneven, reference: Self.whole, tracer: .ga68PSMA11, by: $0)?.score
        }
        #expect(scores == [.low, .intermediate, .high])
        let byDefault = ExpressionScore.assess(uneven, reference: Self.whole, tracer: .ga68PSMA11)
        #expect(byDefault?.score == .low)
    }

    /// Where the parotid lies below the spleen, reaching the parotid alone is not enough.
    @Test func organsOutOfOrder() {
        let reference = ReferenceUptake(
            bloodPool: Self.region(1.5), liver: nil, parotid: Self.region(6), spleen: Self.region(8))
        #expect(ExpressionScore.assess(lesion(mean: 7), reference: reference, tracer: .f18PSMA1007)?.score == .low)
        #expect(ExpressionScore.assess(lesion(mean: 8), reference: reference, tracer: .f18PSMA1007)?.score == .high)
    }
}
