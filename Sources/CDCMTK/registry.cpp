#include "cd_registry.h"
#include "network.hpp"

using namespace cdcmtk;

namespace {

/// The transfer syntaxes that are carried, in DCMTK's order.
const std::vector<DcmXfer> &carriedSyntaxes() {
    static const std::vector<DcmXfer> carried = [] {
        std::vector<DcmXfer> found;
        for (int syntax = 0; DcmXfer(static_cast<E_TransferSyntax>(syntax)).getXfer() != EXS_Unknown; ++syntax) {
            const DcmXfer known(static_cast<E_TransferSyntax>(syntax));
            if (carries(known.getXferID())) found.push_back(known);
        }
        return found;
    }();
    return carried;
}

}  // namespace

const char *cd_storage_class(size_t index) {
    return index < static_cast<size_t>(numberOfDcmAllStorageSOPClassUIDs) ? dcmAllStorageSOPClassUIDs[index] : nullptr;
}

const char *cd_transfer_syntax(size_t index, const char **name) {
    if (index >= carriedSyntaxes().size()) return nullptr;
    *name = carriedSyntaxes()[index].getXferName();
    return carriedSyntaxes()[index].getXferID();
}

int cd_carries_identifiers(const char *transfer_syntax_uid) {
    switch (DcmXfer(transfer_syntax_uid).getXfer()) {
        case EXS_LittleEndianExplicit:
        case EXS_LittleEndianImplicit:
        case EXS_BigEndianExplicit: return 1;
        default: return 0;
    }
}

const char *cd_uid_name(const char *uid) { return dcmFindNameOfUID(uid, nullptr); }

uint32_t cd_maximum_pdu(void) { return ASC_MAXIMUMPDUSIZE; }
