/// The tissues whose uptake a tracer's table gives.
enum Organ: String, Sendable, CaseIterable {
    case brain, cerebellum, lacrimalGland, parotidGland, submandibularGland, sublingualGland, pharynx, larynx, thyroid
    case bloodPool, myocardium, lung, liver, gallbladder, spleen, pancreas, adrenalGland
    case kidney, urine, oesophagus, stomach, duodenum, jejunum, ileum, colon, rectum
    case prostate, seminalVesicle, testis, cervicalGanglion, coeliacGanglion, sacralGanglion
    case marrow, muscle, fat, brownFat
}
