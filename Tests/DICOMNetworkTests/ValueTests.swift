import DICOM
import DICOMNetwork
import Testing

@Suite struct ValueTests {
    @Test func titlesAreTrimmedAndChecked() {
        #expect(AETitle("UPTAKE")?.description == "UPTAKE")
        #expect(AETitle("  PET CT 1   ")?.description == "PET CT 1")
        #expect(AETitle("SIXTEENCHARACTER") != nil)
        #expect(AETitle("  SIXTEENCHARACTER ") == AETitle("SIXTEENCHARACTER"))
        for text in ["", "   ", "SEVENTEENCHARACTE", "A\\B", "TÄTEL", "TAB\t", "NUL\0"] {
            #expect(AETitle(text) == nil, "\(text)")
        }
    }

    @Test func statusesHaveTheStandardsCategories() {
        let expected: [(UInt16, DIMSEStatus.Category)] = [
            (0x0000, .success), (0x0107, .warning), (0xB000, .warning), (0xB006, .warning), (0xB007, .warning),
            (0x0110, .failure), (0x0122, .failure), (0xA700, .failure), (0xA7FF, .failure), (0xA900, .failure),
            (0xC123, .failure), (0xFE00, .cancel), (0xFF00, .pending), (0xFF01, .pending),
        ]
        for (code, category) in expected {
            #expect(DIMSEStatus(rawValue: code).category == category, "\(code)")
        }
        #expect(DIMSEStatus.outOfResources.description == "0xA700 (Refused: out of resources)")
        #expect(DIMSEStatus(rawValue: 0x0199).description == "0x0199")
        #expect(DIMSEStatus.success.isAccepted && DIMSEStatus.elementsDiscarded.isAccepted)
        #expect(!DIMSEStatus.processingFailure.isAccepted)
    }

    @Test func errorsSayWhatToDo() {
        let peer = Peer(host: "pacs", port: 104, calledAETitle: ourTitle, callingAETitle: scannerTitle)
        #expect(
            NetworkError.rejected(peer, .callingAETitleNotRecognized).description
                == "UPTAKE at pacs:104 rejected permanently by the service user: calling AE title not recognized; "
                + "have SCANNER registered there")
        #expect(!NetworkError.rejected(peer, .calledAETitleNotRecognized).isTransient)
        #expect(NetworkError.rejected(peer, .localLimitExceeded).isTransient)
        #expect(NetworkError.timedOut(peer).isTransient)
    }
}
