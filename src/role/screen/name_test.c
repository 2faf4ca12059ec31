/* Aim: names of every script come apart into the tokens that the comparison expects: letters,
 * roles, weights, in the order they are spoken. Method: names by hand with their tokens as one line
 * of text; the limits; bytes that are no text; random bytes and characters. */
#include "role/screen/name.h"

#include "base/random.h"
#include "base/span.h"
#include "base/utf8.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct name_analyser *analyser;

static int open_analyser(void **state)
{
    (void)state;
    return name_analyser_open(&analyser) == FAULT_NONE ? 0 : -1;
}

static int close_analyser(void **state)
{
    (void)state;
    name_analyser_close(analyser);
    return 0;
}

/* The tokens as "text:role text:role"; roles by one letter, ordinary ones without. */
static const char *tokens_of(const char *text, enum name_kind kind)
{
    static char line[1024];
    static const char roles[] = "-GFPIptLNgc";
    struct name name;
    size_t used = 0;
    line[0] = 0;
    if (!name_analyse(analyser, span_of_text(text), kind, &name)) {
        return "none";
    }
    for (u32 i = 0; i < name.tokens_count; i += 1) {
        const struct name_token *token = &name.tokens[i];
        char role[3] = {token->role == ROLE_ORDINARY ? (char)0 : ':', roles[token->role], 0};
        int size = snprintf(line + used, sizeof(line) - used, "%s%.*s%s", i > 0 ? " " : "",
                            token->text_size, (const char *)token->text, role);
        assert_true(size > 0 && (size_t)size < sizeof(line) - used);
        used += (size_t)size;
    }
    return line;
}

static void persons_come_apart(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"Vladimir Putin", "vladimir putin"},
        {"PUTIN, Vladimir Vladimirovich", "vladimir:G vladimirovich:P putin:F"},
        {"Frost, William W.", "william:G w:I frost:F"},
        {"J.-C. Juncker", "j:I c:I juncker"},
        {"JC Juncker", "j:I c:I juncker"},
        {"Sheikh Saif al-Din al-Rawi", "sheikh:t saif al:p din al:p rawi"},
        {"Osama bin Ladin", "osama bin:p ladin:P"},
        {"Heydar Aliyev oglu", "heydar aliyev:P oglu:p"},
        {"Abdurrahman", "abd rahman"},
        {"Abd al-Latif", "abd al:p latif"},
        {"Abd Allah", "abdullah"},
        {"Nasruddin", "nasr uddin"},
        {"Roman Arkadyevich Abramovich", "roman arkadyevich:P abramovich"},
        {"Roman Abramovich", "roman abramovich"},
        {"Kovalčuk Łukasz", "kovalcuk lukasz"},
        {"O'Brien", "obrien"},
        {"Ба'асир", "baasir"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        assert_string_equal(tokens_of(names[i][0], NAME_PERSON), names[i][1]);
    }
}

static void entities_come_apart(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"Brigade Forty-Four", "brigade:g 44:N"},
        {"Brigade 044", "brigade:g 44:N"},
        {"L.X.C Aviation", "lxc aviation:g"},
        {"Bowne Global Solutions, S.A.R.L.", "bowne global:g solutions:g sarl:L"},
        {"Stripe Limited Liability Company", "stripe limited:L"},
        {"Apollo Fund VIII L.P.", "apollo fund:g 8:N lp:L"},
        {"X Corp", "x:I corp:L"},
        {"H&M Hennes", "h:I and:p m:I hennes"},
        {"Bank of China (Singapore)", "bank:g of:p china:c singapore:c"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        assert_string_equal(tokens_of(names[i][0], NAME_ENTITY), names[i][1]);
    }
}

static void other_scripts_come_apart(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"Сергей Викторович Лавров", "sergey viktorovich:P lavrov"},
        {"سيف الدين", "sif al:p din"},
        {"عبداللطيف التكريتي", "abd al:p ltif al:p tkriti"},
        {"عبد الله", "abdullah"},
        {"김정은", "kim jongun"},
        {"习近平", "xi jinping"},
        {"バラク・オバマ", "baraku obama"},
        {"ბარაკ ობამა", "barak obama"},
        {"Բարակ Օբամա", "barak obama"},
        {"Ｐｕｔｉｎ", "putin"},
        {"Рutin", "putin"}, /* the first letter is Cyrillic */
    };
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        assert_string_equal(tokens_of(names[i][0], NAME_PERSON), names[i][1]);
    }
}

static void words_tell_the_kind(void **state)
{
    (void)state;
    struct name name;
    static const char *const entities[] = {"Gazprom Neft JSC", "Nanshan Group", "Brigade 44"};
    for (u32 i = 0; i < ARRAY_COUNT(entities); i += 1) {
        assert_true(name_analyse(analyser, span_of_text(entities[i]), NAME_UNKNOWN, &name));
        assert_int_equal(name.kind, NAME_ENTITY);
    }
    assert_true(name_analyse(analyser, span_of_text("Ali Akbar"), NAME_UNKNOWN, &name));
    assert_int_equal(name.kind, NAME_PERSON);
    assert_true(name_analyse(analyser, span_of_text("Lady Leila"), NAME_VESSEL, &name));
    assert_int_equal(name.kind, NAME_ENTITY);
}

static void what_is_no_name_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"", " ", "-.,", "\xff", "Putin\xc3", "\xed\xa0\x80"};
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        struct name name;
        assert_false(name_analyse(analyser, span_of_text(texts[i]), NAME_PERSON, &name));
        assert_int_equal(name.tokens_count, 0);
    }
}

