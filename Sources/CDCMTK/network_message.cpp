#include "network_message.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

using namespace cdcmtk;

namespace {

cd_failure_kind kindOf(const OFCondition &condition, const Fate &fate) {
    if (condition == DUL_ASSOCIATIONREJECTED) return cd_failure_rejected;
    if (fate.trouble != cd_tls_trouble_none) return cd_failure_insecure;
    if (condition.module() == OFM_dcmnet &&
        (condition.code() == DULC_TCPINITERROR || condition.code() == DULC_UNKNOWNHOST))
        return cd_failure_unreachable;
    if (fate.timedOut) return cd_failure_timed_out;
    if (condition == DUL_PEERABORTEDASSOCIATION && !fate.closed) return cd_failure_aborted;
    return cd_failure_lost;
}

}  // namespace

int cdcmtk::keepFailure(const OFCondition &condition, const Association &association, cd_failure *failure) {
    failure->kind = kindOf(condition, association.fate());
    keep(condition, &failure->error);
    if (!association.fate().refusal.empty()) fail(&failure->error, association.fate().refusal.c_str());
    if (failure->kind == cd_failure_insecure) {
        failure->trouble = association.fate().trouble;
        fail(&failure->error, association.fate().troubleText.c_str());
    }
    return 0;
}

int cdcmtk::failLocally(cd_failure *failure, const std::string &text) {
    failure->kind = cd_failure_local;
    return fail(&failure->error, text.c_str());
}

bool cdcmtk::goesOn(const OFCondition &condition) {
    return condition.good() && condition != DUL_PEERREQUESTEDRELEASE;
}

int Outcome::keep(const Association &association, cd_failure *failure) const {
    if (!local.empty()) return failLocally(failure, local);
    return goesOn(condition) ? 1 : keepFailure(condition, association, failure);
}

// MARK: - Data sets in memory

namespace {

class BytesStream : public DcmOutputStream {
public:
    explicit BytesStream(BytesConsumer &consumer) : DcmOutputStream(&consumer) {}
};

}  // namespace

OFCondition BytesConsumer::receive(const Association &association, int seconds) {
    BytesStream stream(*this);
    T_ASC_PresentationContextID contextID = 0;
    return DIMSE_receiveDataSetInFile(association.get(), DIMSE_NONBLOCKING, seconds, &contextID, &stream, nullptr,
                                      nullptr);
}

offile_off_t BytesConsumer::write(const void *bytes, offile_off_t count) {
    const auto *first = static_cast<const uint8_t *>(bytes);
    if (isTooLong_ || static_cast<size_t>(count) > limit_ - bytes_.size()) {
        isTooLong_ = true;
        bytes_ = {};
    } else {
        bytes_.insert(bytes_.end(), first, first + count);
    }
    return count;
}

// MARK: - Responses

OFCondition cdcmtk::receiveResponse(const Line &line, T_DIMSE_Command expected, T_DIMSE_Message &message,
                                    std::unique_ptr<DcmDataset> &detail) {
    for (;;) {
        T_ASC_PresentationContextID contextID = 0;
        DcmDataset *found = nullptr;
        message = {};
        const OFCondition condition = DIMSE_receiveCommand(line.association.get(), DIMSE_NONBLOCKING,
                                                           line.dimseSeconds, &contextID, &message, &found);
        detail.reset(found);
        if (!goesOn(condition) || message.CommandField == expected) return condition;
        if (!line.interruption(message))
            return makeDcmnetCondition(DIMSEC_UNEXPECTEDRESPONSE, OF_error, "not the response to the request");
    }
}

namespace {

OFCondition receiveStoreResponse(const Line &line, uint16_t messageID, cd_answer &answer) {
    T_DIMSE_Message message{};
    std::unique_ptr<DcmDataset> detail;
    const OFCondition condition = receiveResponse(line, DIMSE_C_STORE_RSP, message, detail);
    if (!goesOn(condition)) return condition;
    if (message.msg.CStoreRSP.MessageIDBeingRespondedTo != messageID)
        return makeDcmnetCondition(DIMSEC_UNEXPECTEDRESPONSE, OF_error, "not the response to the C-STORE request");
    OFString comment;
    if (detail) (void)detail->findAndGetOFString(DCM_ErrorComment, comment);
    setAnswer(answer, message.msg.CStoreRSP.DimseStatus, comment.c_str());
    return EC_Normal;
}

}  // namespace

