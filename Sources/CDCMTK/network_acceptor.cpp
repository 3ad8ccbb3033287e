#include "network_acceptor.hpp"

#include "cd_registry.h"
#include "network_receipt.hpp"

#include <cstring>
#include <set>

using namespace cdcmtk;

bool Service::stores(const char *sopClassUID) const {
    return dcmIsaStorageSOPClassUID(sopClassUID, ESSC_All) || storageClasses.count(sopClassUID) > 0;
}

Acceptor::Acceptor(const Service &service, uint64_t id, std::string peerAddress)
    : service_(service), peerAddress_(std::move(peerAddress)) {
    identity_.id = id;
}

void Acceptor::serve(Descriptor socket, std::unique_ptr<TLSSession> session, std::vector<uint8_t> request) {
    if (session) {
        identity_.is_tls = 1;
        subject_ = session->peerSubject();
        names_ = session->peerNames();
    }
    const OFCondition received = association_.receive(std::move(socket), std::move(session), std::move(request),
                                                      service_.cancel, service_.acseSeconds);
    if (received.bad()) {
        // Its type and length were right and its content was not.
        service_.waitOut(association_.leave());
        dismissed();
        return;
    }
    if (const auto flaw = this->flaw()) {
        reject(*flaw);
        dismissed();
        return;
    }
    association_.setGrace(std::chrono::seconds(2 * service_.dimseSeconds));
    const T_ASC_Parameters &parameters = *association_.parameters();
    identity_.calling_ae_title = parameters.DULparams.callingAPTitle;
    identity_.called_ae_title = parameters.DULparams.calledAPTitle;
    identity_.peer_address = peerAddress_.c_str();
    identity_.certificate_subject = subject_.c_str();
    identity_.certificate_names = names_.c_str();
    identity_.implementation_version_name = parameters.theirImplementationVersionName;
    if (!admit()) return;
    service_.callbacks.opened(service_.callbacks.context, &identity_);
    try {
        if (acknowledge()) converse();
    } catch (const std::exception &exception) {  // out of memory: who was told of the beginning is told of the end
        ending_ = cd_ending_lost;
        text_ = exception.what();
    }
    service_.callbacks.closed(service_.callbacks.context, &identity_, ending_, text_.c_str());
}

// MARK: - Negotiation

/// What a request must not be, though DCMTK takes it; how it is then rejected (PS3.8 table 9-21).
std::optional<cd_rejection> Acceptor::flaw() {
    T_ASC_Parameters *parameters = association_.parameters();
    if (std::strcmp(parameters->DULparams.applicationContextName, UID_StandardApplicationContext) != 0)
        return cd_rejection{ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, 2};
    // PS3.8 section 9.3.2.2: odd, and each once. Answers and messages name contexts by these, so that of two alike the one that
    // is refused would be used where the other is accepted.
    std::set<T_ASC_PresentationContextID> known;
    for (int index = 0; index < ASC_countPresentationContexts(parameters); ++index) {
        T_ASC_PresentationContext context{};
        (void)ASC_getPresentationContext(parameters, index, &context);  // the ID also where it fails
        const auto id = context.presentationContextID;
        if (id % 2 == 0 || !known.insert(id).second)
            return cd_rejection{ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEPROVIDER_ACSE_RELATED, 1};
    }
    return std::nullopt;
}

void Acceptor::reject(const cd_rejection &rejection) {
    const T_ASC_RejectParameters parameters{
        static_cast<T_ASC_RejectParametersResult>(rejection.result),
        static_cast<T_ASC_RejectParametersSource>(rejection.source),
        static_cast<T_ASC_RejectParametersReason>(rejection.source << 8 | rejection.reason)};
    ASC_rejectAssociation(association_.get(), &parameters);
    service_.waitOut(association_.leave());
}

void Acceptor::dismissed() const {
    const cd_dismissed dismissed{peerAddress_.c_str(), cd_dismissal_not_dicom, cd_tls_trouble_none, "",
                                 subject_.c_str()};
    service_.callbacks.dismissed(service_.callbacks.context, &dismissed);
}

bool Acceptor::admit() {
    cd_rejection rejection{ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, 1};
    if (service_.callbacks.decide(service_.callbacks.context, &identity_, &rejection) == 1) return true;
    reject(rejection);
    return false;
}

bool Acceptor::acknowledge() {
    setImplementation(*association_.parameters(), service_.implementationClassUID.c_str(),
                      service_.implementationVersionName.c_str());
    negotiate();
    const OFCondition acknowledged = ASC_acknowledgeAssociation(association_.get());
    if (acknowledged.good()) return true;
    text_ = acknowledged.text();
    association_.drop();
    return false;
}

void Acceptor::negotiate() {
    const int count = ASC_countPresentationContexts(association_.parameters());
    for (int index = 0; index < count; ++index) {
        T_ASC_PresentationContext context{};
        if (ASC_getPresentationContext(association_.parameters(), index, &context).good())
            negotiate(context);
        else  // more transfer syntaxes than DCMTK looks at
            ASC_refusePresentationContext(association_.parameters(), context.presentationContextID,
                                          ASC_P_TRANSFERSYNTAXESNOTSUPPORTED);
    }
}

