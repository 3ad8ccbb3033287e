/// Associations (PS3.8) requested from a peer, and what they share with those that a listener accepts.
///
/// Ownership: strings and structures given to a function are borrowed for that call. Functions that return int give 1
/// on success and 0 on failure; a failure fills `failure`. Calls block; every wait is bounded.
#pragma once
#include "cd_dataset.h"
#include "cd_tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Result, source and reason of an A-ASSOCIATE-RJ, as PS3.8 table 9-21 numbers them.
typedef struct cd_rejection { uint8_t result, source, reason; } cd_rejection;

/// What answers a request: a DIMSE status (0000,0900) and, where it is no success, an Error Comment (0000,0902).
typedef struct cd_answer { uint16_t status; char comment[65]; } cd_answer;

/// What a C-STORE-RQ says of its data set.
typedef struct cd_store_request {
    const char *sop_class_uid, *sop_instance_uid;  ///< as in the command
    const char *transfer_syntax_uid;
    const char *move_originator_ae_title;  ///< of a sub-operation of a C-MOVE, else NULL
    uint16_t move_originator_message_id;
} cd_store_request;

typedef struct cd_peer {
    const char *host;  ///< name or IPv4 address
    uint16_t port;
    const char *calling_ae_title, *called_ae_title;
    uint32_t connect_seconds, acse_seconds, dimse_seconds;
    const char *implementation_class_uid, *implementation_version_name;
    const cd_tls *tls;             ///< to speak under TLS; NULL for none
    const char *certificate_name;  ///< that its certificate must bear; NULL for any that is trusted
} cd_peer;

typedef struct cd_presentation_context {
    uint8_t id;  ///< odd
    const char *abstract_syntax;
    const char *const *transfer_syntaxes;
    size_t transfer_syntax_count;
    int is_scp;  ///< 1 to propose that we be the SCP of it (PS3.7 section D.3.3.4)
} cd_presentation_context;

typedef enum cd_failure_kind {
    cd_failure_unreachable,
    cd_failure_rejected,
    cd_failure_aborted,
    cd_failure_timed_out,
    cd_failure_lost,   ///< connection closed or protocol violated
    cd_failure_local,  ///< nothing was sent, the association is as before
    cd_failure_insecure,  ///< TLS failed; `trouble` tells how
} cd_failure_kind;
typedef struct cd_failure {
    cd_failure_kind kind;
    cd_rejection rejection;
    cd_tls_trouble trouble;
    cd_error error;
} cd_failure;

typedef struct cd_association cd_association;
/// Requests an association. The result is released by `cd_association_close`; NULL on failure.
cd_association *cd_association_open(const cd_peer *peer, const cd_presentation_context *contexts, size_t count,
                                    cd_failure *failure);
/// The transfer syntax that the peer accepted for a context (borrowed until the close); NULL where it refused it.
const char *cd_association_transfer_syntax(const cd_association *association, uint8_t context_id);
int cd_association_echo(cd_association *association, uint16_t *status, cd_failure *failure);
/// Sends a Part 10 file whose data set begins at `offset`, byte for byte; `store` names the accepted transfer syntax.
int cd_association_store(cd_association *association, uint8_t context_id, const cd_store_request *store,
                         const char *path, uint64_t offset, cd_answer *answer, cd_failure *failure);
/// Releases the association, or aborts it, and frees it.
void cd_association_close(cd_association *association, int release);

#ifdef __cplusplus
}
#endif
