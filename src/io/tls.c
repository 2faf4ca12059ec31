#include "io/tls.h"

#include "base/check.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

/* Forward secrecy and authenticated encryption; TLS 1.3 has its own list, which is of that kind. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

struct tls_server {
    SSL_CTX *context;
};

struct tls_session {
    SSL *ssl;
    BIO *input;  /* what came; the SSL's own */
    BIO *output; /* what is to be sent; the SSL's own */
    bool failed;
};

/* As lists of a length and a name. */
static const u8 protocols[] = "\x08http/1.1";

static int on_protocols(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_bytes,
                        const unsigned char *offered, unsigned int offered_bytes, void *argument)
{
    (void)ssl;
    (void)argument;
    unsigned char *found = NULL;
    int result = SSL_select_next_proto(&found, chosen_bytes, protocols, sizeof(protocols) - 1,
                                       offered, offered_bytes);
    if (result != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

static enum fault fault_of_openssl(const char *what, const char *path)
{
    unsigned long error = ERR_peek_error();
    const char *reason = ERR_reason_error_string(error);
    enum fault fault =
        FAULT(FAULT_CONFIG, "%s %s: %s", what, path, reason != NULL ? reason : "not usable");
    ERR_clear_error();
    return fault;
}

/* A key behind a passphrase is not usable: OpenSSL would ask whoever sits at the terminal. */
static int on_passphrase(char *target, int target_bytes, int writes, void *argument)
{
    (void)target;
    (void)target_bytes;
    (void)writes;
    (void)argument;
    return -1;
}

static enum fault context_load(SSL_CTX *context, const char *certificate_path, const char *key_path)
{
    if (SSL_CTX_use_certificate_chain_file(context, certificate_path) != 1) {
        return fault_of_openssl("certificate", certificate_path);
    }
    if (SSL_CTX_use_PrivateKey_file(context, key_path, SSL_FILETYPE_PEM) != 1) {
        return fault_of_openssl("private key", key_path);
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        return fault_of_openssl("private key", key_path);
    }
    return FAULT_NONE;
}

static enum fault context_open(SSL_CTX **context_out, const char *certificate_path,
                               const char *key_path)
{
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL) {
        return FAULT(FAULT_LIMIT, "TLS: no memory");
    }
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, on_protocols, NULL);
    SSL_CTX_set_default_passwd_cb(context, on_passphrase);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); /* tickets alone */
    enum fault fault = FAULT_NONE;
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, CIPHERS) != 1) {
        fault = FAULT(FAULT_CONFIG, "TLS: OpenSSL refuses version 1.2 or the ciphers");
    } else {
        fault = context_load(context, certificate_path, key_path);
    }
    if (fault != FAULT_NONE) {
        SSL_CTX_free(context);
        return fault;
    }
    *context_out = context;
    return FAULT_NONE;
}

enum fault tls_server_open(struct tls_server **server_out, const char *certificate_path,
                           const char *key_path)
{
    *server_out = NULL;
    SSL_CTX *context = NULL;
    TRY(context_open(&context, certificate_path, key_path));
    struct tls_server *server = malloc(sizeof(*server));
    if (server == NULL) {
        SSL_CTX_free(context);
        return FAULT(FAULT_LIMIT, "TLS: no memory");
    }
    server->context = context;
    *server_out = server;
    return FAULT_NONE;
}

void tls_server_close(struct tls_server *server)
{
    if (server != NULL) {
        SSL_CTX_free(server->context);
        free(server);
    }
}

struct tls_session *tls_session_open(struct tls_server *server)
{
    struct tls_session *session = calloc(1, sizeof(*session));
    SSL *ssl = SSL_new(server->context);
    BIO *input = BIO_new(BIO_s_mem());
    BIO *output = BIO_new(BIO_s_mem());
    if (session == NULL || ssl == NULL || input == NULL || output == NULL) {
        BIO_free(output);
        BIO_free(input);
        SSL_free(ssl);
        free(session);
        ERR_clear_error();
        return NULL;
    }
    SSL_set_bio(ssl, input, output);
    SSL_set_accept_state(ssl);
    session->ssl = ssl;
    session->input = input;
    session->output = output;
    return session;
}

void tls_session_close(struct tls_session *session)
{
    if (session != NULL) {
        SSL_free(session->ssl);
        free(session);
        ERR_clear_error();
    }
}

bool tls_session_feed(struct tls_session *session, struct span bytes)
{
    CHECK(bytes.size <= INT_MAX);
    return bytes.size == 0 ||
           BIO_write(session->input, bytes.data, (int)bytes.size) == (int)bytes.size;
}

enum tls_step tls_session_read(struct tls_session *session, void *target, size_t target_bytes,
                               size_t *size_out)
{
    *size_out = 0;
    if (session->failed) {
        return TLS_STEP_FAILED;
    }
    ERR_clear_error();
    int result = SSL_read_ex(session->ssl, target, target_bytes, size_out);
    if (result == 1) {
        return TLS_STEP_DATA;
    }
    int error = SSL_get_error(session->ssl, result);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) {
        return TLS_STEP_MORE;
    }
    if (error == SSL_ERROR_ZERO_RETURN) {
        return TLS_STEP_END;
    }
    session->failed = true;
    return TLS_STEP_FAILED;
}

bool tls_session_is_ready(const struct tls_session *session)
{
    return !session->failed && SSL_is_init_finished(session->ssl) == 1;
}

bool tls_session_write(struct tls_session *session, struct span plain)
{
    CHECK(plain.size > 0 && plain.size <= TLS_RECORD_BYTES_MAX);
    if (session->failed) {
        return false;
    }
    size_t written = 0;
    ERR_clear_error();
    if (SSL_write_ex(session->ssl, plain.data, plain.size, &written) != 1 ||
        written != plain.size) {
        ERR_clear_error();
        session->failed = true;
        return false;
    }
    return true;
}

void tls_session_end(struct tls_session *session)
{
    if (tls_session_is_ready(session)) {
        ERR_clear_error();
        int result = SSL_shutdown(session->ssl);
        (void)result; /* the peer's own end is not waited for */
        ERR_clear_error();
    }
}

struct span tls_session_output(struct tls_session *session)
{
    char *data = NULL;
    long size = BIO_get_mem_data(session->output, &data);
    return (struct span){.data = (const u8 *)data, .size = size > 0 ? (size_t)size : 0};
}

void tls_session_sent(struct tls_session *session, size_t size)
{
    /* A memory BIO drops what it has when it is read; it is read into nothing, in pieces. */
    u8 dropped[4096];
    while (size > 0) {
        int piece = (int)u64_min(size, sizeof(dropped));
        int done = BIO_read(session->output, dropped, piece);
        CHECK(done > 0 && done <= piece);
        size -= (size_t)done;
    }
}
