extension DataSet {
    /// Whether this is a structure set whose contours lie on CT images, by the SOP classes in its Referenced Frame of
    /// Reference Sequence (PS3.3 section C.8.8.5).
    public var isDrawnOnCT: Bool {
        let images = items(.referencedFrameOfReferenceSequence).flatMap { $0.items(.rtReferencedStudySequence) }
            .flatMap { $0.items(.rtReferencedSeriesSequence) }.flatMap { $0.items(.contourImageSequence) }
        return images.contains { image in
            image.uid(.referencedSOPClassUID).map(Self.computedTomography.contains) ?? false
        }
    }

    private static let computedTomography: Set<UID> = [
        .ctImageStorage, .enhancedCTImageStorage, .legacyConvertedEnhancedCTImageStorage,
    ]
}
