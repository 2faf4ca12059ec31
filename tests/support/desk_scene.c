#include "tests/support/desk_scene.h"

#include "base/bytes.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/desk/desk_letter.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VENUE "demo.invalid"

static const struct {
    const char *code;
    const char *role;
    const char *region;
} people[DESK_SCENE_PEOPLE] = {
    [DESK_SCENE_CLEO] = {"cleo", "clerk", "fr"},
    [DESK_SCENE_ANNA] = {"anna", "legal", "fr"},
    [DESK_SCENE_ABEL] = {"abel", "legal", "fr"},
    [DESK_SCENE_AXEL] = {"axel", "legal", "de"},
    [DESK_SCENE_ALMA] = {"alma", "legal", "fr"},
    [DESK_SCENE_BELA] = {"bela", "independent", "it"},
    [DESK_SCENE_BRUNO] = {"bruno", "independent", "it"},
    [DESK_SCENE_BERTA] = {"berta", "independent", "de"},
    [DESK_SCENE_PIA] = {"pia", "preparer", "fr"},
    [DESK_SCENE_OTTO] = {"otto", "ombud", "it"},
};

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

/* ---- people ---- */

static void staff_make(struct desk_scene *scene)
{
    char registered[4096] = "";
    char staff[2048];
    size_t used =
        (size_t)snprintf(staff, sizeof(staff),
                         "cambist desk-staff v1\n# both groups\nvenue: " VENUE "\nquorum: 2 2\n");
    static struct officers officers;
    size_t size = 0;
    for (u32 i = 0; i < DESK_SCENE_PEOPLE; i += 1) {
        struct sign_pair pair;
        char public_text[SIGN_PUBLIC_TEXT_BYTES];
        char signature[SIGN_SIGNATURE_TEXT_BYTES];
        must(sign_pair_make(&pair));
        must(sign_with_private(span_of_text(pair.private_pem), span_of_text("x"), public_text,
                               signature));
        memcpy(scene->private_pem[i], pair.private_pem, sizeof(pair.private_pem));
        size += (size_t)snprintf(registered + size, sizeof(registered) - size, "%s %u group%u %s\n",
                                 people[i].code, 11 + i, i, public_text);
        used += (size_t)snprintf(staff + used, sizeof(staff) - used, "officer: %s %s %s\n",
                                 people[i].code, people[i].role, people[i].region);
    }
    must(officers_read(span_of_text(registered), "officers", &officers));
    must(desk_staff_read(span_of_text(staff), "staff", &officers, &scene->staff));
}

