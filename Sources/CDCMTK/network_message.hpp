/// DIMSE messages that both requestors and acceptors send; never seen from Swift.
#pragma once
#include "cd_exchange.h"
#include "network.hpp"

#include <dcmtk/dcmdata/dcostrma.h>

#include <functional>

namespace cdcmtk {

/// Keeps why an association failed; always 0.
int keepFailure(const OFCondition &condition, const Association &association, cd_failure *failure);
/// Keeps a failure after which the association is as before; always 0.
int failLocally(cd_failure *failure, const std::string &text);

/// Whether a condition leaves the association usable: a peer's wish to release is no error to DCMTK.
bool goesOn(const OFCondition &condition);

/// Takes a data set's bytes in memory, as many as `limit`; to DCMTK it never fails, and swallows the rest.
class BytesConsumer : public DcmConsumer {
public:
    explicit BytesConsumer(size_t limit) : limit_(limit) {}
    /// Receives the data set that follows a command.
    OFCondition receive(const Association &association, int seconds);
    const std::vector<uint8_t> &bytes() const { return bytes_; }
    bool isTooLong() const { return isTooLong_; }

    OFBool good() const override { return OFTrue; }
    OFCondition status() const override { return EC_Normal; }
    OFBool isFlushed() const override { return OFTrue; }
    offile_off_t avail() const override { return 1 << 30; }
    offile_off_t write(const void *bytes, offile_off_t count) override;
    void flush() override {}

private:
    size_t limit_;
    std::vector<uint8_t> bytes_;
    bool isTooLong_ = false;
};

/// An open association as seen by who sends requests on it.
struct Line {
    const Association &association;
    int dimseSeconds;
    /// Takes a message that comes in place of a response; false ends the association.
    std::function<bool(const T_DIMSE_Message &)> interruption = [](const T_DIMSE_Message &) { return false; };
};

/// What came of a request. `local` is not empty where nothing was sent.
struct Outcome {
    OFCondition condition = EC_Normal;
    std::string local;

    /// 1, or 0 with the failure kept.
    int keep(const Association &association, cd_failure *failure) const;
};

/// Sends a Part 10 file whose data set begins at `offset` and is in the transfer syntax `accepted`.
Outcome storeFile(const Line &line, uint8_t contextID, const char *accepted, const cd_store_request &store,
                  const char *path, uint64_t offset, cd_answer &answer);

/// Waits for a response; what else comes first goes to the line's owner. `detail` may hold an Error Comment.
OFCondition receiveResponse(const Line &line, T_DIMSE_Command expected, T_DIMSE_Message &message,
                            std::unique_ptr<DcmDataset> &detail);

/// Sends an N-EVENT-REPORT-RQ and takes the response's status.
Outcome reportEvent(const Line &line, uint8_t contextID, const cd_normalized &event, uint16_t &status);
/// Sends an N-ACTION-RQ and takes the response's status.
Outcome requestAction(const Line &line, uint8_t contextID, const cd_normalized &action, uint16_t &status);
/// What answers a report of an event.
T_DIMSE_Message responseTo(const T_DIMSE_N_EventReportRQ &request, uint16_t status);

}  // namespace cdcmtk
