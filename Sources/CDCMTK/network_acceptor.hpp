/// One accepted association, from its request to its end; never seen from Swift.
#pragma once
#include "network_file.hpp"
#include "network_message.hpp"

#include <functional>
#include <optional>
#include <unordered_set>

namespace cdcmtk {

/// What a listener's associations have in common; constant while they run.
struct Service {
    int dimseSeconds, idleSeconds, acseSeconds;
    std::unordered_set<std::string> storageClasses, serviceClasses;
    size_t maximumIdentifierBytes;
    std::string implementationClassUID, implementationVersionName;
    cd_listener_callbacks callbacks;
    /// Becomes readable when associations must end.
    int cancel;
    /// Waits until a peer that was turned away has closed its connection, so that no thread does.
    std::function<void(Descriptor)> waitOut{};

    bool stores(const char *sopClassUID) const;
};

/// Serves an association in the calling thread until it ends.
class Acceptor {
public:
    Acceptor(const Service &service, uint64_t id, std::string peerAddress);
    void serve(Descriptor socket, std::unique_ptr<TLSSession> session, std::vector<uint8_t> request);

private:
    std::optional<cd_rejection> flaw();
    void reject(const cd_rejection &rejection);
    /// Tells that what came is no request.
    void dismissed() const;
    /// Whether the association is to be accepted; rejects it otherwise.
    bool admit();
    bool acknowledge();
    void negotiate();
    void negotiate(const T_ASC_PresentationContext &context);
    void converse();
    /// Takes one message; returns whether the association goes on.
    bool exchange();
    bool dispatch(T_DIMSE_Message &message, T_ASC_PresentationContextID contextID);
    bool store(const T_DIMSE_C_StoreRQ &request, T_ASC_PresentationContextID contextID);
    /// Hands a request with its data set to the service.
    bool exchange(T_DIMSE_Message &message, T_ASC_PresentationContextID contextID);
    /// Notes how the association ended; always false.
    bool ended(const OFCondition &condition);

    const Service &service_;
    Association association_;
    std::string peerAddress_, subject_, names_;
    WriteBuffer buffer_;
    cd_association_request identity_{};
    cd_ending ending_ = cd_ending_lost;
    std::string text_;
};

}  // namespace cdcmtk