namespace {

/// The transfer syntax to accept; NULL where none can be carried.
///
/// Data sets that come are kept as they come, so that the proposer's order is the only preference there is. Where the
/// peer wants to be the SCP, and so to be sent what is stored, an uncompressed syntax is the one that most can be
/// converted to. Identifiers are parsed, and have to be uncompressed.
const char *choose(const T_ASC_PresentationContext &context, bool isService) {
    const char *first = nullptr, *plain = nullptr;
    for (int i = 0; i < context.transferSyntaxCount; ++i) {
        const char *syntax = context.proposedTransferSyntaxes[i];
        const bool isPlain = cd_carries_identifiers(syntax) &&
                             (isService || DcmXfer(syntax).getXfer() != EXS_BigEndianExplicit);
        if (first == nullptr && carries(syntax)) first = syntax;
        if (plain == nullptr && isPlain) plain = syntax;
    }
    if (isService) return plain;
    return context.proposedRole == ASC_SC_ROLE_SCP && plain != nullptr ? plain : first;
}

}  // namespace

void Acceptor::negotiate(const T_ASC_PresentationContext &context) {
    T_ASC_Parameters *parameters = association_.parameters();
    const bool isStorage = service_.stores(context.abstractSyntax);
    const bool isService = service_.serviceClasses.count(context.abstractSyntax) > 0;
    const bool commits = isService && std::strcmp(context.abstractSyntax, UID_StorageCommitmentPushModelSOPClass) == 0;
    const bool verifies = std::strcmp(context.abstractSyntax, UID_VerificationSOPClass) == 0;
    const char *accepted = choose(context, isService);
    if (!verifies && !isStorage && !isService)
        ASC_refusePresentationContext(parameters, context.presentationContextID, ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
    else if (service_.callbacks.permits(service_.callbacks.context, &identity_, context.abstractSyntax) != 1)
        ASC_refusePresentationContext(parameters, context.presentationContextID, ASC_P_USERREJECTION);
    else if (accepted == nullptr)
        ASC_refusePresentationContext(parameters, context.presentationContextID, ASC_P_TRANSFERSYNTAXESNOTSUPPORTED);
    else
        // Of storage the peer can be the SCP, and is sent to, by C-GET; of storage commitment, and reports to us.
        ASC_acceptPresentationContext(parameters, context.presentationContextID, accepted,
                                      isStorage || commits ? context.proposedRole : ASC_SC_ROLE_DEFAULT, OFTrue);
}

// MARK: - Messages

void Acceptor::converse() {
    while (exchange()) {}
    if (ending_ == cd_ending_released) {
        ASC_acknowledgeRelease(association_.get());
        association_.drop();
    } else if (ending_ != cd_ending_aborted) {
        association_.abort();
    }
}

bool Acceptor::exchange() {
    T_ASC_PresentationContextID contextID = 0;
    T_DIMSE_Message message{};
    DcmDataset *detail = nullptr;
    const OFCondition condition = DIMSE_receiveCommand(association_.get(), DIMSE_NONBLOCKING, service_.idleSeconds,
                                                       &contextID, &message, &detail);
    delete detail;
    if (condition.bad() || condition == DUL_PEERREQUESTEDRELEASE) return ended(condition);
    return dispatch(message, contextID);
}

bool Acceptor::dispatch(T_DIMSE_Message &message, T_ASC_PresentationContextID contextID) {
    switch (message.CommandField) {
        case DIMSE_C_ECHO_RQ: {
            const OFCondition sent = DIMSE_sendEchoResponse(association_.get(), contextID, &message.msg.CEchoRQ,
                                                            STATUS_Success, nullptr);
            return sent.good() || ended(sent);
        }
        case DIMSE_C_STORE_RQ: return store(message.msg.CStoreRQ, contextID);
        case DIMSE_C_FIND_RQ:
        case DIMSE_C_GET_RQ:
        case DIMSE_C_MOVE_RQ:
        case DIMSE_N_ACTION_RQ:
        case DIMSE_N_EVENT_REPORT_RQ: return exchange(message, contextID);
        case DIMSE_C_CANCEL_RQ: return true;  // of a request that was answered while this came
        default: return ended(DIMSE_BADCOMMANDTYPE);  // no such service was negotiated
    }
}

bool Acceptor::store(const T_DIMSE_C_StoreRQ &request, T_ASC_PresentationContextID contextID) {
    T_ASC_PresentationContext context;
    const OFCondition known =
        ASC_findAcceptedPresentationContext(association_.parameters(), contextID, &context);
    if (known.bad()) return ended(known);
    const cd_listener_callbacks &callbacks = service_.callbacks;
    const Taker taker{
        service_.stores(context.abstractSyntax),
        [&](const cd_store_request &store, char *path, size_t capacity, cd_answer &answer) {
            callbacks.prepare(callbacks.context, &identity_, &store, path, capacity, &answer);
        },
        [&](const cd_store_request &store, const cd_received &received, cd_answer &answer) {
            callbacks.store(callbacks.context, &identity_, &store, &received, &answer);
        }};
    const Origin origin{service_.implementationClassUID.c_str(), service_.implementationVersionName.c_str(),
                        identity_.calling_ae_title};
    const OFCondition taken =
        takeInstance(association_, service_.dimseSeconds, request, context, origin, buffer_, taker);
    return taken.good() || ended(taken);
}

// MARK: - Endings

bool Acceptor::ended(const OFCondition &condition) {
    const Fate &fate = association_.fate();
    text_ = fate.refusal.empty() ? condition.text() : fate.refusal;
    if (condition == DUL_PEERREQUESTEDRELEASE)
        ending_ = cd_ending_released;
    else if (fate.cancelled)
        ending_ = cd_ending_stopped;
    else if (fate.timedOut)
        ending_ = cd_ending_timed_out;
    else if (condition == DUL_PEERABORTEDASSOCIATION && !fate.closed)
        ending_ = cd_ending_aborted;
    else
        ending_ = cd_ending_lost;
    return false;
}
