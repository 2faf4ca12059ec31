#include "tests/support/tls_files.h"

#include "tests/support/test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NULL: without a passphrase. */
static void key_write(const char *path, EVP_PKEY *key, const char *passphrase)
{
    const EVP_CIPHER *cipher = passphrase == NULL ? NULL : EVP_aes_256_cbc();
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, cipher, (const u8 *)passphrase,
                                          passphrase == NULL ? 0 : (int)strlen(passphrase), NULL,
                                          NULL),
                     1);
    assert_int_equal(fclose(file), 0);
}

static EVP_PKEY *key_make(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    assert_non_null(key);
    key_write(path, key, NULL);
    return key;
}

static void certificate_make(const char *path, EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    assert_non_null(certificate);
    assert_int_equal(X509_set_version(certificate, 2), 1);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const u8 *)"demo.invalid", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    assert_int_equal(fclose(file), 0);
    X509_free(certificate);
}

void tls_files_make(struct tls_files *files)
{
    (void)snprintf(files->folder, sizeof(files->folder), "/tmp/cambist-tls-XXXXXX");
    assert_non_null(mkdtemp(files->folder));
    const int most = TLS_FILES_PATH_BYTES - 32; /* of the folder: the compiler wants to know */
    (void)snprintf(files->certificate, sizeof(files->certificate), "%.*s/certificate.pem", most,
                   files->folder);
    (void)snprintf(files->key, sizeof(files->key), "%.*s/key.pem", most, files->folder);
    (void)snprintf(files->other_key, sizeof(files->other_key), "%.*s/other.pem", most,
                   files->folder);
    (void)snprintf(files->locked_key, sizeof(files->locked_key), "%.*s/locked.pem", most,
                   files->folder);
    EVP_PKEY *other = key_make(files->other_key);
    EVP_PKEY_free(other);
    EVP_PKEY *key = key_make(files->key);
    key_write(files->locked_key, key, TLS_FILES_PASSPHRASE);
    certificate_make(files->certificate, key);
    EVP_PKEY_free(key);
}

void tls_files_remove(struct tls_files *files)
{
    unlink(files->certificate);
    unlink(files->key);
    unlink(files->other_key);
    unlink(files->locked_key);
    rmdir(files->folder);
}
