#include "network_acceptor.hpp"

#include <cstring>

using namespace cdcmtk;
using std::chrono::milliseconds;

/// A request that its callback is answering.
struct cd_exchange {
    const Association &association;
    const T_ASC_PresentationContextID contextID;
    const T_DIMSE_Message &request;
    const int dimseSeconds;
    bool isCancelled = false;
    bool isAnswered = false;
    /// What ended the association; good while it lives.
    OFCondition ending = EC_Normal;

    bool isOpen() const { return goesOn(ending); }
    uint16_t messageID() const;
    /// Takes a message that comes during the exchange; false where the protocol has no place for it.
    bool take(const T_DIMSE_Message &message);
    Line line() {
        return {association, dimseSeconds, [this](const T_DIMSE_Message &message) { return take(message); }};
    }
    int finish(const Outcome &outcome, cd_failure *failure);
};

namespace {

/// What the commands have in common, as DCMTK keeps it in as many places.
struct Command {
    uint16_t messageID = 0, type = 0;
    const char *sopClass = "", *sopInstance = "";
    T_DIMSE_DataSetType dataSet = DIMSE_DATASET_NULL;

    explicit Command(const T_DIMSE_Message &message) {
        switch (message.CommandField) {
            case DIMSE_C_FIND_RQ: common(message.msg.CFindRQ); break;
            case DIMSE_C_GET_RQ: common(message.msg.CGetRQ); break;
            case DIMSE_C_MOVE_RQ: common(message.msg.CMoveRQ); break;
            case DIMSE_N_EVENT_REPORT_RQ:
                common(message.msg.NEventReportRQ);
                sopInstance = message.msg.NEventReportRQ.AffectedSOPInstanceUID;
                type = message.msg.NEventReportRQ.EventTypeID;
                break;
            default:
                type = message.msg.NActionRQ.ActionTypeID;
                messageID = message.msg.NActionRQ.MessageID;
                sopClass = message.msg.NActionRQ.RequestedSOPClassUID;
                sopInstance = message.msg.NActionRQ.RequestedSOPInstanceUID;
                dataSet = message.msg.NActionRQ.DataSetType;
        }
    }

private:
    template <typename Request> void common(const Request &request) {
        messageID = request.MessageID;
        sopClass = request.AffectedSOPClassUID;
        dataSet = request.DataSetType;
    }
};

}  // namespace

bool Acceptor::exchange(T_DIMSE_Message &message, T_ASC_PresentationContextID contextID) {
    T_ASC_PresentationContext context;
    const OFCondition known = ASC_findAcceptedPresentationContext(association_.parameters(), contextID, &context);
    if (known.bad()) return ended(known);
    const Command command(message);
    BytesConsumer identifier(service_.maximumIdentifierBytes);
    if (command.dataSet != DIMSE_DATASET_NULL) {
        const OFCondition received = identifier.receive(association_, service_.dimseSeconds);
        if (received.bad()) return ended(received);
    }
    if (service_.serviceClasses.count(context.abstractSyntax) == 0) return ended(DIMSE_BADCOMMANDTYPE);
    const bool moves = message.CommandField == DIMSE_C_MOVE_RQ;
    const cd_dimse_request request{static_cast<uint16_t>(message.CommandField),
                                   command.messageID,
                                   context.abstractSyntax,
                                   context.acceptedTransferSyntax,
                                   command.sopClass,
                                   command.sopInstance,
                                   command.type,
                                   moves ? message.msg.CMoveRQ.MoveDestination : "",
                                   identifier.bytes().data(),
                                   identifier.bytes().size(),
                                   identifier.isTooLong()};
    cd_exchange exchange{association_, contextID, message, service_.dimseSeconds};
    service_.callbacks.request(service_.callbacks.context, &identity_, &request, &exchange);
    if (!exchange.isOpen()) return ended(exchange.ending);
    return exchange.isAnswered || ended(DIMSE_BADCOMMANDTYPE);
}

// MARK: - Cancelling

uint16_t cd_exchange::messageID() const { return Command(request).messageID; }

bool cd_exchange::take(const T_DIMSE_Message &message) {
    if (message.CommandField != DIMSE_C_CANCEL_RQ) return false;
    // One that names another request comes too late for it.
    if (message.msg.CCancelRQ.MessageIDBeingRespondedTo == messageID()) isCancelled = true;
    return true;
}

