#include "cd_request.h"
#include "network_receipt.hpp"
#include "network_requestor.hpp"

#include <cstring>

using namespace cdcmtk;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// How often a request that waits asks whether it is still wanted.
constexpr milliseconds glance{200};

/// A C-FIND, C-MOVE or C-GET that has been sent, until its last response.
class Query {
public:
    Query(cd_association &association, const cd_query &query, const cd_query_callbacks &callbacks)
        : association_(association), query_(query), callbacks_(callbacks) {}

    OFCondition run() {
        OFCondition condition = send();
        while (goesOn(condition) && !isOver_) {
            condition = await();
            if (condition.good()) condition = take();
        }
        return condition;
    }

private:
    OFCondition send();
    OFCondition await();
    OFCondition take();
    OFCondition takeResponse(const T_DIMSE_Message &message, DcmDataset *detail);
    OFCondition takeStore(const T_DIMSE_C_StoreRQ &request, T_ASC_PresentationContextID contextID);
    T_ASC_Association *dcmtk() const { return association_.association.get(); }

    cd_association &association_;
    const cd_query &query_;
    const cd_query_callbacks &callbacks_;
    WriteBuffer buffer_;
    uint16_t messageID_ = 0;
    bool isCancelled_ = false, isOver_ = false;
    /// When a cancelled one has to be over.
    Clock::time_point end_;
};

template <typename Request> void fill(Request &request, uint16_t messageID, const char *sopClass) {
    request.MessageID = messageID;
    request.Priority = DIMSE_PRIORITY_MEDIUM;
    request.DataSetType = DIMSE_DATASET_PRESENT;
    OFStandard::strlcpy(request.AffectedSOPClassUID, sopClass, sizeof request.AffectedSOPClassUID);
}

OFCondition Query::send() {
    messageID_ = dcmtk()->nextMsgID++;
    T_DIMSE_Message message{};
    message.CommandField = static_cast<T_DIMSE_Command>(query_.command_field);
    switch (query_.command_field) {
        case DIMSE_C_FIND_RQ: fill(message.msg.CFindRQ, messageID_, query_.sop_class_uid); break;
        case DIMSE_C_GET_RQ: fill(message.msg.CGetRQ, messageID_, query_.sop_class_uid); break;
        default: {
            T_DIMSE_C_MoveRQ &request = message.msg.CMoveRQ;
            fill(request, messageID_, query_.sop_class_uid);
            OFStandard::strlcpy(request.MoveDestination, query_.move_destination, sizeof request.MoveDestination);
        }
    }
    return DIMSE_sendMessageUsingMemoryData(dcmtk(), query_.context_id, &message, nullptr,
                                            &dataset(*query_.identifier), nullptr, nullptr);
}

/// Waits until something has arrived, and cancels the request once it is no longer wanted.
OFCondition Query::await() {
    auto limit = Clock::now() + seconds(association_.dimseSeconds);
    for (;;) {
        if (!isCancelled_ && callbacks_.goes_on(callbacks_.context) != 1) {
            isCancelled_ = true;
            end_ = Clock::now() + seconds(association_.dimseSeconds);
            const OFCondition sent = DIMSE_sendCancelRequest(dcmtk(), query_.context_id, messageID_);
            if (sent.bad()) return sent;
        }
        // A cancelled one may still say much, but not for ever.
        if (isCancelled_) limit = std::min(limit, end_);
        const auto left = std::chrono::duration_cast<milliseconds>(limit - Clock::now());
        if (left <= milliseconds(0)) return DIMSE_NODATAAVAILABLE;
        if (association_.association.arrives(std::min(left, glance))) return EC_Normal;
    }
}

OFCondition Query::take() {
    T_ASC_PresentationContextID contextID = 0;
    T_DIMSE_Message message{};
    DcmDataset *found = nullptr;
    const OFCondition condition = DIMSE_receiveCommand(dcmtk(), DIMSE_NONBLOCKING, association_.dimseSeconds,
                                                       &contextID, &message, &found);
    const std::unique_ptr<DcmDataset> detail(found);
    if (!goesOn(condition)) return condition;
    if (message.CommandField == DIMSE_C_STORE_RQ && query_.command_field == DIMSE_C_GET_RQ)
        return takeStore(message.msg.CStoreRQ, contextID);
    if (message.CommandField == (query_.command_field | 0x8000)) return takeResponse(message, detail.get());
    return makeDcmnetCondition(DIMSEC_UNEXPECTEDRESPONSE, OF_error, "not a response to the query");
}

