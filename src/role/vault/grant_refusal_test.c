/* Aim: a refusal has one form, is of one grant, and is believed only with the officer's signature.
 *
 * Method: a note is made and signed with a scene's key, read again, and changed at every byte;
 * reasons that would be shown otherwise than they are written are refused. */
#include "role/vault/grant_refusal.h"

#include "base/span.h"
#include "io/sign.h"
#include "tests/support/opening_scene.h"

#include <string.h>

static struct opening_scene scene;
static struct grant_file file;
static char text[REFUSAL_TEXT_BYTES];
static size_t text_bytes;

static int make(void **state)
{
    static struct grant grant;
    (void)state;
    opening_scene_open(&scene);
    grant = grant_scene_make(1);
    opening_scene_fill(&scene, &grant);
    opening_scene_sign(&scene, &grant, NULL, 0, &file);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    opening_scene_close(&scene);
    return 0;
}

/* By the scene's first officer. */
static void refuse(const char *reason)
{
    struct grant_refusal refusal;
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    grant_refusal_make(&file, scene.circle.officers[0].signer.code, span_of_text(reason),
                       GRANT_SCENE_ISSUED_S, &refusal);
    size_t size = grant_refusal_print_signed(&refusal, text);
    assert_int_equal(sign_with_private(span_of_text(scene.signers[0].pair.private_pem),
                                       span_of(text, size), public_key, signature),
                     FAULT_NONE);
    assert_int_equal(
        sign_decode_base64(span_of_text(signature), refusal.signature, sizeof(refusal.signature)),
        sizeof(refusal.signature));
    text_bytes = grant_refusal_print(&refusal, text);
}

static enum fault judge(void)
{
    struct grant_refusal refusal;
    TRY(grant_refusal_read(span_of(text, text_bytes), "note", &refusal));
    return grant_refusal_check(&scene.circle, &file, &refusal);
}

static void a_refusal_is_read_as_it_was_signed(void **state)
{
    struct grant_refusal refusal;
    (void)state;
    refuse("L'ordre nomme le compte d'une autre personne : n\xc2\xb0 7.");
    assert_int_equal(judge(), FAULT_NONE);
    assert_int_equal(grant_refusal_read(span_of(text, text_bytes), "note", &refusal), FAULT_NONE);
    assert_string_equal(refusal.officer, "a0-1");
    assert_string_equal(refusal.reason,
                        "L'ordre nomme le compte d'une autre personne : n\xc2\xb0 7.");
    assert_int_equal(refusal.at_s, GRANT_SCENE_ISSUED_S);
}

static void every_changed_byte_of_a_refusal_is_seen(void **state)
{
    (void)state;
    refuse("The order has no date.");
    for (size_t i = 0; i < text_bytes; i += 1) {
        char kept = text[i];
        text[i] = (char)(kept ^ 1);
        assert_int_not_equal(judge(), FAULT_NONE);
        text[i] = kept;
    }
    text_bytes -= 1;
    assert_int_equal(judge(), FAULT_INPUT);
    text_bytes += 1;
    text[text_bytes] = '\n';
    text_bytes += 1;
    assert_int_equal(judge(), FAULT_INPUT);
}

static void a_refusal_is_of_one_grant(void **state)
{
    (void)state;
    refuse("The order has no date.");
    file.hash[0] ^= 1;
    assert_int_equal(judge(), FAULT_REFUSED);
    assert_non_null(strstr(fault_text(), "of another grant"));
    file.hash[0] ^= 1;
    scene.circle.officers[0].signer.key[0] ^= 1;
    assert_int_equal(judge(), FAULT_REFUSED);
    assert_non_null(strstr(fault_text(), "the signature is not over it"));
    scene.circle.officers[0].signer.key[0] ^= 1;
}

static void a_reason_is_shown_as_it_is_written(void **state)
{
    static const char *const bad[] = {"",
                                      " a",
                                      "a ",
                                      "a\nb",
                                      "a\tb",
                                      "a\x7f",
                                      "\xc2\x80",
                                      "\xe2\x80\xae"
                                      "b",
                                      "\xe2\x80\x8b",
                                      "\xef\xbb\xbf",
                                      "\xff",
                                      "\xc0\xaf",
                                      "a\xe2\x80\xa8"
                                      "b",
                                      "\xe2\x81\xa6"};
    char longest[REFUSAL_REASON_BYTES + 1];
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        assert_false(grant_refusal_reason_fits(span_of_text(bad[i])));
    }
    assert_false(grant_refusal_reason_fits(span_of("a\0b", 3)));
    memset(longest, 'a', sizeof(longest));
    assert_false(grant_refusal_reason_fits(span_of(longest, sizeof(longest))));
    assert_true(grant_refusal_reason_fits(span_of(longest, sizeof(longest) - 1)));
    longest[REFUSAL_REASON_BYTES] = '\0';
    refuse(longest);
    assert_int_equal(judge(), FAULT_NONE);
    assert_true(grant_refusal_reason_fits(span_of_text("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_read_as_it_was_signed),
        cmocka_unit_test(every_changed_byte_of_a_refusal_is_seen),
        cmocka_unit_test(a_refusal_is_of_one_grant),
        cmocka_unit_test(a_reason_is_shown_as_it_is_written),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
