#include "role/door/door_mail.h"

#include "base/check.h"
#include "base/email.h"
#include "base/secret.h"
#include "base/span.h"
#include "wire/door_message.h"

#include <stdio.h>
#include <string.h>

#define LANGUAGES  2U
#define NAME_BYTES 48U

struct text {
    const char *subject;
    const char *body; /* before the code, or all of it */
    bool has_code;
};

static const struct text texts[LANGUAGES][DOOR_MAIL_KINDS] = {
    {
        [DOOR_MAIL_SIGN_UP] = {"Your code",
                               "This code confirms your address. It can be used once, within 30 "
                               "minutes.\nIf you have not asked for it, nothing has to be done.",
                               true},
        [DOOR_MAIL_SIGN_UP_KNOWN] =
            {"You have a login already",
             "Somebody, perhaps you, has tried to sign up with this address. It has a login "
             "already:\nsign in, or ask for a new password there. If it was not you, nothing has "
             "to be done.",
             false},
        [DOOR_MAIL_RESET] = {"Your code for a new password",
                             "This code lets you set a new password. It can be used once, within "
                             "30 minutes.\nNobody from our side will ever ask you for it. If you "
                             "have not asked for it,\nnothing has to be done.",
                             true},
        [DOOR_MAIL_RESET_UNKNOWN] =
            {"There is no login with this address",
             "Somebody, perhaps you, has asked for a new password for this address. There is no\n"
             "login with it. If it was not you, nothing has to be done.",
             false},
    },
    {
        [DOOR_MAIL_SIGN_UP] = {"Votre code",
                               "Ce code confirme votre adresse. Il sert une seule fois, dans les "
                               "30 minutes.\nSi vous ne l'avez pas demandé, il n'y a rien à faire.",
                               true},
        [DOOR_MAIL_SIGN_UP_KNOWN] =
            {"=?utf-8?Q?Vous_avez_d=C3=A9j=C3=A0_un_acc=C3=A8s?=",
             "Quelqu'un, peut-être vous, a voulu s'inscrire avec cette adresse. Elle a déjà un "
             "accès :\nconnectez-vous, ou demandez-y un nouveau mot de passe. Si ce n'était pas "
             "vous, il n'y a\nrien à faire.",
             false},
        [DOOR_MAIL_RESET] = {"Votre code pour un nouveau mot de passe",
                             "Ce code permet de choisir un nouveau mot de passe. Il sert une seule "
                             "fois, dans les\n30 minutes. Personne de chez nous ne vous le "
                             "demandera jamais. Si vous ne l'avez pas\ndemandé, il n'y a rien à "
                             "faire.",
                             true},
        [DOOR_MAIL_RESET_UNKNOWN] =
            {"=?utf-8?Q?Aucun_acc=C3=A8s_avec_cette_adresse?=",
             "Quelqu'un, peut-être vous, a demandé un nouveau mot de passe pour cette adresse. "
             "Aucun accès\nne l'utilise. Si ce n'était pas vous, il n'y a rien à faire.",
             false},
    },
};

u32 door_mail_print(const struct door_mail *mail, const char *issuer,
                    char text_out[DOOR_MAIL_BYTES_MAX])
{
    char code[DOOR_CODE_TEXT_BYTES(DOOR_MAIL_CODE_BYTES)] = "";
    bool is_french = mail->language == DOOR_LANGUAGE_FRENCH;
    const struct text *text = &texts[is_french ? 1 : 0][mail->kind];
    CHECK(email_may_be_written_to(mail->address));
    if (text->has_code) {
        CHECK(mail->code.size == DOOR_MAIL_CODE_BYTES);
        door_code_print(mail->code, 4, code);
    }
    int size = snprintf(text_out, DOOR_MAIL_BYTES_MAX,
                        "To: <%.*s>\n"
                        "Subject: %s: %s\n"
                        "Content-Type: text/plain; charset=utf-8\n"
                        "Content-Transfer-Encoding: 8bit\n"
                        "Content-Language: %s\n"
                        "Auto-Submitted: auto-generated\n"
                        "\n"
                        "%s%s%s%s\n",
                        (int)mail->address.size, (const char *)mail->address.data, issuer,
                        text->subject, is_french ? "fr" : "en", text->has_code ? "    " : "", code,
                        text->has_code ? "\n\n" : "", text->body);
    secret_wipe(code, sizeof(code));
    CHECK(size > 0 && (u32)size < DOOR_MAIL_BYTES_MAX);
    return (u32)size;
}