// MARK: - C-STORE

namespace {

/// A C-STORE-RQ command set (PS3.7 section 9.3.1.1), encoded as all command sets in Implicit VR Little Endian.
std::string storeCommand(uint16_t messageID, const cd_store_request &store) {
    std::string out;
    const auto number = [](uint32_t value, int bytes) {
        std::string text;
        for (int shift = 0; shift < 8 * bytes; shift += 8) text.push_back(static_cast<char>(value >> shift & 0xff));
        return text;
    };
    const auto put = [&](uint16_t element, std::string value, char padding = '\0') {
        if (value.size() % 2 != 0) value.push_back(padding);
        out += number(0, 2) + number(element, 2) + number(static_cast<uint32_t>(value.size()), 4) + value;
    };
    put(0x0002, store.sop_class_uid);
    put(0x0100, number(DIMSE_C_STORE_RQ, 2));
    put(0x0110, number(messageID, 2));
    put(0x0700, number(DIMSE_PRIORITY_MEDIUM, 2));
    put(0x0800, number(DIMSE_DATASET_PRESENT, 2));
    put(0x1000, store.sop_instance_uid);
    if (store.move_originator_ae_title != nullptr) {
        put(0x1030, store.move_originator_ae_title, ' ');
        put(0x1031, number(store.move_originator_message_id, 2));
    }
    const std::string group = out;
    out.clear();
    put(0x0000, number(static_cast<uint32_t>(group.size()), 4));
    return out + group;
}

OFCondition writeFragment(T_ASC_Association *association, uint8_t contextID, DUL_DATAPDV type, void *bytes,
                          size_t count, bool last) {
    DUL_PDV fragment{};
    fragment.fragmentLength = static_cast<unsigned long>(count);
    fragment.presentationContextID = contextID;
    fragment.pdvType = type;
    fragment.lastPDV = last;
    fragment.data = bytes;
    DUL_PDVLIST list{};
    list.count = 1;
    list.pdv = &fragment;
    return DUL_WritePDVs(&association->DULassociation, &list);
}

/// Sends `left` bytes of a file as they stand.
OFCondition sendBytes(T_ASC_Association *association, uint8_t contextID, int file, uint64_t left) {
    while (left > 0) {
        const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left, association->sendPDVLength));
        size_t got = 0;
        while (got < wanted) {
            const ssize_t part = ::read(file, association->sendPDVBuffer + got, wanted - got);
            if (part < 0 && errno == EINTR) continue;
            // The message has begun, so that only an abort can end it.
            if (part <= 0) return makeDcmnetCondition(DIMSEC_SENDFAILED, OF_error, "file cannot be read to its end");
            got += static_cast<size_t>(part);
        }
        left -= wanted;
        const OFCondition sent =
            writeFragment(association, contextID, DUL_DATASETPDV, association->sendPDVBuffer, wanted, left == 0);
        if (sent.bad()) return sent;
    }
    return EC_Normal;
}

Outcome sendAsItIs(const Line &line, uint8_t contextID, const cd_store_request &store, const char *path,
                   uint64_t offset, cd_answer &answer) {
    const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    struct stat about {};
    if (!file || fstat(file.get(), &about) != 0 ||
        lseek(file.get(), static_cast<off_t>(offset), SEEK_SET) != static_cast<off_t>(offset))
        return {EC_Normal, std::generic_category().message(errno)};
    const uint64_t size = static_cast<uint64_t>(about.st_size);
    if (size <= offset || (size - offset) % 2 != 0) return {EC_Normal, "data set is empty or of odd length"};
    T_ASC_Association *dcmtk = line.association.get();
    const uint16_t messageID = dcmtk->nextMsgID++;
    std::string command = storeCommand(messageID, store);
    OFCondition condition =
        writeFragment(dcmtk, contextID, DUL_COMMANDPDV, command.data(), command.size(), true);
    if (condition.good()) condition = sendBytes(dcmtk, contextID, file.get(), size - offset);
    if (condition.good()) condition = receiveStoreResponse(line, messageID, answer);
    return {condition, ""};
}

}  // namespace

Outcome cdcmtk::storeFile(const Line &line, uint8_t contextID, const char *accepted, const cd_store_request &store,
                          const char *path, uint64_t offset, cd_answer &answer) {
    // A peer's data set is parsed, and so converted, in no process that listens.
    if (std::strcmp(accepted, store.transfer_syntax_uid) != 0)
        return {EC_Normal, "the peer takes it in another transfer syntax"};
    return sendAsItIs(line, contextID, store, path, offset, answer);
}

