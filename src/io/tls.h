/* TLS of the server's side, by OpenSSL over memory: this module knows no sockets.
 *
 * A session is fed with what came from the peer, gives the plain bytes, takes plain bytes, and has
 * output for the peer, which its owner sends and then reports as sent. The handshake runs by itself
 * while the session is fed and read. TLS 1.2 and 1.3, forward secrecy only, no renegotiation, no
 * compression; ALPN knows http/1.1 and refuses a client that offers other protocols only. */
#ifndef IO_TLS_H
#define IO_TLS_H

#include "base/base.h"
#include "io/fault.h"

#define TLS_RECORD_BYTES_MAX 16384U

struct tls_server;
struct tls_session;

/* Certificate chain (the server's first) and private key without a passphrase, both PEM.
 * FAULT_CONFIG with the file's name when one cannot be used or they do not belong together. */
MUST_USE enum fault tls_server_open(struct tls_server **server_out, const char *certificate_path,
                                    const char *key_path);

void tls_server_close(struct tls_server *server);

/* NULL when there is no memory. The server may be closed before its sessions. */
MUST_USE struct tls_session *tls_session_open(struct tls_server *server);
void tls_session_close(struct tls_session *session);

enum tls_step {
    TLS_STEP_DATA,  /* *size_out bytes are in target: read again */
    TLS_STEP_MORE,  /* wants more from the peer; there may be output */
    TLS_STEP_END,   /* the peer has said that it sends nothing more */
    TLS_STEP_FAILED /* for good; there may be an alert to send */
};

/* Hands over what came. False when there is no memory. The caller reads until TLS_STEP_MORE before
 * it feeds again, or what waits here grows. */
MUST_USE bool tls_session_feed(struct tls_session *session, struct span bytes);
MUST_USE enum tls_step tls_session_read(struct tls_session *session, void *target,
                                        size_t target_bytes, size_t *size_out);

/* True once the handshake is done: now plain bytes can be written. */
bool tls_session_is_ready(const struct tls_session *session);

/* At most TLS_RECORD_BYTES_MAX bytes become one record of output. False: it failed for good. */
MUST_USE bool tls_session_write(struct tls_session *session, struct span plain);

/* Tells the peer that nothing more comes, as output. */
void tls_session_end(struct tls_session *session);

/* What is to be sent, valid until the next call; tls_session_sent drops its first `size` bytes. */
struct span tls_session_output(struct tls_session *session);
void tls_session_sent(struct tls_session *session, size_t size);

#endif /* IO_TLS_H */
