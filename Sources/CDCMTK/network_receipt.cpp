#include "network_receipt.hpp"

#include <climits>

using namespace cdcmtk;

namespace {

OFCondition respond(const Association &association, const T_DIMSE_C_StoreRQ &request,
                    T_ASC_PresentationContextID contextID, const cd_answer &answer) {
    T_DIMSE_C_StoreRSP response{};
    response.MessageIDBeingRespondedTo = request.MessageID;
    response.DimseStatus = answer.status;
    response.DataSetType = DIMSE_DATASET_NULL;
    OFStandard::strlcpy(response.AffectedSOPClassUID, request.AffectedSOPClassUID,
                        sizeof response.AffectedSOPClassUID);
    OFStandard::strlcpy(response.AffectedSOPInstanceUID, request.AffectedSOPInstanceUID,
                        sizeof response.AffectedSOPInstanceUID);
    response.opts = O_STORE_AFFECTEDSOPCLASSUID | O_STORE_AFFECTEDSOPINSTANCEUID;
    if (request.opts & O_STORE_RQ_BLANK_PADDING) response.opts |= O_STORE_RSP_BLANK_PADDING;
    DcmDataset detail;
    if (answer.comment[0] != '\0') detail.putAndInsertString(DCM_ErrorComment, answer.comment);
    return DIMSE_sendStoreResponse(association.get(), contextID, &request, &response,
                                   detail.isEmpty() ? nullptr : &detail);
}

}  // namespace

OFCondition cdcmtk::takeInstance(const Association &association, int seconds, const T_DIMSE_C_StoreRQ &request,
                                 const T_ASC_PresentationContext &context, const Origin &origin, WriteBuffer &buffer,
                                 const Taker &taker) {
    const cd_store_request store{request.AffectedSOPClassUID, request.AffectedSOPInstanceUID,
                                 context.acceptedTransferSyntax,
                                 request.opts & O_STORE_MOVEORIGINATORAETITLE
                                     ? request.MoveOriginatorApplicationEntityTitle : nullptr,
                                 request.opts & O_STORE_MOVEORIGINATORID ? request.MoveOriginatorID : uint16_t{0}};
    InstanceConsumer consumer(buffer);
    InstanceStream stream(consumer);
    cd_answer answer{};
    char path[PATH_MAX] = "";
    if (!taker.isStorage)
        setAnswer(answer, STATUS_STORE_Refused_SOPClassNotSupported, "presentation context is not for storage");
    else
        taker.prepare(store, path, sizeof path, answer);
    const bool wanted = answer.status == STATUS_Success;
    if (wanted)
        consumer.open(path, {store.sop_class_uid, store.sop_instance_uid, store.transfer_syntax_uid,
                             origin.implementationClassUID, origin.implementationVersionName, origin.sourceAETitle});
    T_ASC_PresentationContextID dataContext = 0;
    const OFCondition condition = DIMSE_receiveDataSetInFile(association.get(), DIMSE_NONBLOCKING, seconds,
                                                             &dataContext, &stream, nullptr, nullptr);
    if (condition.bad() || !wanted) consumer.discard();
    if (condition.bad()) return condition;
    if (wanted) {
        consumer.finish();
        taker.store(store, consumer.received(), answer);
    }
    return respond(association, request, context.presentationContextID, answer);
}
