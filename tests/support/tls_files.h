/* A key and a certificate for it, made by libcrypto in a folder of their own; another key; and the
 * first one behind TLS_FILES_PASSPHRASE. */
#ifndef TESTS_SUPPORT_TLS_FILES_H
#define TESTS_SUPPORT_TLS_FILES_H

#define TLS_FILES_PATH_BYTES 128
#define TLS_FILES_PASSPHRASE "passphrase"

struct tls_files {
    char folder[TLS_FILES_PATH_BYTES];
    char certificate[TLS_FILES_PATH_BYTES];
    char key[TLS_FILES_PATH_BYTES];
    char other_key[TLS_FILES_PATH_BYTES];
    char locked_key[TLS_FILES_PATH_BYTES];
};

void tls_files_make(struct tls_files *files);
void tls_files_remove(struct tls_files *files);

#endif /* TESTS_SUPPORT_TLS_FILES_H */
