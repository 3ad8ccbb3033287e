/// Requests of Query/Retrieve and Storage Commitment (PS3.4 annexes C and J) on associations that we requested.
///
/// Ownership: as in cd_network.h; what a callback is lent is valid during it. Calls block; every wait is bounded.
#pragma once
#include "cd_exchange.h"
#include "cd_listener.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cd_query {
    uint16_t command_field;        ///< C-FIND 0020, C-MOVE 0021, C-GET 0010
    uint8_t context_id;
    const char *sop_class_uid;
    cd_builder *identifier;
    const char *move_destination;  ///< of a C-MOVE
    size_t maximum_identifier_bytes;  ///< of one response; a longer one is passed over
} cd_query;

/// One response: pending ones first, then a last one.
typedef struct cd_query_response {
    cd_answer answer;
    cd_sub_operations sub_operations;  ///< zero where the peer does not tell
    const uint8_t *bytes;              ///< the identifier as it came: hostile until proven otherwise
    size_t length;
    int is_too_long;                   ///< 1 where it was longer than the limit; then it was not kept
    const char *transfer_syntax_uid;
} cd_query_response;

/// Called from the thread of the call.
typedef struct cd_query_callbacks {
    void *context;
    /// Asked several times a second; 0 has a C-CANCEL-RQ sent, after which the peer has its time for a response to end.
    int (*goes_on)(void *context);
    void (*response)(void *context, const cd_query_response *response);
    /// As those of a listener, for what comes by C-GET.
    void (*prepare)(void *context, const cd_store_request *store, char *path, size_t capacity, cd_answer *answer);
    void (*store)(void *context, const cd_store_request *store, const cd_received *received, cd_answer *answer);
} cd_query_callbacks;

/// Sends a request and takes all its responses, the last of which is told like the others.
int cd_association_query(cd_association *association, const cd_query *query, const cd_query_callbacks *callbacks,
                         cd_failure *failure);

#ifdef __cplusplus
}
#endif
