/// Requests of Query/Retrieve and Storage Commitment (PS3.4 annexes C and J) on accepted associations, answered by the
/// callback that they are handed to, and actions and reports of events on associations of either kind.
///
/// Ownership: strings, structures, builders and bytes given to a function or a callback are borrowed for that call; an
/// exchange is borrowed for the callback it came with. Calls block; every wait is bounded.
#pragma once
#include "cd_network.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A C-FIND-RQ, C-MOVE-RQ, C-GET-RQ, N-ACTION-RQ or N-EVENT-REPORT-RQ with its data set.
typedef struct cd_dimse_request {
    uint16_t command_field;  ///< 0020, 0021, 0010, 0130 or 0100 (PS3.7 annex E)
    uint16_t message_id;
    const char *abstract_syntax, *transfer_syntax_uid;  ///< of the presentation context
    const char *sop_class_uid, *sop_instance_uid;       ///< as in the command; the instance of an N-request only
    uint16_t type;                                      ///< Action Type ID or Event Type ID
    const char *move_destination;                       ///< of a C-MOVE
    const uint8_t *bytes;  ///< the data set as it came: hostile until proven otherwise
    size_t length;
    int is_too_long;       ///< 1 where it was longer than the listener's limit; then it was not kept
} cd_dimse_request;

/// Numbers of C-STORE sub-operations (PS3.7 sections 9.3.3.2 and 9.3.4.2).
typedef struct cd_sub_operations {
    uint16_t remaining, completed, failed, warning;
    int has_remaining;  ///< 0 leaves the first out, as is due in most final responses
} cd_sub_operations;

typedef struct cd_dimse_response {
    cd_answer answer;
    cd_builder *data_set;                     ///< NULL for none
    const cd_sub_operations *sub_operations;  ///< NULL for none
} cd_dimse_response;

/// What an N-EVENT-REPORT-RQ or an N-ACTION-RQ says.
typedef struct cd_normalized {
    const char *sop_class_uid, *sop_instance_uid;
    uint16_t type;  ///< Event Type ID or Action Type ID
    cd_builder *data_set;
} cd_normalized;

typedef enum cd_exchange_state {
    cd_exchange_open,
    cd_exchange_cancelled,  ///< the peer has sent a C-CANCEL-RQ
    cd_exchange_ended,      ///< the association is gone or going; nothing more can be sent
} cd_exchange_state;

typedef struct cd_exchange cd_exchange;
/// Looks whether the peer has cancelled, without waiting.
cd_exchange_state cd_exchange_check(cd_exchange *exchange);
/// Waits; 1 if the peer has said nothing within the time, 0 if there is something to read or the listener stops.
int cd_exchange_quiet(cd_exchange *exchange, uint32_t milliseconds);
/// Sends one response to the request; 1 on success, 0 if the association is gone.
int cd_exchange_respond(cd_exchange *exchange, const cd_dimse_response *response);
/// The transfer syntax in which a file can go out by `cd_exchange_store`: its own where the peer takes that, else one that
/// it can be converted to; NULL for want of a presentation context in which the peer is the SCP of its class.
const char *cd_exchange_transfer_syntax(cd_exchange *exchange, const cd_store_request *store);
/// Sends a file as a sub-operation (C-GET), as `cd_association_store` does. A C-CANCEL-RQ that comes meanwhile is kept.
int cd_exchange_store(cd_exchange *exchange, const cd_store_request *store, const char *path, uint64_t offset,
                      cd_answer *answer, cd_failure *failure);
/// Reports an event in the request's presentation context, and takes the response.
int cd_exchange_report(cd_exchange *exchange, const cd_normalized *event, uint16_t *status, cd_failure *failure);

/// Reports an event in a presentation context that was proposed with the role of the SCP.
int cd_association_report(cd_association *association, uint8_t context_id, const cd_normalized *event, uint16_t *status,
                          cd_failure *failure);
/// Requests an action and takes the response's status.
int cd_association_act(cd_association *association, uint8_t context_id, const cd_normalized *action, uint16_t *status,
                       cd_failure *failure);
/// Takes a reported event; returns the status to answer with.
typedef uint16_t (*cd_event_taker)(void *context, const cd_dimse_request *event);
/// Waits for the peer to report an event, and answers as `take` says. `taken` becomes 1, or 0 where none came in time. A
/// data set is kept up to `limit` bytes.
int cd_association_take_event(cd_association *association, uint32_t milliseconds, size_t limit, cd_event_taker take,
                              void *context, int *taken, cd_failure *failure);

#ifdef __cplusplus
}
#endif
