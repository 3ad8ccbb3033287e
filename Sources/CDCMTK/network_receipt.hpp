/// Taking what comes by C-STORE, on associations of either kind; never seen from Swift.
#pragma once
#include "network_instance.hpp"

#include <functional>

namespace cdcmtk {

/// Who takes data sets.
struct Taker {
    /// Whether the presentation context is one for storage; else all is refused.
    bool isStorage;
    /// Names a file that does not exist yet; an answer other than 0000 refuses the data set unwritten.
    std::function<void(const cd_store_request &, char *path, size_t capacity, cd_answer &)> prepare;
    /// Not called for a data set that was refused or did not come whole; of those nothing is left on disk.
    std::function<void(const cd_store_request &, const cd_received &, cd_answer &)> store;
};

/// What the file meta information says of the transfer.
struct Origin {
    const char *implementationClassUID, *implementationVersionName, *sourceAETitle;
};

/// Receives the data set of a C-STORE-RQ and answers it.
OFCondition takeInstance(const Association &association, int seconds, const T_DIMSE_C_StoreRQ &request,
                         const T_ASC_PresentationContext &context, const Origin &origin, WriteBuffer &buffer,
                         const Taker &taker);

}  // namespace cdcmtk
