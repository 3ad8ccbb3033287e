import Imaging

/// Normal uptake by tracer: mean and standard deviation between patients.
///
/// ⁶⁸Ga-PSMA-11 after Demirci et al. (PubMed 28481787), PMC7033090 and EJNMMI Res 2024 (s13550-024-01097-3); ganglia
/// after Rischpler et al. 2018; FDG after s11307-006-0075-y and the liver series of 343 patients (Iran J Radiol 2019,
/// ijr-84881). Figures for which `docs/science/phantoms.md` names no source are rounded estimates.
enum UptakeTables {
    static func of(_ tracer: Tracer) -> [Organ: PhysiologicUptake.Spread] {
        switch tracer {
        case .ga68PSMA11, .ga68PSMA617: gallium
        case .f18DCFPyL: gallium.merging(dcfpylDifferences) { $1 }
        case .f18PSMA1007: gallium.merging(psma1007Differences) { $1 }
        case .f18RhPSMA7: gallium.merging(psma1007Differences) { $1 }.merging(rhPSMA7Differences) { $1 }
        case .f18FDG: glucose
        }
    }

    private static let gallium: [Organ: PhysiologicUptake.Spread] = [
        .brain: (0.15, 0.04), .cerebellum: (0.15, 0.04), .lacrimalGland: (15, 5.5), .parotidGland: (16, 4.5),
        .submandibularGland: (17, 4.5), .sublingualGland: (7, 3), .pharynx: (7.5, 3), .larynx: (5.5, 2),
        .thyroid: (3.8, 1), .bloodPool: (1.5, 0.35), .myocardium: (1.6, 0.35), .lung: (0.45, 0.1),
        .liver: (5.4, 1.5), .gallbladder: (3.5, 2), .spleen: (8.1, 3), .pancreas: (2.2, 0.5),
        .adrenalGland: (4, 1.2), .kidney: (46, 13), .urine: (28, 24), .oesophagus: (1.9, 0.4), .stomach: (2.8, 0.9),
        .duodenum: (15, 5.5),
        .jejunum: (8, 3), .ileum: (3, 1), .colon: (4.5, 2.5), .rectum: (3.2, 0.9), .prostate: (2.4, 0.6),
        .seminalVesicle: (1.5, 0.3), .testis: (1.3, 0.3), .cervicalGanglion: (2.4, 0.5),
        .coeliacGanglion: (2.95, 0.75), .sacralGanglion: (1.8, 0.4), .marrow: (0.65, 0.15), .muscle: (0.5, 0.1),
        .fat: (0.25, 0.05), .brownFat: (0.3, 0.06),
    ]

    private static let dcfpylDifferences: [Organ: PhysiologicUptake.Spread] = [
        .liver: (5.6, 1.5), .spleen: (4.6, 1.8), .kidney: (32, 9), .urine: (45, 35), .bloodPool: (1.4, 0.3),
        .parotidGland: (13, 3.5), .submandibularGland: (13, 3.5), .duodenum: (12, 4.5),
    ]

    private static let psma1007Differences: [Organ: PhysiologicUptake.Spread] = [
        // Excreted by the liver: much bile, little urine.
        .liver: (11.7, 3.4), .gallbladder: (45, 30), .spleen: (9.5, 3.2), .kidney: (23, 6), .urine: (3.2, 1.6),
        .parotidGland: (17, 4.5), .submandibularGland: (18, 4.5), .pancreas: (3, 0.8), .marrow: (1, 0.25),
        .bloodPool: (2.1, 0.5), .muscle: (0.7, 0.15), .duodenum: (13, 4.5),
    ]

    private static let rhPSMA7Differences: [Organ: PhysiologicUptake.Spread] = [
        .liver: (7.2, 2), .gallbladder: (12, 8), .kidney: (33, 9), .urine: (6, 4), .bloodPool: (1.6, 0.35),
    ]

    private static let glucose: [Organ: PhysiologicUptake.Spread] = [
        .brain: (9.5, 1.8), .cerebellum: (7.5, 1.6), .lacrimalGland: (1.3, 0.3), .parotidGland: (1.7, 0.4),
        .submandibularGland: (1.9, 0.4), .sublingualGland: (3, 1), .pharynx: (3.2, 1), .larynx: (2.4, 0.8),
        .thyroid: (1.4, 0.3), .bloodPool: (1.5, 0.25), .myocardium: (2.2, 0.4), .lung: (0.4, 0.08),
        .liver: (1.95, 0.35), .gallbladder: (1.2, 0.3), .spleen: (1.7, 0.3), .pancreas: (1.5, 0.3),
        .adrenalGland: (1.7, 0.3), .kidney: (2.6, 0.5), .urine: (22, 14), .oesophagus: (1.8, 0.4), .stomach: (2, 0.6),
        .duodenum: (2, 0.5),
        .jejunum: (2, 0.5), .ileum: (1.9, 0.5), .colon: (2, 0.8), .rectum: (2, 0.6), .prostate: (1.6, 0.3),
        .seminalVesicle: (1.2, 0.2), .testis: (2.6, 0.5), .cervicalGanglion: (1.4, 0.2),
        .coeliacGanglion: (1.5, 0.2), .sacralGanglion: (1, 0.2), .marrow: (1.5, 0.3), .muscle: (0.7, 0.12),
        .fat: (0.3, 0.06), .brownFat: (8, 3),
    ]
}
