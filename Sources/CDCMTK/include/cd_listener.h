/// Associations accepted by a listener with threads of its own.
///
/// Ownership: strings and structures given to a function or a callback are borrowed for that call.
#pragma once
#include "cd_exchange.h"
#include "cd_tls.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cd_listener_configuration {
    const char *address;  ///< IPv4 address to bind, numeric
    uint16_t port;        ///< for associations without TLS; 0 for any free one
    const cd_tls *tls;    ///< to listen for associations under TLS too; NULL for none. Must outlive the listener
    uint16_t tls_port;    ///< 0 for any free one
    int is_tls_only;      ///< 1 to open no port without TLS
    uint32_t maximum_associations;  ///< beyond it: transient rejection, local limit exceeded
    uint32_t maximum_pending;       ///< connections that have not requested yet; beyond it the oldest is closed
    uint32_t acse_seconds;   ///< for a whole A-ASSOCIATE-RQ to arrive
    uint32_t dimse_seconds;  ///< for each further part of a message
    uint32_t idle_seconds;   ///< between two messages
    const char *const *storage_classes;  ///< SOP classes taken besides the storage classes that DCMTK lists
    size_t storage_class_count;
    const char *const *service_classes;  ///< abstract syntaxes whose requests go to `request`
    size_t service_class_count;
    uint32_t maximum_identifier_bytes;   ///< of a data set that goes to `request`
    const char *implementation_class_uid, *implementation_version_name;
} cd_listener_configuration;

/// Who asks. Lent to every callback of the association.
typedef struct cd_association_request {
    uint64_t id;
    const char *calling_ae_title, *called_ae_title, *peer_address, *implementation_version_name;
    int is_tls;
    const char *certificate_subject;  ///< of the peer's certificate, which we trust; empty without one
    const char *certificate_names;    ///< that it bears, each with a line feed behind it
} cd_association_request;

typedef enum cd_ending {
    cd_ending_released,
    cd_ending_aborted,    ///< by the peer
    cd_ending_lost,       ///< connection closed or protocol violated
    cd_ending_timed_out,
    cd_ending_stopped,    ///< by `cd_listener_stop`
} cd_ending;

/// Why a connection never came to `decide`.
typedef enum cd_dismissal {
    cd_dismissal_limit,       ///< rejected: as many associations as may be
    cd_dismissal_not_dicom,   ///< its first bytes begin no A-ASSOCIATE-RQ
    cd_dismissal_too_slow,    ///< silent, or slower than the time-out or its newer neighbours
    cd_dismissal_closed,      ///< gone before it had asked
    cd_dismissal_tls,         ///< TLS on the port without it
    cd_dismissal_plain,       ///< no TLS on the port for it
    cd_dismissal_insecure,    ///< the handshake failed
} cd_dismissal;

/// A connection that was turned away.
typedef struct cd_dismissed {
    const char *peer_address;
    cd_dismissal why;
    cd_tls_trouble trouble;  ///< of a handshake that failed
    const char *text;        ///< its particulars
    const char *certificate_subject;  ///< as far as the peer has presented one
} cd_dismissed;

/// A data set that came in whole.
typedef struct cd_received {
    const char *path;     ///< a Part 10 file, closed, not synchronised; the callee's from here on. NULL if not written
    uint64_t bytes;       ///< length of the data set
    uint8_t sha256[32];   ///< of the data set's bytes as they came
    int write_error;      ///< errno of the first failure to write, else 0
    const uint8_t *contents;  ///< the whole file, valid during the call; NULL for one that is not small
    size_t contents_length;
} cd_received;

/// Called from the listener's threads. `dismissed` may hold the accepting one up: let it be brief. The others come from
/// the association's own, which may block; those of one association never overlap.
typedef struct cd_listener_callbacks {
    void *context;  ///< kept until `cd_listener_stop` returns
    void (*dismissed)(void *context, const cd_dismissed *dismissed);
    int (*decide)(void *context, const cd_association_request *request, cd_rejection *rejection);  ///< 1 accepts
    /// Whether a presentation context for an abstract syntax may be accepted; 1 permits.
    int (*permits)(void *context, const cd_association_request *request, const char *abstract_syntax);
    /// Follows every request that was accepted, and is followed by `closed` in every case.
    void (*opened)(void *context, const cd_association_request *request);
    void (*closed)(void *context, const cd_association_request *request, cd_ending ending, const char *text);
    /// Names a file that does not exist yet in `path`; an answer other than 0000 refuses the data set unwritten.
    void (*prepare)(void *context, const cd_association_request *request, const cd_store_request *store, char *path,
                    size_t capacity, cd_answer *answer);
    /// Not called for a data set that was refused or did not come whole; of those nothing is left on disk.
    void (*store)(void *context, const cd_association_request *request, const cd_store_request *store,
                  const cd_received *received, cd_answer *answer);
    /// Answers by `cd_exchange_respond`; the association is aborted where it returns without a final response.
    void (*request)(void *context, const cd_association_request *request, const cd_dimse_request *dimse,
                    cd_exchange *exchange);
} cd_listener_callbacks;

typedef struct cd_listener cd_listener;
/// Binds and begins to listen. The result is released by `cd_listener_stop`; NULL on failure.
cd_listener *cd_listener_start(const cd_listener_configuration *configuration, const cd_listener_callbacks *callbacks,
                               cd_error *error);
uint16_t cd_listener_port(const cd_listener *listener);      ///< 0 where there is none without TLS
uint16_t cd_listener_tls_port(const cd_listener *listener);  ///< 0 where there is none under TLS
/// Stops accepting, gives open associations `grace_seconds`, aborts the rest, joins every thread, frees the listener.
/// Not to be called from a callback.
void cd_listener_stop(cd_listener *listener, double grace_seconds);

#ifdef __cplusplus
}
#endif
