/// TLS (PS3.15 annex B.10): the certificates of this node, and connections under them for what is not DICOM.
///
/// Ownership: strings and structures given to a function are borrowed for that call. What is created belongs to the
/// caller until the matching free or close. Functions that return int give 1 on success and 0 on failure.
#pragma once
#include "cd_dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

/// PEM files.
typedef struct cd_tls_files {
    const char *certificate;  ///< our own first, then the intermediate ones
    const char *private_key;  ///< without a passphrase
    const char *trusted;      ///< authorities, or the peers' own certificates
    const char *revoked;      ///< revocation lists; NULL for none
    int requires_client_certificate;
} cd_tls_files;

/// What was wrong with the files.
typedef enum cd_tls_fault {
    cd_tls_fault_unreadable,      ///< `file` cannot be opened
    cd_tls_fault_no_certificate,  ///< `file` holds none that can be read
    cd_tls_fault_no_key,          ///< `file` holds no key, or one under a passphrase
    cd_tls_fault_mismatch,        ///< the key in `file` is not the certificate's
    cd_tls_fault_no_revocation_list,
    cd_tls_fault_refused,         ///< OpenSSL refuses `file`, such as for a key that is too short
} cd_tls_fault;
typedef struct cd_tls_problem { cd_tls_fault fault; char file[1024]; char text[256]; } cd_tls_problem;

/// Our own certificate. Times are seconds since 1970.
typedef struct cd_tls_facts { char subject[256]; int64_t valid_from, valid_until; } cd_tls_facts;

/// What keeps two from speaking TLS with each other.
typedef enum cd_tls_trouble {
    cd_tls_trouble_none,
    cd_tls_trouble_not_tls,         ///< the peer does not speak TLS on this port
    cd_tls_trouble_version,         ///< no version of TLS in common
    cd_tls_trouble_cipher,          ///< no cipher suite in common
    cd_tls_trouble_no_certificate,  ///< the peer presented none
    cd_tls_trouble_untrusted,       ///< we refuse the peer's certificate
    cd_tls_trouble_refused,         ///< the peer refuses ours
    cd_tls_trouble_closed,          ///< the peer has gone, or was silent for too long
    cd_tls_trouble_other,
} cd_tls_trouble;

/// May be used by many listeners and requestors at once, and must outlive them.
typedef struct cd_tls cd_tls;
cd_tls *cd_tls_create(const cd_tls_files *files, cd_tls_facts *facts, cd_tls_problem *problem);
/// Reads the files again. New connections use what they hold; open ones go on; after a failure the old stay in force.
int cd_tls_reload(cd_tls *tls, const cd_tls_files *files, cd_tls_facts *facts, cd_tls_problem *problem);
void cd_tls_free(cd_tls *tls);

/// Where a connection for what is not DICOM goes.
typedef struct cd_tls_target {
    const char *host;  ///< name or IPv4 address
    uint16_t port;
    const char *certificate_name;  ///< that the peer's certificate must bear; NULL for any that is trusted
    uint32_t seconds;  ///< for the connection and handshake, and later for anything to move
} cd_tls_target;
typedef struct cd_tls_stream cd_tls_stream;
/// Connects and shakes hands; NULL on failure, with `trouble` none where it is not TLS that failed.
cd_tls_stream *cd_tls_stream_open(const cd_tls *tls, const cd_tls_target *target, cd_tls_trouble *trouble,
                                  cd_error *error);
/// Sends, and waits until the peer's system has acknowledged all of it.
int cd_tls_stream_send(cd_tls_stream *stream, const uint8_t *bytes, size_t count, cd_error *error);
/// Whether the peer closes within a time, or says something that nobody asked for.
int cd_tls_stream_is_over(cd_tls_stream *stream, uint32_t milliseconds);
void cd_tls_stream_close(cd_tls_stream *stream);

#ifdef __cplusplus
}
#endif