cd_exchange_state cd_exchange_check(cd_exchange *exchange) {
    while (exchange->isOpen() && !exchange->isCancelled && exchange->association.arrives(milliseconds(0))) {
        T_ASC_PresentationContextID contextID = 0;
        T_DIMSE_Message message{};
        DcmDataset *detail = nullptr;
        exchange->ending = DIMSE_receiveCommand(exchange->association.get(), DIMSE_NONBLOCKING, exchange->dimseSeconds,
                                                &contextID, &message, &detail);
        delete detail;
        if (exchange->isOpen() && !exchange->take(message)) exchange->ending = DIMSE_BADCOMMANDTYPE;
    }
    if (!exchange->isOpen()) return cd_exchange_ended;
    return exchange->isCancelled ? cd_exchange_cancelled : cd_exchange_open;
}

int cd_exchange_quiet(cd_exchange *exchange, uint32_t limit) {
    return exchange->isOpen() && !exchange->association.arrives(milliseconds(limit)) ? 1 : 0;
}

// MARK: - Answering

namespace {

uint16_t answering(T_DIMSE_Command command) { return static_cast<uint16_t>(command | 0x8000); }

void fill(T_DIMSE_C_FindRSP &out, const Command &command, const cd_dimse_response &response) {
    out.MessageIDBeingRespondedTo = command.messageID;
    out.DimseStatus = response.answer.status;
    out.DataSetType = response.data_set != nullptr ? DIMSE_DATASET_PRESENT : DIMSE_DATASET_NULL;
    out.opts = O_FIND_AFFECTEDSOPCLASSUID;
    OFStandard::strlcpy(out.AffectedSOPClassUID, command.sopClass, sizeof out.AffectedSOPClassUID);
}

/// C-GET-RSP and C-MOVE-RSP have the same members, and the same bits for their presence.
template <typename Response>
void fillRetrieve(Response &out, const Command &command, const cd_dimse_response &response) {
    out.MessageIDBeingRespondedTo = command.messageID;
    out.DimseStatus = response.answer.status;
    out.DataSetType = response.data_set != nullptr ? DIMSE_DATASET_PRESENT : DIMSE_DATASET_NULL;
    out.opts = O_MOVE_AFFECTEDSOPCLASSUID;
    OFStandard::strlcpy(out.AffectedSOPClassUID, command.sopClass, sizeof out.AffectedSOPClassUID);
    if (const cd_sub_operations *numbers = response.sub_operations; numbers != nullptr) {
        out.NumberOfRemainingSubOperations = numbers->remaining;
        out.NumberOfCompletedSubOperations = numbers->completed;
        out.NumberOfFailedSubOperations = numbers->failed;
        out.NumberOfWarningSubOperations = numbers->warning;
        out.opts |= O_MOVE_NUMBEROFCOMPLETEDSUBOPERATIONS | O_MOVE_NUMBEROFFAILEDSUBOPERATIONS |
                    O_MOVE_NUMBEROFWARNINGSUBOPERATIONS;
        if (numbers->has_remaining == 1) out.opts |= O_MOVE_NUMBEROFREMAININGSUBOPERATIONS;
    }
}
static_assert(O_GET_NUMBEROFREMAININGSUBOPERATIONS == O_MOVE_NUMBEROFREMAININGSUBOPERATIONS &&
              O_GET_NUMBEROFCOMPLETEDSUBOPERATIONS == O_MOVE_NUMBEROFCOMPLETEDSUBOPERATIONS &&
              O_GET_NUMBEROFFAILEDSUBOPERATIONS == O_MOVE_NUMBEROFFAILEDSUBOPERATIONS &&
              O_GET_NUMBEROFWARNINGSUBOPERATIONS == O_MOVE_NUMBEROFWARNINGSUBOPERATIONS);

void fill(T_DIMSE_N_ActionRSP &out, const Command &command, const cd_dimse_response &response) {
    out.MessageIDBeingRespondedTo = command.messageID;
    out.DimseStatus = response.answer.status;
    out.ActionTypeID = command.type;
    out.DataSetType = response.data_set != nullptr ? DIMSE_DATASET_PRESENT : DIMSE_DATASET_NULL;
    out.opts = O_NACTION_AFFECTEDSOPCLASSUID | O_NACTION_AFFECTEDSOPINSTANCEUID | O_NACTION_ACTIONTYPEID;
    OFStandard::strlcpy(out.AffectedSOPClassUID, command.sopClass, sizeof out.AffectedSOPClassUID);
    OFStandard::strlcpy(out.AffectedSOPInstanceUID, command.sopInstance, sizeof out.AffectedSOPInstanceUID);
}

}  // namespace

