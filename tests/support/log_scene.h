/* What the tests of the public log share: keys of logs and witnesses, made at will. */
#ifndef TESTS_SUPPORT_LOG_SCENE_H
#define TESTS_SUPPORT_LOG_SCENE_H

#include "base/span.h"
#include "io/sign_pair.h"
#include "role/vault/tlog_note.h"
#include "tests/support/test.h"

struct log_scene_key {
    struct tlog_key key;
    struct sign_pair pair;
};

static inline void log_scene_key_make(const char *name, enum tlog_key_kind kind,
                                      struct log_scene_key *key_out)
{
    struct sign_key open;
    struct sha256 sha256;
    u8 public_key[SIGN_PUBLIC_BYTES];
    assert_int_equal(sign_pair_make(&key_out->pair), FAULT_NONE);
    assert_int_equal(sign_key_open_public(span_of_text(key_out->pair.public_pem), &open),
                     FAULT_NONE);
    assert_int_equal(sign_key_public(&open, public_key), FAULT_NONE);
    sign_key_close(&open);
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    tlog_key_make(&sha256, span_of_text(name), kind, public_key, &key_out->key);
    sha256_close(&sha256);
}

static inline struct span log_scene_pem(const struct log_scene_key *key)
{
    return span_of_text(key->pair.private_pem);
}

#endif /* TESTS_SUPPORT_LOG_SCENE_H */
