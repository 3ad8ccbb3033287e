import DICOMNetwork

extension Reception {
    /// What a C-STORE is answered with.
    static let statuses = [
        StatusMeaning(
            .success, "stored, synchronised and indexed; or the same data set was there; or it is a result of this node"
        ),
        StatusMeaning(
            .outOfResources,
            "free space is below the reserve, the disk or a quota is full, no descriptor is left, or the index is in use"
        ),
        StatusMeaning(.dataSetDoesNotMatchSOPClass, "SOP Class or Instance UID differ from the command's; set aside"),
        StatusMeaning(
            .cannotUnderstand, "the header cannot be read or lacks a UID, or the object is cut short; set aside"),
        StatusMeaning(
            .processingFailure, "it contradicts what is stored (set aside), or could not be kept for another reason"),
        StatusMeaning(.invalidSOPInstance, "SOP Class or Instance UID of the command is malformed"),
        StatusMeaning(.sopClassNotSupported, "the presentation context is not one for storage"),
        StatusMeaning(.notAuthorized, "storing is not among the services of the peer"),
    ]
}

extension Querying {
    private static let common = [
        StatusMeaning(.outOfResources, "too many matches, or the identifier is too long"),
        StatusMeaning(.dataSetDoesNotMatchSOPClass, "the identifier breaks the information model"),
        StatusMeaning(
            .unableToProcess, "the identifier cannot be parsed or has a malformed value, or the index failed"),
        StatusMeaning(.sopClassNotSupported, "the SOP class of the command is not that of the context"),
        StatusMeaning(.cancel, "the peer has cancelled"),
    ]
    private static let retrieval = [
        StatusMeaning(.success, "every sub-operation succeeded, or there was none"),
        StatusMeaning(.pending, "sub-operations go on"),
        StatusMeaning(.subOperationsWithFailures, "some sub-operations failed or were answered with a warning"),
        StatusMeaning(.unableToPerformSubOperations, "no sub-operation succeeded"),
    ]

    /// What a C-FIND is answered with.
    static let findStatuses =
        [
            StatusMeaning(.success, "every match was sent"), StatusMeaning(.pending, "a match"),
            StatusMeaning(.pendingWithUnsupportedKeys, "a match; some optional keys are not supported"),
        ] + common
    /// What a C-GET is answered with.
    static let getStatuses = retrieval + common
    /// What a C-MOVE is answered with.
    static let moveStatuses =
        retrieval + [StatusMeaning(.moveDestinationUnknown, "Move Destination is not configured")] + common
}

extension Committing {
    /// What an N-ACTION is answered with.
    static let statuses = [
        StatusMeaning(.success, "the request is kept and will be reported on"),
        StatusMeaning(.resourceLimitation, "the index is in use, or the answer to the same transaction is being given"),
        StatusMeaning(.processingFailure, "the request could not be kept for another reason"),
        StatusMeaning(.noSuchSOPInstance, "not the well-known SOP instance"),
        StatusMeaning(.invalidArgumentValue, "Transaction UID or Referenced SOP Sequence are unusable"),
        StatusMeaning(.noSuchAction, "Action Type ID is not 1"),
        StatusMeaning(.sopClassNotSupported, "the SOP class of the command is not that of the context"),
        StatusMeaning(.outOfResources, "the data set is too long"),
        StatusMeaning(.unableToProcess, "the data set cannot be parsed"),
    ]
}