int cd_exchange_respond(cd_exchange *exchange, const cd_dimse_response *response) {
    if (!exchange->isOpen()) return 0;
    const Command command(exchange->request);
    T_DIMSE_Message message{};
    message.CommandField = static_cast<T_DIMSE_Command>(answering(exchange->request.CommandField));
    switch (exchange->request.CommandField) {
        case DIMSE_C_FIND_RQ: fill(message.msg.CFindRSP, command, *response); break;
        case DIMSE_C_GET_RQ: fillRetrieve(message.msg.CGetRSP, command, *response); break;
        case DIMSE_C_MOVE_RQ: fillRetrieve(message.msg.CMoveRSP, command, *response); break;
        case DIMSE_N_EVENT_REPORT_RQ:
            message = responseTo(exchange->request.msg.NEventReportRQ, response->answer.status);
            break;
        default: fill(message.msg.NActionRSP, command, *response);
    }
    DcmDataset detail;
    if (response->answer.comment[0] != '\0') detail.putAndInsertString(DCM_ErrorComment, response->answer.comment);
    exchange->ending = DIMSE_sendMessageUsingMemoryData(
        exchange->association.get(), exchange->contextID, &message, detail.isEmpty() ? nullptr : &detail,
        response->data_set != nullptr ? &dataset(*response->data_set) : nullptr, nullptr, nullptr);
    if (!DICOM_PENDING_STATUS(response->answer.status)) exchange->isAnswered = true;
    return exchange->isOpen() ? 1 : 0;
}

// MARK: - Sub-operations and events

namespace {

/// The context to send an instance in: one of its own transfer syntax, or one that it can be converted to.
uint8_t contextFor(const Association &association, const cd_store_request &store, T_ASC_PresentationContext &chosen) {
    uint8_t found = 0;
    T_ASC_Parameters *parameters = association.parameters();
    for (int i = 0; i < ASC_countPresentationContexts(parameters); ++i) {
        T_ASC_PresentationContext context;
        if (ASC_getPresentationContext(parameters, i, &context).bad() || context.resultReason != ASC_P_ACCEPTANCE ||
            std::strcmp(context.abstractSyntax, store.sop_class_uid) != 0 ||
            (context.acceptedRole != ASC_SC_ROLE_SCP && context.acceptedRole != ASC_SC_ROLE_SCUSCP))
            continue;
        const bool isOwn = std::strcmp(context.acceptedTransferSyntax, store.transfer_syntax_uid) == 0;
        if (isOwn || (found == 0 && !DcmXfer(context.acceptedTransferSyntax).isEncapsulated())) {
            found = context.presentationContextID;
            chosen = context;
        }
        if (isOwn) break;
    }
    return found;
}

}  // namespace

int cd_exchange::finish(const Outcome &outcome, cd_failure *failure) {
    if (outcome.local.empty()) ending = outcome.condition;
    return outcome.keep(association, failure);
}

const char *cd_exchange_transfer_syntax(cd_exchange *exchange, const cd_store_request *store) {
    T_ASC_PresentationContext context;
    if (contextFor(exchange->association, *store, context) == 0) return nullptr;
    return DcmXfer(context.acceptedTransferSyntax).getXferID();
}

int cd_exchange_store(cd_exchange *exchange, const cd_store_request *store, const char *path, uint64_t offset,
                      cd_answer *answer, cd_failure *failure) {
    if (!exchange->isOpen()) return keepFailure(exchange->ending, exchange->association, failure);
    T_ASC_PresentationContext context;
    const uint8_t contextID = contextFor(exchange->association, *store, context);
    if (contextID == 0) return failLocally(failure, "the peer accepts no presentation context as SCP of its class");
    return exchange->finish(storeFile(exchange->line(), contextID, context.acceptedTransferSyntax, *store, path,
                                      offset, *answer),
                            failure);
}

int cd_exchange_report(cd_exchange *exchange, const cd_normalized *event, uint16_t *status, cd_failure *failure) {
    if (!exchange->isOpen()) return keepFailure(exchange->ending, exchange->association, failure);
    return exchange->finish(reportEvent(exchange->line(), exchange->contextID, *event, *status), failure);
}
