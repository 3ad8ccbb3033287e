/// What DCMTK knows by itself: SOP classes, transfer syntaxes, names (PS3.6 annex A).
///
/// Ownership: every string is DCMTK's and lives as long as the process. Lists end with NULL at the first index beyond
/// them.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The storage SOP class at an index: those that a listener takes without being told of them.
const char *cd_storage_class(size_t index);
/// The transfer syntax at an index: those in which data sets can be received, and DCMTK's words for it.
const char *cd_transfer_syntax(size_t index, const char **name);
/// Whether identifiers of queries, which are parsed, are taken in a transfer syntax.
int cd_carries_identifiers(const char *transfer_syntax_uid);
/// DCMTK's name for a UID; NULL where it has none.
const char *cd_uid_name(const char *uid);
/// The longest PDU that is received, in bytes (PS3.8 section D.1).
uint32_t cd_maximum_pdu(void);

#ifdef __cplusplus
}
#endif
