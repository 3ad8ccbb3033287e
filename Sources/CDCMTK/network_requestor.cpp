#include "network.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <system_error>

using namespace cdcmtk;

struct cd_association {
    Association association;
    int dimseSeconds;
    std::map<uint8_t, std::string> accepted;
};

namespace {

cd_failure_kind kindOf(const OFCondition &condition, const Fate &fate) {
    if (condition == DUL_ASSOCIATIONREJECTED) return cd_failure_rejected;
    if (condition.module() == OFM_dcmnet &&
        (condition.code() == DULC_TCPINITERROR || condition.code() == DULC_UNKNOWNHOST))
        return cd_failure_unreachable;
    if (fate.timedOut) return cd_failure_timed_out;
    if (condition == DUL_PEERABORTEDASSOCIATION && !fate.closed) return cd_failure_aborted;
    return cd_failure_lost;
}

int keepFailure(const OFCondition &condition, const Association &association, cd_failure *failure) {
    failure->kind = kindOf(condition, association.fate());
    keep(condition, &failure->error);
    return 0;
}

int failLocally(cd_failure *failure, const std::string &text) {
    failure->kind = cd_failure_local;
    return fail(&failure->error, text.c_str());
}

/// The numeric address of a host: DCMTK's own field for it holds no long name.
bool resolve(const char *host, char *address, size_t capacity, cd_failure *failure) {
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    if (const int code = getaddrinfo(host, nullptr, &hints, &found); code != 0) {
        failure->kind = cd_failure_unreachable;
        return fail(&failure->error, gai_strerror(code)) == 1;
    }
    inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in *>(found->ai_addr)->sin_addr, address,
              static_cast<socklen_t>(capacity));
    freeaddrinfo(found);
    return true;
}

