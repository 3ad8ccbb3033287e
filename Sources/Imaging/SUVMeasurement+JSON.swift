import DICOM

// Absent figures are written as null, not left out: scripts look for the key.

extension SUVMeasurement {
    private enum Key: String, CodingKey {
        case petSeriesInstanceUID, suv, declined, image, rois, warnings
    }

    /// Writes every key; absent figures as null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(petSeriesInstanceUID, forKey: .petSeriesInstanceUID)
        try container.encode(suv, forKey: .suv)
        try container.encode(declined, forKey: .declined)
        try container.encode(image, forKey: .image)
        try container.encode(rois, forKey: .rois)
        try container.encode(warnings, forKey: .warnings)
    }
}

extension SUVMeasurement.SUV {
    private enum Key: String, CodingKey {
        case factor, sliceFactors, referenceTime, referenceTimeSource, inputs
    }

    /// Writes every key; absent figures as null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(factor, forKey: .factor)
        try container.encode(sliceFactors, forKey: .sliceFactors)
        try container.encode(referenceTime, forKey: .referenceTime)
        try container.encode(referenceTimeSource, forKey: .referenceTimeSource)
        try container.encode(inputs, forKey: .inputs)
    }
}

extension SUVMeasurement.ROI {
    private enum Key: String, CodingKey {
        case name, min, median, mean, max, peak, volumeMl
    }

    /// Writes every key; absent figures as null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(min, forKey: .min)
        try container.encode(median, forKey: .median)
        try container.encode(mean, forKey: .mean)
        try container.encode(max, forKey: .max)
        try container.encode(peak, forKey: .peak)
        try container.encode(volumeMl, forKey: .volumeMl)
    }
}
