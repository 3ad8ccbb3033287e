#include "network_requestor.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cstring>

using namespace cdcmtk;

namespace {

OFCondition propose(T_ASC_Parameters *parameters, const cd_presentation_context *contexts, size_t count) {
    OFCondition condition = EC_Normal;
    for (size_t i = 0; i < count && condition.good(); ++i) {
        std::vector<const char *> syntaxes(contexts[i].transfer_syntaxes,
                                           contexts[i].transfer_syntaxes + contexts[i].transfer_syntax_count);
        condition = ASC_addPresentationContext(parameters, contexts[i].id, contexts[i].abstract_syntax,
                                               syntaxes.data(), static_cast<int>(syntaxes.size()),
                                               contexts[i].is_scp == 1 ? ASC_SC_ROLE_SCP : ASC_SC_ROLE_DEFAULT);
    }
    return condition;
}

void rememberAccepted(cd_association &association) {
    T_ASC_Parameters *parameters = association.association.parameters();
    for (int i = 0; i < ASC_countPresentationContexts(parameters); ++i) {
        T_ASC_PresentationContext context;
        if (ASC_getPresentationContext(parameters, i, &context).good() && context.resultReason == ASC_P_ACCEPTANCE)
            association.accepted[context.presentationContextID] = context.acceptedTransferSyntax;
    }
}

}  // namespace

cd_association *cd_association_open(const cd_peer *peer, const cd_presentation_context *contexts, size_t count,
                                    cd_failure *failure) {
    initializeNetwork();
    // The number, for DCMTK's own field for it holds no long name.
    sockaddr_in name{};
    if (!resolve(peer->host, peer->port, name, &failure->error)) {
        failure->kind = cd_failure_unreachable;
        return nullptr;
    }
    char address[INET_ADDRSTRLEN] = "";
    (void)inet_ntop(AF_INET, &name.sin_addr, address, sizeof address);
    T_ASC_Parameters *parameters = nullptr;
    if (ASC_createAssociationParameters(&parameters, ASC_MAXIMUMPDUSIZE).bad()) {
        failLocally(failure, "out of memory");
        return nullptr;
    }
    setImplementation(*parameters, peer->implementation_class_uid, peer->implementation_version_name);
    ASC_setAPTitles(parameters, peer->calling_ae_title, peer->called_ae_title, nullptr);
    ASC_setPresentationAddresses(parameters, "", (std::string(address) + ":" + std::to_string(peer->port)).c_str());
    auto association = std::make_unique<cd_association>();
    association->dimseSeconds = static_cast<int>(peer->dimse_seconds);
    association->implementationClassUID = peer->implementation_class_uid;
    association->implementationVersionName = peer->implementation_version_name;
    association->calledAETitle = peer->called_ae_title;
    if (const OFCondition proposed = propose(parameters, contexts, count); proposed.bad()) {
        ASC_destroyAssociationParameters(&parameters);
        keepFailure(proposed, association->association, failure);
        return nullptr;
    }
    // Process-wide in DCMTK: where two begin at once, one may get the other's time.
    dcmConnectionTimeout.set(static_cast<Sint32>(peer->connect_seconds));
    const OFCondition requested = association->association.request(parameters, static_cast<int>(peer->acse_seconds),
                                                                peer->tls, peer->certificate_name);
    if (requested.bad()) {
        keepFailure(requested, association->association, failure);
        if (failure->kind == cd_failure_rejected) {
            T_ASC_RejectParameters rejection{};
            ASC_getRejectParameters(association->association.parameters(), &rejection);
            failure->rejection = {static_cast<uint8_t>(rejection.result), static_cast<uint8_t>(rejection.source),
                                  static_cast<uint8_t>(rejection.reason & 0xff)};
        }
        return nullptr;
    }
    rememberAccepted(*association);
    return association.release();
}

const char *cd_association_transfer_syntax(const cd_association *association, uint8_t context_id) {
    const auto found = association->accepted.find(context_id);
    return found == association->accepted.end() ? nullptr : found->second.c_str();
}

