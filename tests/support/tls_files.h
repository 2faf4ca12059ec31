/* A key and a certificate for it, made by libcrypto in a folder of their own, and another key. */
#ifndef TESTS_SUPPORT_TLS_FILES_H
#define TESTS_SUPPORT_TLS_FILES_H

#define TLS_FILES_PATH_BYTES 128

struct tls_files {
    char folder[TLS_FILES_PATH_BYTES];
    char certificate[TLS_FILES_PATH_BYTES];
    char key[TLS_FILES_PATH_BYTES];
    char other_key[TLS_FILES_PATH_BYTES];
};

void tls_files_make(struct tls_files *files);
void tls_files_remove(struct tls_files *files);

#endif /* TESTS_SUPPORT_TLS_FILES_H */
