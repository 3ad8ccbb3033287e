extension QueryLevel {
    /// The SQL condition on something of the level that it is shown, as an instance in it is neither rejected nor withdrawn
    /// (IHE RAD TF-2 4.66).
    /// - Parameter instance: where the instances are, those received or those found; below a study and a patient both count.
    func isShown(among instance: String = "instance") -> String {
        switch self {
        case .image: "instance.is_rejected = 0"
        case .series: "EXISTS (SELECT 1 FROM \(instance) AS i WHERE i.series = series.id AND i.is_rejected = 0)"
        case .study:
            """
            (EXISTS (SELECT 1 FROM series AS s JOIN instance AS i ON i.series = s.id
                WHERE s.study = study.id AND i.is_rejected = 0)
            OR EXISTS (SELECT 1 FROM result_series AS s JOIN result_instance AS i ON i.series = s.id
                WHERE s.study = study.id AND i.is_rejected = 0))
            """
        case .patient:
            "EXISTS (SELECT 1 FROM study WHERE study.patient = patient.id AND \(QueryLevel.study.isShown()))"
        }
    }
}