/// What the responses of Query/Retrieve have in common; C-GET-RSP and C-MOVE-RSP have more.
struct Response {
    uint16_t messageID, status;
    T_DIMSE_DataSetType dataSet;
    cd_sub_operations numbers{};

    explicit Response(const T_DIMSE_C_FindRSP &rsp)
        : messageID(rsp.MessageIDBeingRespondedTo), status(rsp.DimseStatus), dataSet(rsp.DataSetType) {}
    template <typename Retrieve> explicit Response(const Retrieve &rsp)
        : messageID(rsp.MessageIDBeingRespondedTo), status(rsp.DimseStatus), dataSet(rsp.DataSetType),
          numbers{rsp.NumberOfRemainingSubOperations, rsp.NumberOfCompletedSubOperations,
                  rsp.NumberOfFailedSubOperations, rsp.NumberOfWarningSubOperations,
                  (rsp.opts & O_MOVE_NUMBEROFREMAININGSUBOPERATIONS) != 0} {}

    static Response of(const T_DIMSE_Message &message) {
        switch (message.CommandField) {
            case DIMSE_C_FIND_RSP: return Response(message.msg.CFindRSP);
            case DIMSE_C_GET_RSP: return Response(message.msg.CGetRSP);
            default: return Response(message.msg.CMoveRSP);
        }
    }
};

OFCondition Query::takeResponse(const T_DIMSE_Message &message, DcmDataset *detail) {
    const Response response = Response::of(message);
    if (response.messageID != messageID_)
        return makeDcmnetCondition(DIMSEC_UNEXPECTEDRESPONSE, OF_error, "not the response to the query");
    BytesConsumer identifier(query_.maximum_identifier_bytes);
    if (response.dataSet != DIMSE_DATASET_NULL) {
        const OFCondition received = identifier.receive(association_.association, association_.dimseSeconds);
        if (received.bad()) return received;
    }
    cd_query_response told{};
    OFString comment;
    if (detail != nullptr) (void)detail->findAndGetOFString(DCM_ErrorComment, comment);
    setAnswer(told.answer, response.status, comment.c_str());
    told.sub_operations = response.numbers;
    told.bytes = identifier.bytes().data();
    told.length = identifier.bytes().size();
    told.is_too_long = identifier.isTooLong() ? 1 : 0;
    told.transfer_syntax_uid = cd_association_transfer_syntax(&association_, query_.context_id);
    callbacks_.response(callbacks_.context, &told);
    isOver_ = !DICOM_PENDING_STATUS(response.status);
    return EC_Normal;
}

OFCondition Query::takeStore(const T_DIMSE_C_StoreRQ &request, T_ASC_PresentationContextID contextID) {
    T_ASC_PresentationContext context;
    const OFCondition known =
        ASC_findAcceptedPresentationContext(association_.association.parameters(), contextID, &context);
    if (known.bad()) return known;
    const Taker taker{
        contextID != query_.context_id,  // every other one was proposed for storage
        [this](const cd_store_request &store, char *path, size_t capacity, cd_answer &answer) {
            callbacks_.prepare(callbacks_.context, &store, path, capacity, &answer);
        },
        [this](const cd_store_request &store, const cd_received &received, cd_answer &answer) {
            callbacks_.store(callbacks_.context, &store, &received, &answer);
        }};
    const Origin origin{association_.implementationClassUID.c_str(), association_.implementationVersionName.c_str(),
                        association_.calledAETitle.c_str()};
    return takeInstance(association_.association, association_.dimseSeconds, request, context, origin, buffer_, taker);
}

}  // namespace

int cd_association_query(cd_association *association, const cd_query *query, const cd_query_callbacks *callbacks,
                         cd_failure *failure) {
    if (cd_association_transfer_syntax(association, query->context_id) == nullptr)
        return failLocally(failure, "presentation context was not accepted");
    const OFCondition condition = Query(*association, *query, *callbacks).run();
    if (goesOn(condition)) return 1;
    keepFailure(condition, association->association, failure);
    if (condition == DIMSE_NODATAAVAILABLE) failure->kind = cd_failure_timed_out;
    return 0;
}