// MARK: - N-EVENT-REPORT and N-ACTION

namespace {

/// The commands, of which a message is one.
using Body = decltype(T_DIMSE_Message::msg);

/// Sends a request of the normalized services with its data set, and takes the response.
template <typename Response>
Outcome converse(const Line &line, uint8_t contextID, T_DIMSE_Message &message, uint16_t messageID,
                 const cd_normalized &content, T_DIMSE_Command expected, Response Body::*member,
                 uint16_t &status) {
    OFCondition condition = DIMSE_sendMessageUsingMemoryData(line.association.get(), contextID, &message, nullptr,
                                                             &dataset(*content.data_set), nullptr, nullptr);
    if (condition.bad()) return {condition, ""};
    T_DIMSE_Message response{};
    std::unique_ptr<DcmDataset> detail;
    condition = receiveResponse(line, expected, response, detail);
    if (!goesOn(condition)) return {condition, ""};
    const Response &answer = response.msg.*member;
    if (answer.MessageIDBeingRespondedTo != messageID)
        return {makeDcmnetCondition(DIMSEC_UNEXPECTEDRESPONSE, OF_error, "not the response to the request"), ""};
    status = answer.DimseStatus;
    // A reply is not defined for any event or action of ours; one that comes all the same has to be read.
    if (answer.DataSetType != DIMSE_DATASET_NULL)
        condition = BytesConsumer(0).receive(line.association, line.dimseSeconds);
    return {condition, ""};
}

}  // namespace

Outcome cdcmtk::reportEvent(const Line &line, uint8_t contextID, const cd_normalized &event, uint16_t &status) {
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_N_EVENT_REPORT_RQ;
    T_DIMSE_N_EventReportRQ &request = message.msg.NEventReportRQ;
    request.MessageID = line.association.get()->nextMsgID++;
    request.EventTypeID = event.type;
    request.DataSetType = DIMSE_DATASET_PRESENT;
    OFStandard::strlcpy(request.AffectedSOPClassUID, event.sop_class_uid, sizeof request.AffectedSOPClassUID);
    OFStandard::strlcpy(request.AffectedSOPInstanceUID, event.sop_instance_uid, sizeof request.AffectedSOPInstanceUID);
    return converse(line, contextID, message, request.MessageID, event, DIMSE_N_EVENT_REPORT_RSP,
                    &Body::NEventReportRSP, status);
}

Outcome cdcmtk::requestAction(const Line &line, uint8_t contextID, const cd_normalized &action, uint16_t &status) {
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_N_ACTION_RQ;
    T_DIMSE_N_ActionRQ &request = message.msg.NActionRQ;
    request.MessageID = line.association.get()->nextMsgID++;
    request.ActionTypeID = action.type;
    request.DataSetType = DIMSE_DATASET_PRESENT;
    OFStandard::strlcpy(request.RequestedSOPClassUID, action.sop_class_uid, sizeof request.RequestedSOPClassUID);
    OFStandard::strlcpy(request.RequestedSOPInstanceUID, action.sop_instance_uid,
                        sizeof request.RequestedSOPInstanceUID);
    return converse(line, contextID, message, request.MessageID, action, DIMSE_N_ACTION_RSP,
                    &Body::NActionRSP, status);
}

T_DIMSE_Message cdcmtk::responseTo(const T_DIMSE_N_EventReportRQ &request, uint16_t status) {
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_N_EVENT_REPORT_RSP;
    T_DIMSE_N_EventReportRSP &out = message.msg.NEventReportRSP;
    out.MessageIDBeingRespondedTo = request.MessageID;
    out.DimseStatus = status;
    out.DataSetType = DIMSE_DATASET_NULL;
    out.EventTypeID = request.EventTypeID;
    out.opts = O_NEVENTREPORT_AFFECTEDSOPCLASSUID | O_NEVENTREPORT_AFFECTEDSOPINSTANCEUID | O_NEVENTREPORT_EVENTTYPEID;
    OFStandard::strlcpy(out.AffectedSOPClassUID, request.AffectedSOPClassUID, sizeof out.AffectedSOPClassUID);
    OFStandard::strlcpy(out.AffectedSOPInstanceUID, request.AffectedSOPInstanceUID, sizeof out.AffectedSOPInstanceUID);
    return message;
}
