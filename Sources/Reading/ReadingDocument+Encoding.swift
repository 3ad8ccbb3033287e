extension ReadingDocument {
    private enum CodingKeys: String, CodingKey {
        case schema, studyInstanceUID, petSeriesInstanceUID, ctSeriesInstanceUID, tracer, model, suv, reference, foci,
            stage
        case warnings, declined
    }

    /// Writes every key, so that a reader of the document finds null rather than nothing.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(studyInstanceUID, forKey: .studyInstanceUID)
        try container.encode(petSeriesInstanceUID, forKey: .petSeriesInstanceUID)
        try container.encode(ctSeriesInstanceUID, forKey: .ctSeriesInstanceUID)
        try container.encode(tracer, forKey: .tracer)
        try container.encode(model, forKey: .model)
        try container.encode(suv, forKey: .suv)
        try container.encode(reference, forKey: .reference)
        try container.encode(foci, forKey: .foci)
        try container.encode(stage, forKey: .stage)
        try container.encode(warnings, forKey: .warnings)
        try container.encode(declined, forKey: .declined)
    }
}

extension ReadingDocument.SUV {
    private enum CodingKeys: String, CodingKey {
        case factor, referenceTime, referenceTimeSource
    }

    /// Writes every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(factor, forKey: .factor)
        try container.encode(referenceTime, forKey: .referenceTime)
        try container.encode(referenceTimeSource, forKey: .referenceTimeSource)
    }
}