OFCondition propose(T_ASC_Parameters *parameters, const cd_presentation_context *contexts, size_t count) {
    OFCondition condition = EC_Normal;
    for (size_t i = 0; i < count && condition.good(); ++i) {
        std::vector<const char *> syntaxes(contexts[i].transfer_syntaxes,
                                           contexts[i].transfer_syntaxes + contexts[i].transfer_syntax_count);
        condition = ASC_addPresentationContext(parameters, contexts[i].id, contexts[i].abstract_syntax,
                                               syntaxes.data(), static_cast<int>(syntaxes.size()));
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
    char address[INET_ADDRSTRLEN] = "";
    if (!resolve(peer->host, address, sizeof address, failure)) return nullptr;
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
    if (const OFCondition proposed = propose(parameters, contexts, count); proposed.bad()) {
        ASC_destroyAssociationParameters(&parameters);
        keepFailure(proposed, association->association, failure);
        return nullptr;
    }
    // Process-wide in DCMTK: where two begin at once, one may get the other's time.
    dcmConnectionTimeout.set(static_cast<Sint32>(peer->connect_seconds));
    const OFCondition requested = association->association.request(parameters, static_cast<int>(peer->acse_seconds));
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
    const auto put = [&](uint16_t element, std::string value) {
        if (value.size() % 2 != 0) value.push_back('\0');
        out += number(0, 2) + number(element, 2) + number(static_cast<uint32_t>(value.size()), 4) + value;
    };
    put(0x0002, store.sop_class_uid);
    put(0x0100, number(DIMSE_C_STORE_RQ, 2));
    put(0x0110, number(messageID, 2));
    put(0x0700, number(DIMSE_PRIORITY_MEDIUM, 2));
    put(0x0800, number(DIMSE_DATASET_PRESENT, 2));
    put(0x1000, store.sop_instance_uid);
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

OFCondition receiveAnswer(cd_association &association, uint16_t messageID, cd_answer &answer) {
    T_ASC_PresentationContextID contextID = 0;
    T_DIMSE_Message message{};
    DcmDataset *detail = nullptr;
    const OFCondition condition = DIMSE_receiveCommand(association.association.get(), DIMSE_NONBLOCKING,
                                                       association.dimseSeconds, &contextID, &message, &detail);
    const std::unique_ptr<DcmDataset> owned(detail);
    if (condition.bad() || condition == DUL_PEERREQUESTEDRELEASE) return condition;
    if (message.CommandField != DIMSE_C_STORE_RSP || message.msg.CStoreRSP.MessageIDBeingRespondedTo != messageID)
        return makeDcmnetCondition(DIMSEC_UNEXPECTEDRESPONSE, OF_error, "not the response to the C-STORE request");
    OFString comment;
    if (detail != nullptr) (void)detail->findAndGetOFString(DCM_ErrorComment, comment);
    setAnswer(answer, message.msg.CStoreRSP.DimseStatus, comment.c_str());
    return EC_Normal;
}

int sendAsItIs(cd_association &association, uint8_t contextID, const cd_store_request &store, const char *path,
               uint64_t offset, cd_answer &answer, cd_failure *failure) {
    const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    struct stat about {};
    if (!file || fstat(file.get(), &about) != 0 ||
        lseek(file.get(), static_cast<off_t>(offset), SEEK_SET) != static_cast<off_t>(offset))
        return failLocally(failure, std::generic_category().message(errno));
    const uint64_t size = static_cast<uint64_t>(about.st_size);
    if (size <= offset || (size - offset) % 2 != 0)
        return failLocally(failure, "data set is empty or of odd length");
    T_ASC_Association *dcmtk = association.association.get();
    const uint16_t messageID = dcmtk->nextMsgID++;
    std::string command = storeCommand(messageID, store);
    OFCondition condition =
        writeFragment(dcmtk, contextID, DUL_COMMANDPDV, command.data(), command.size(), true);
    if (condition.good()) condition = sendBytes(dcmtk, contextID, file.get(), size - offset);
    if (condition.good()) condition = receiveAnswer(association, messageID, answer);
    const bool answered = condition.good() && condition != DUL_PEERREQUESTEDRELEASE;
    return answered ? 1 : keepFailure(condition, association.association, failure);
}

int sendConverted(cd_association &association, uint8_t contextID, const cd_store_request &store, const char *path,
                  const char *transferSyntax, cd_answer &answer, cd_failure *failure) {
    DcmFileFormat file;
    const E_TransferSyntax syntax = DcmXfer(transferSyntax).getXfer();
    OFCondition condition = file.loadFile(path);
    if (condition.good()) condition = file.loadAllDataIntoMemory();
    if (condition.good()) condition = file.getDataset()->chooseRepresentation(syntax, nullptr);
    if (condition.bad() || !file.getDataset()->canWriteXfer(syntax))
        return failLocally(failure, condition.bad() ? condition.text() : "cannot be converted for the peer");
    T_ASC_Association *dcmtk = association.association.get();
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_C_STORE_RQ;
    T_DIMSE_C_StoreRQ &request = message.msg.CStoreRQ;
    request.MessageID = dcmtk->nextMsgID++;
    request.Priority = DIMSE_PRIORITY_MEDIUM;
    request.DataSetType = DIMSE_DATASET_PRESENT;
    OFStandard::strlcpy(request.AffectedSOPClassUID, store.sop_class_uid, sizeof request.AffectedSOPClassUID);
    OFStandard::strlcpy(request.AffectedSOPInstanceUID, store.sop_instance_uid, sizeof request.AffectedSOPInstanceUID);
    condition = DIMSE_sendMessageUsingMemoryData(dcmtk, contextID, &message, nullptr, file.getDataset(), nullptr,
                                                 nullptr);
    if (condition.good()) condition = receiveAnswer(association, request.MessageID, answer);
    const bool answered = condition.good() && condition != DUL_PEERREQUESTEDRELEASE;
    return answered ? 1 : keepFailure(condition, association.association, failure);
}

}  // namespace

int cd_association_store(cd_association *association, uint8_t context_id, const cd_store_request *store,
                         const char *path, uint64_t offset, cd_answer *answer, cd_failure *failure) {
    const char *accepted = cd_association_transfer_syntax(association, context_id);
    if (accepted == nullptr) return failLocally(failure, "presentation context was not accepted");
    if (std::strcmp(accepted, store->transfer_syntax_uid) == 0)
        return sendAsItIs(*association, context_id, *store, path, offset, *answer, failure);
    return sendConverted(*association, context_id, *store, path, accepted, *answer, failure);
}