/* ---- the folder ---- */

struct counter {
    struct disk_visitor visitor;
    u32 count;
    char begun[FILE_NAME_BYTES]; /* one of those that were not finished; "" where there is none */
};

static enum fault visit(struct disk_visitor *visitor, const char *name)
{
    struct counter *counter = (struct counter *)(void *)visitor;
    if (name[0] != '.') {
        counter->count += 1;
    } else if (!span_copy(span_of(name, strlen(name) + 1), counter->begun,
                          sizeof(counter->begun))) {
        return FAULT(FAULT_FOREIGN, "a file among the mails has too long a name");
    }
    return FAULT_NONE;
}

static enum fault count(struct door_mails *mails, struct counter *counter_out)
{
    *counter_out = (struct counter){.visitor = {.visit = visit}};
    TRY(disk_list(mails->disk, mails->folder, &counter_out->visitor));
    mails->files_count = counter_out->count;
    return FAULT_NONE;
}

/* What an earlier process has begun. It left one at most; each turn removes one. */
static enum fault begun_remove(struct door_mails *mails)
{
    struct counter counter;
    char path[FILE_PATH_BYTES];
    TRY(count(mails, &counter));
    while (counter.begun[0] != '\0') {
        TRY(file_path(path, mails->folder, counter.begun));
        TRY(disk_unlink(mails->disk, path));
        TRY(count(mails, &counter));
    }
    return FAULT_NONE;
}

enum fault door_mails_open(struct door_mails *mails, struct disk *disk, const char *folder,
                           const char *issuer, u32 files_max)
{
    *mails = (struct door_mails){.disk = disk, .files_max = files_max};
    CHECK(files_max > 0);
    if (strlen(issuer) > DOOR_MAIL_ISSUER_MAX) {
        return FAULT(FAULT_CONFIG, "the name in mails has more than %u bytes",
                     DOOR_MAIL_ISSUER_MAX);
    }
    memcpy(mails->issuer, issuer, strlen(issuer) + 1);
    TRY(file_path(mails->folder, folder, DOOR_MAIL_FOLDER));
    TRY(disk_make_folder(disk, mails->folder));
    TRY(disk_sync_folder(disk, folder));
    return begun_remove(mails);
}

enum fault door_mails_have_room(struct door_mails *mails, enum door_mail_kind kind, u64 now_us,
                                bool *room_out)
{
    u32 kept = kind == DOOR_MAIL_RESET ? 0 : mails->files_max / DOOR_MAIL_RESERVE;
    u32 files_max = mails->files_max - kept;
    bool is_old = now_us < mails->counted_us || now_us - mails->counted_us >= DOOR_MAIL_RECOUNT_US;
    if (mails->files_count >= files_max && is_old) {
        struct counter counter;
        TRY(count(mails, &counter));
        mails->counted_us = now_us;
    }
    *room_out = mails->files_count < files_max;
    return FAULT_NONE;
}

static enum fault write_whole(struct door_mails *mails, const char *path, struct span text)
{
    SCOPED_FILE file;
    TRY(file_open(mails->disk, path, FILE_WRITE | FILE_CREATE | FILE_SECRET, &file));
    TRY(file_write_at(&file, 0, text.data, text.size));
    return file_sync(&file);
}

enum fault door_mails_put(struct door_mails *mails, const struct door_mail *mail, u64 now_us,
                          u64 mark)
{
    char text[DOOR_MAIL_BYTES_MAX];
    char name[NAME_BYTES];
    char begun[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    bool room = false;
    TRY(door_mails_have_room(mails, mail->kind, now_us, &room));
    if (!room) {
        return FAULT(FAULT_LIMIT, "%u mails wait to be taken", mails->files_count);
    }
    (void)snprintf(name, sizeof(name), ".%016lx-%016lx", now_us, mark);
    TRY(file_path(begun, mails->folder, name));
    TRY(file_path(path, mails->folder, name + 1));
    u32 size = door_mail_print(mail, mails->issuer, text);
    enum fault fault = write_whole(mails, begun, span_of(text, size));
    secret_wipe(text, sizeof(text));
    TRY(fault);
    TRY(disk_rename(mails->disk, begun, path));
    TRY(disk_sync_folder(mails->disk, mails->folder));
    mails->files_count += 1;
    mails->written += 1;
    return FAULT_NONE;
}