int cd_association_echo(cd_association *association, uint16_t *status, cd_failure *failure) {
    T_ASC_Association *dcmtk = association->association.get();
    DcmDataset *detail = nullptr;
    const OFCondition condition = DIMSE_echoUser(dcmtk, dcmtk->nextMsgID++, DIMSE_NONBLOCKING,
                                                 association->dimseSeconds, status, &detail);
    delete detail;
    return condition.good() ? 1 : keepFailure(condition, association->association, failure);
}

void cd_association_close(cd_association *association, int release) {
    if (release != 1)
        association->association.abort();
    else if (ASC_releaseAssociation(association->association.get()).bad())
        association->association.abort();
    delete association;
}

int cd_association_store(cd_association *association, uint8_t context_id, const cd_store_request *store,
                         const char *path, uint64_t offset, cd_answer *answer, cd_failure *failure) {
    const char *accepted = cd_association_transfer_syntax(association, context_id);
    if (accepted == nullptr) return failLocally(failure, "presentation context was not accepted");
    const Line line{association->association, association->dimseSeconds};
    return storeFile(line, context_id, accepted, *store, path, offset, *answer)
        .keep(association->association, failure);
}

int cd_association_report(cd_association *association, uint8_t context_id, const cd_normalized *event, uint16_t *status,
                          cd_failure *failure) {
    if (cd_association_transfer_syntax(association, context_id) == nullptr)
        return failLocally(failure, "presentation context was not accepted");
    const Line line{association->association, association->dimseSeconds};
    return reportEvent(line, context_id, *event, *status).keep(association->association, failure);
}

int cd_association_act(cd_association *association, uint8_t context_id, const cd_normalized *action, uint16_t *status,
                       cd_failure *failure) {
    if (cd_association_transfer_syntax(association, context_id) == nullptr)
        return failLocally(failure, "presentation context was not accepted");
    const Line line{association->association, association->dimseSeconds};
    return requestAction(line, context_id, *action, *status).keep(association->association, failure);
}

int cd_association_take_event(cd_association *association, uint32_t limit_milliseconds, size_t limit,
                              cd_event_taker take, void *context, int *taken, cd_failure *failure) {
    *taken = 0;
    if (!association->association.arrives(std::chrono::milliseconds(limit_milliseconds))) return 1;
    T_ASC_PresentationContextID contextID = 0;
    T_DIMSE_Message message{};
    DcmDataset *detail = nullptr;
    OFCondition condition = DIMSE_receiveCommand(association->association.get(), DIMSE_NONBLOCKING,
                                                 association->dimseSeconds, &contextID, &message, &detail);
    delete detail;
    if (!goesOn(condition)) return keepFailure(condition, association->association, failure);
    const T_DIMSE_N_EventReportRQ &request = message.msg.NEventReportRQ;
    const char *syntax = cd_association_transfer_syntax(association, contextID);
    if (message.CommandField != DIMSE_N_EVENT_REPORT_RQ || syntax == nullptr)
        return keepFailure(DIMSE_BADCOMMANDTYPE, association->association, failure);
    BytesConsumer information(limit);
    if (request.DataSetType != DIMSE_DATASET_NULL)
        condition = information.receive(association->association, association->dimseSeconds);
    if (!goesOn(condition)) return keepFailure(condition, association->association, failure);
    const cd_dimse_request event{DIMSE_N_EVENT_REPORT_RQ,     request.MessageID,
                                 request.AffectedSOPClassUID, syntax,
                                 request.AffectedSOPClassUID, request.AffectedSOPInstanceUID,
                                 request.EventTypeID,         "",
                                 information.bytes().data(),  information.bytes().size(),
                                 information.isTooLong()};
    T_DIMSE_Message response = responseTo(request, take(context, &event));
    condition = DIMSE_sendMessageUsingMemoryData(association->association.get(), contextID, &response, nullptr, nullptr,
                                                 nullptr, nullptr);
    *taken = 1;
    return condition.good() ? 1 : keepFailure(condition, association->association, failure);
}