void desk_scene_open(struct desk_scene *scene)
{
    memset(scene, 0, sizeof(*scene));
    (void)snprintf(scene->folder, sizeof(scene->folder), "/tmp/cambist-desk-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    (void)snprintf(scene->path, sizeof(scene->path), "%s/desk.db", scene->folder);
    scene->now_s = DESK_SCENE_START_S;
    must(sha256_open(&scene->sha256));
    staff_make(scene);
}

void desk_scene_close(struct desk_scene *scene)
{
    char command[128];
    desk_store_close(scene->store);
    sha256_close(&scene->sha256);
    (void)snprintf(command, sizeof(command), "rm -r '%s'", scene->folder);
    assert_int_equal(system(command), 0);
}

void desk_scene_store(struct desk_scene *scene)
{
    struct desk_store_options options = {.path = scene->path,
                                         .access = SQL_WRITE,
                                         .venue = VENUE,
                                         .cases_max = 256,
                                         .verifies = true};
    desk_store_close(scene->store);
    scene->store = NULL;
    must(desk_store_open(&scene->store, &options));
}

/* ---- acts ---- */

void desk_scene_hash(struct desk_scene *scene, u8 hash_out[DESK_HASH_BYTES])
{
    u8 number[8];
    scene->key_next += 1;
    bytes_put_u64(number, scene->key_next);
    sha256_begin(&scene->sha256);
    sha256_add(&scene->sha256, span_of(number, sizeof(number)));
    sha256_end(&scene->sha256, hash_out);
}

struct desk_act desk_scene_act(struct desk_scene *scene, enum desk_act_kind kind,
                               enum desk_scene_who who, const u8 *name)
{
    struct desk_act act = {.kind = (u8)kind, .at_s = scene->now_s, .reason = DESK_REASON_NONE};
    memcpy(act.venue, VENUE, sizeof(VENUE));
    (void)snprintf(act.officer, sizeof(act.officer), "%s", people[who].code);
    (void)snprintf(act.region, sizeof(act.region), "%s", people[who].region);
    act.role = (u8)desk_word_number(DESK_WORDS_ROLE, span_of_text(people[who].role));
    desk_scene_hash(scene, act.evidence);
    if (name == NULL) {
        return act;
    }
    memcpy(act.name, name, sizeof(act.name));
    const struct desk_case *at = desk_case(desk_store_desk(scene->store), name);
    if (at != NULL) {
        memcpy(act.prior, at->prior, sizeof(act.prior));
        memcpy(act.grant, at->grant, sizeof(act.grant));
        memcpy(act.authority, at->authority, sizeof(act.authority));
    }
    return act;
}

static void paper_put(struct desk_scene *scene, struct desk_act *act)
{
    desk_scene_hash(scene, act->instrument);
    desk_scene_hash(scene, act->sealed);
    (void)snprintf(act->reference, sizeof(act->reference), "2026/%u", (u32)scene->key_next);
    act->dated_s = scene->now_s - 3600;
}

struct desk_act desk_scene_request(struct desk_scene *scene, const u8 *name, u32 count)
{
    struct desk_act act = desk_scene_act(scene, DESK_ACT_RECEIVE, DESK_SCENE_CLEO, name);
    act.request = DESK_REQUEST_DISCLOSE;
    act.mark = DESK_MARK_ORDER;
    act.opening = DESK_OPENING_AUTHORITY;
    act.basis = DESK_BASIS_UNION_LAW;
    act.class = count > DESK_PERSONS_PLAIN ? DESK_CLASS_BULK : DESK_CLASS_PLAIN;
    act.urgency = DESK_URGENCY_ORDINARY;
    memcpy(act.country, "FR", 3);
    (void)snprintf(act.authority, sizeof(act.authority), "%s", DESK_SCENE_HOME);
    paper_put(scene, &act);
    for (u32 i = 0; i < count && i < DESK_SUBJECTS_MAX; i += 1) {
        act.subjects[i] = (struct desk_subject){.ordinal = i + 1, .field = DESK_FIELD_DOCUMENT};
        desk_scene_hash(scene, act.subjects[i].hash);
        act.subjects_count += 1;
        if (2 * i + 1 < DESK_RECORDS_MAX) {
            act.records[2 * i] =
                (struct desk_record){.ordinal = i + 1, .group = DESK_GROUP_IDENTITY};
            act.records[2 * i + 1] = (struct desk_record){
                .ordinal = i + 1, .group = DESK_GROUP_BANK, .from_day = 20000, .to_day = 20100};
            act.records_count += 2;
        }
    }
    return act;
}

void desk_scene_sign(struct desk_scene *scene, const struct desk_act *act, enum desk_scene_who who,
                     struct desk_file *file_out)
{
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    memset(file_out, 0, sizeof(*file_out));
    file_out->act = *act;
    file_out->text_bytes = desk_act_print(act, file_out->text);
    must(sign_with_private(span_of_text(scene->private_pem[who]),
                           span_of(file_out->text, file_out->text_bytes), public_text, signature));
    assert_int_equal(sign_decode_base64(span_of_text(signature), file_out->signature,
                                        sizeof(file_out->signature)),
                     sizeof(file_out->signature));
    file_out->is_signed = true;
}

static enum desk_rule rule_of(struct desk_scene *scene, enum fault fault)
{
    if (fault != FAULT_NONE && fault != FAULT_REFUSED) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
    assert_true((fault == FAULT_REFUSED) == (scene->rule != DESK_RULE_NONE));
    return scene->rule;
}

enum desk_rule desk_scene_put(struct desk_scene *scene, struct desk_act *act,
                              enum desk_scene_who who)
{
    static struct desk_file file;
    static struct desk_file again;
    char letter[DESK_LETTER_BYTES];
    char bytes[DESK_FILE_BYTES];
    const struct desk_case *at = desk_case(desk_store_desk(scene->store), act->name);
    if (desk_act_has_letter((enum desk_act_kind)act->kind) && at != NULL &&
        span_is_zero(span_of(act->letter, sizeof(act->letter)))) {
        size_t size = desk_letter_print(at, act, letter);
        sha256_begin(&scene->sha256);
        sha256_add(&scene->sha256, span_of(letter, size));
        sha256_end(&scene->sha256, act->letter);
    }
    desk_scene_sign(scene, act, who, &file);
    size_t size = desk_file_print(&file, bytes);
    must(desk_file_read(span_of(bytes, size), "act", &again));
    return rule_of(scene,
                   desk_store_put(scene->store, &again, &scene->staff, scene->now_s, &scene->rule));
}

enum desk_rule desk_scene_process(struct desk_scene *scene, enum desk_act_kind kind, const u8 *name)
{
    struct desk_act act = desk_scene_act(scene, kind, DESK_SCENE_CLEO, name);
    if (kind == DESK_ACT_MISMATCH) {
        act.reason = DESK_REASON_MANIFEST_ERRORS;
    }
    act.number = scene->log + 1;
    return rule_of(
        scene, desk_store_process(scene->store, &act, &scene->staff, scene->now_s, &scene->rule));
}

u32 desk_scene_tell(struct desk_scene *scene)
{
    static struct desk_told told;
    bool some = false;
    u32 count = 0;
    must(desk_store_untold(scene->store, &told, &some));
    while (some) {
        scene->log += 1;
        must(desk_store_log(scene->store, told.number, scene->log));
        count += 1;
        must(desk_store_untold(scene->store, &told, &some));
    }
    return count;
}

u8 desk_scene_state(const struct desk_scene *scene, const u8 *name)
{
    const struct desk_case *at = desk_case(desk_store_desk(scene->store), name);
    return at == NULL ? 0 : at->state;
}

/* ---- ways to somewhere ---- */

static void authority_put(struct desk_scene *scene, const char *name, const char *country)
{
    struct desk_act act = desk_scene_act(scene, DESK_ACT_AUTHORITY, DESK_SCENE_ANNA, NULL);
    (void)snprintf(act.authority, sizeof(act.authority), "%s", name);
    memcpy(act.country, country, 3);
    act.type = DESK_TYPE_COURT;
    memcpy(act.recipient, "age1invented", sizeof("age1invented"));
    memcpy(act.telephone, "+00 1 23", sizeof("+00 1 23"));
    assert_int_equal(desk_scene_put(scene, &act, DESK_SCENE_ANNA), DESK_RULE_NONE);
    struct desk_act confirm = desk_scene_act(scene, DESK_ACT_CONFIRM, DESK_SCENE_BELA, NULL);
    memcpy(confirm.authority, act.authority, sizeof(act.authority));
    memcpy(confirm.prior, desk_authority(desk_store_desk(scene->store), name)->prior,
           sizeof(confirm.prior));
    assert_int_equal(desk_scene_put(scene, &confirm, DESK_SCENE_BELA), DESK_RULE_NONE);
}

void desk_scene_authorities(struct desk_scene *scene)
{
    authority_put(scene, DESK_SCENE_HOME, "FR");
    authority_put(scene, DESK_SCENE_ABROAD, "RU");
}

static void put(struct desk_scene *scene, struct desk_act act, enum desk_scene_who who)
{
    enum desk_rule rule = desk_scene_put(scene, &act, who);
    if (rule != DESK_RULE_NONE) {
        fail_msg("%s: %s", desk_word(DESK_WORDS_ACT, act.kind), desk_rule_name(rule));
    }
}

void desk_scene_approved(struct desk_scene *scene, const u8 *name)
{
    static const enum desk_scene_who approvers[] = {DESK_SCENE_ABEL, DESK_SCENE_BELA,
                                                    DESK_SCENE_ALMA, DESK_SCENE_BRUNO};
    struct desk_act request = desk_scene_request(scene, name, 1);
    put(scene, request, DESK_SCENE_CLEO);
    struct desk_act call = desk_scene_act(scene, DESK_ACT_CALL_BACK, DESK_SCENE_CLEO, name);
    memcpy(call.telephone, "+00 1 23", sizeof("+00 1 23"));
    put(scene, call, DESK_SCENE_CLEO);
    put(scene, desk_scene_act(scene, DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO, name),
        DESK_SCENE_CLEO);
    struct desk_act assess = desk_scene_act(scene, DESK_ACT_ASSESS, DESK_SCENE_ANNA, name);
    memcpy(assess.records, request.records, sizeof(assess.records));
    assess.records_count = request.records_count;
    put(scene, assess, DESK_SCENE_ANNA);
    struct desk_act prepare = desk_scene_act(scene, DESK_ACT_PREPARE, DESK_SCENE_PIA, name);
    desk_scene_hash(scene, prepare.grant);
    prepare.until_s = scene->now_s + DESK_GRANT_PLAIN_S;
    prepare.persons[0] = 7;
    prepare.persons_count = 1;
    put(scene, prepare, DESK_SCENE_PIA);
    for (u32 i = 0; i < ARRAY_COUNT(approvers); i += 1) {
        assert_int_equal(desk_scene_state(scene, name), DESK_STATE_ASSESSED);
        put(scene, desk_scene_act(scene, DESK_ACT_APPROVE, approvers[i], name), approvers[i]);
    }
    assert_int_equal(desk_scene_state(scene, name), DESK_STATE_APPROVED);
    (void)desk_scene_tell(scene);
}