static void long_names_are_cut(void **state)
{
    (void)state;
    static char text[4 * NAME_TEXT_BYTES_MAX];
    struct name name;
    for (size_t at = 0; at < sizeof(text); at += 4) {
        memcpy(text + at, "\xd0\x9f\xd0\xb0", 4);
        text[at + 3] = at % 64 == 0 ? ' ' : text[at + 3];
        text[at + 2] = at % 64 == 0 ? ' ' : text[at + 2];
    }
    assert_true(name_analyse(analyser, span_of(text, sizeof(text)), NAME_PERSON, &name));
    assert_int_equal(name.tokens_count, NAME_TOKENS_MAX);
    assert_int_equal(name.cut, 1);
    assert_int_equal(name_bytes(&name), sizeof(name));
    /* A hash tells words apart that are equal as far as they are kept. */
    struct name other;
    assert_true(name_analyse(analyser, span_of_text("Vermogensverwaltungsgesellschaft"),
                             NAME_PERSON, &name));
    assert_true(name_analyse(analyser, span_of_text("Vermogensverwaltungsgesellschift"),
                             NAME_PERSON, &other));
    assert_memory_equal(name.tokens[0].text, other.tokens[0].text, NAME_TOKEN_LETTERS);
    assert_int_not_equal(name.tokens[0].hash, other.tokens[0].hash);
}

static void check_tokens(const struct name *name)
{
    assert_true(name->tokens_count <= NAME_TOKENS_MAX);
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        const struct name_token *token = &name->tokens[i];
        assert_in_range(token->text_size, 1, NAME_TOKEN_LETTERS);
        assert_true(token->sound_size <= NAME_TOKEN_SOUNDS);
        assert_in_range(token->weight, 1, NAME_WEIGHT_MAX);
        for (u32 j = 0; j < NAME_TOKEN_LETTERS; j += 1) {
            u8 letter = token->text[j];
            bool good = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
            assert_true(j < token->text_size ? good : letter == 0);
        }
    }
}

/* Characters of all scripts, pieces of names, and any bytes. */
static void any_text_is_bounded(void **state)
{
    (void)state;
    static const u32 starts[] = {0x20, 0xc0, 0x400, 0x5d0, 0x600, 0x900, 0x3040, 0x4e00, 0xac00};
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(20000);
    for (u64 round = 0; round < rounds; round += 1) {
        u8 text[64];
        size_t size = 0;
        bool bytes = random_below(&random, 8) == 0;
        while (size + 4 <= sizeof(text) && random_below(&random, 16) != 0) {
            if (bytes) {
                text[size] = (u8)random_u64(&random);
                size += 1;
            } else {
                u32 start = starts[random_below(&random, ARRAY_COUNT(starts))];
                size += utf8_put(start + (u32)random_below(&random, 0x60), text + size);
            }
        }
        struct name name;
        struct name again;
        enum name_kind kind = (enum name_kind)random_below(&random, 4);
        bool good = name_analyse(analyser, span_of(text, size), kind, &name);
        assert_int_equal(good, name.tokens_count > 0);
        check_tokens(&name);
        assert_int_equal(name_analyse(analyser, span_of(text, size), kind, &again), good);
        assert_memory_equal(&name, &again, name_bytes(&name));
    }
}

static void text_of_unknown_kind_is_read_twice_when_it_may_be_both(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        u32 count;
        u8 kind; /* of the last */
    } texts[] = {
        {"Vladimir Petrenko", 1, NAME_PERSON}, {"Petrenko, V. W.", 1, NAME_PERSON},
        {"OREL S.A.", 2, NAME_ENTITY},         {"S.A. OREL", 2, NAME_ENTITY},
        {"OREL-D.O.O.", 2, NAME_ENTITY},       {"OREL CO", 2, NAME_ENTITY},
        {"Jose Sa", 1, NAME_PERSON},           {"Orel Trading", 1, NAME_ENTITY},
        {"S.A. DE C.V. OREL", 2, NAME_ENTITY}, {"Sa", 1, NAME_PERSON},
    };
    struct name names[NAME_READINGS_MAX];
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        u32 count = name_analyse_either(analyser, span_of_text(texts[i].text), names);
        if (count != texts[i].count || names[count - 1].kind != texts[i].kind) {
            fail_msg("%s: %u", texts[i].text, count);
        }
        struct name plain;
        assert_true(name_analyse(analyser, span_of_text(texts[i].text), NAME_UNKNOWN, &plain));
        assert_memory_equal(&plain, &names[0], name_bytes(&plain));
        assert_true(name_analyse(analyser, span_of_text(texts[i].text),
                                 (enum name_kind)texts[i].kind, &plain));
        assert_memory_equal(&plain, &names[count - 1], name_bytes(&plain));
    }
    assert_int_equal(name_analyse_either(analyser, span_of_text("..."), names), 0);
    assert_int_equal(name_analyse_either(analyser, span_of("\xff", 1), names), 0);
}

static void known_words_written_as_one_come_apart(void **state)
{
    (void)state;
    assert_string_equal(tokens_of("Orel Importexport SAS", NAME_ENTITY),
                        tokens_of("Orel Import Export SAS", NAME_ENTITY));
    assert_string_equal(tokens_of("Vato 2002eood", NAME_ENTITY),
                        tokens_of("Vato 2002 eood", NAME_ENTITY));
    assert_string_equal(tokens_of("Orelbank 7star", NAME_ENTITY), "orelbank 7star");
    assert_string_equal(tokens_of("Importexport Petrenko", NAME_PERSON), "importexport petrenko");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_unknown_kind_is_read_twice_when_it_may_be_both),
        cmocka_unit_test(known_words_written_as_one_come_apart),
        cmocka_unit_test(persons_come_apart),
        cmocka_unit_test(entities_come_apart),
        cmocka_unit_test(other_scripts_come_apart),
        cmocka_unit_test(words_tell_the_kind),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(any_text_is_bounded),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
