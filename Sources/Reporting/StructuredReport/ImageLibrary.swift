import DICOM

/// Moves the descriptors that all images of an image library group share to the group (TID 1601), so that a series of a
/// thousand slices is described once.
///
/// DCMTK has a call for it, but 3.6.7 compares the images of all groups with each other and so loses descriptors.
func gatheringImageDescriptors(_ report: DataSet) -> DataSet {
    report.replacingContent { item in
        guard item.code(.conceptNameCodeSequence)?.value == "111028" else { return item }
        return item.replacingContent(gatheringGroup)
    }
}

private func gatheringGroup(_ group: DataSet) -> DataSet {
    guard group.code(.conceptNameCodeSequence)?.value == "126200" else { return group }
    let content = group.items(.contentSequence)
    let images = content.filter { $0.string(.valueType) == "IMAGE" }
    let descriptors = images.map { $0.items(.contentSequence) }
    guard let first = descriptors.first else { return group }
    let shared = first.enumerated().filter { index, descriptor in
        descriptors.allSatisfy { others in
            // In most images it stands where it stands in the first one.
            index < others.count && others[index] == descriptor || others.contains(descriptor)
        }
    }.map(\.element)
    let stripped = zip(images, descriptors).map { image, descriptors in
        var image = image
        let own = descriptors.filter { !shared.contains($0) }
        if own.isEmpty { image.remove(.contentSequence) } else { image.set(.contentSequence, own) }
        return image
    }
    var group = group
    group.set(.contentSequence, content.filter { $0.string(.valueType) != "IMAGE" } + shared + stripped)
    return group
}

extension DataSet {
    /// The content item with each of its children replaced.
    fileprivate func replacingContent(_ transform: (DataSet) -> DataSet) -> DataSet {
        guard hasValue(.contentSequence) else { return self }
        var result = self
        result.set(.contentSequence, items(.contentSequence).map(transform))
        return result
    }
}
