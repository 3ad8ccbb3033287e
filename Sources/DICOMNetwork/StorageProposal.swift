import DICOM

/// What one association proposes for some files.
///
/// A SOP class gets one context per transfer syntax of its files, each with that syntax alone, because an acceptor
/// chooses one syntax per context and it should be the file's own; and one more with the uncompressed little-endian
/// syntaxes to fall back on.
struct StorageProposal: Equatable {
    /// At most 128 (PS3.8 section 9.3.2.2: odd numbers from 1 to 255).
    private(set) var contexts: [RequestedAssociation.PresentationContext] = []
    /// The files, with their places in the list they came from.
    private(set) var files: [(index: Int, meta: FileMetaInformation)] = []

    /// Divides files among as few associations as their order allows.
    static func batches(_ files: [FileMetaInformation]) -> [StorageProposal] {
        var batches: [StorageProposal] = []
        for (index, file) in files.enumerated() {
            if batches.isEmpty || !batches[batches.count - 1].add(file, at: index) {
                batches.append(StorageProposal())
                _ = batches[batches.count - 1].add(file, at: index)
            }
        }
        return batches
    }

    /// The contexts that may carry a file, the one in its own transfer syntax first.
    func contextIDs(for file: FileMetaInformation) -> [UInt8] {
        Self.offers(for: file).compactMap { offer in
            contexts.first { $0.abstractSyntax == file.sopClassUID && $0.transferSyntaxes == offer }?.id
        }
    }

    /// Takes a file in; returns false, and changes nothing, where its contexts have no room.
    private mutating func add(_ file: FileMetaInformation, at index: Int) -> Bool {
        let missing = Self.offers(for: file).filter { offer in
            !contexts.contains { $0.abstractSyntax == file.sopClassUID && $0.transferSyntaxes == offer }
        }
        guard contexts.count + missing.count <= 128 else { return false }
        for offer in missing {
            contexts.append(
                .init(id: UInt8(2 * contexts.count + 1), abstractSyntax: file.sopClassUID, transferSyntaxes: offer))
        }
        files.append((index, file))
        return true
    }

    /// The transfer syntaxes that a file is offered in, one list for each context.
    private static func offers(for file: FileMetaInformation) -> [[UID]] {
        [[file.transferSyntaxUID], [.explicitVRLittleEndian, .implicitVRLittleEndian]]
    }

    static func == (left: StorageProposal, right: StorageProposal) -> Bool {
        left.contexts == right.contexts && left.files.elementsEqual(right.files) { $0 == $1 }
    }
}
