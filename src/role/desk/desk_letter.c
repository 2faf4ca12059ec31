#include "role/desk/desk_letter.h"

#include "base/bytes.h"
#include "base/check.h"
#include "wire/moment.h"

#include <stdio.h>
#include <string.h>

#define US 1000000ULL

enum language { LANGUAGE_EN, LANGUAGE_FR, LANGUAGES };

enum letter { LETTER_RECEIPT, LETTER_REFUSAL, LETTER_NARROWING, LETTER_CHALLENGE, LETTER_NOTICE };

static const char *const names[] = {"receipt", "refusal", "narrowing", "challenge", "notice"};

/* clang-format off */
static const char *const bodies[][LANGUAGES] = {
    [LETTER_RECEIPT] = {
        "We have received your request and called you back at the number that we have registered.\n"
        "It is now being examined. Two independent groups of people decide on it, and every step\n"
        "is entered into a log that outsiders watch. We will answer in writing.\n",
        "Nous avons reçu votre demande et vous avons rappelé au numéro que nous avons enregistré.\n"
        "Elle est à l'examen. Deux groupes indépendants en décident, et chaque étape est inscrite\n"
        "dans un journal que des tiers surveillent. Nous répondrons par écrit.\n"},
    [LETTER_REFUSAL] = {
        "We do not comply with this request. Nothing has been handed over.\n",
        "Nous ne donnons pas suite à cette demande. Rien n'a été remis.\n"},
    [LETTER_NARROWING] = {
        "We ask you to narrow this request: name each person by an exact identifier, each kind of\n"
        "data, and a period that the purpose needs. Until then nothing is handed over.\n",
        "Nous vous prions de restreindre cette demande : nommez chaque personne par un identifiant\n"
        "exact, chaque type de données, et une période que l'objet exige. D'ici là rien n'est remis.\n"},
    [LETTER_CHALLENGE] = {
        "We contest this request before the competent court. Until it has decided, nothing is\n"
        "handed over.\n",
        "Nous contestons cette demande devant la juridiction compétente. Jusqu'à sa décision, rien\n"
        "n'est remis.\n"},
    [LETTER_NOTICE] = {
        "A request has concerned your account. You can see in your account what was opened, for whom\n"
        "and when, and check it against the public log. You may complain to the data protection\n"
        "authority and go to court.\n",
        "Une demande a concerné votre compte. Votre compte montre ce qui a été ouvert, pour qui et\n"
        "quand, et vous pouvez le vérifier dans le journal public. Vous pouvez saisir l'autorité de\n"
        "protection des données et la justice.\n"},
};
/* clang-format on */

static const struct {
    u32 reason;
    const char *text[LANGUAGES];
} reasons[] = {
    {DESK_REASON_INCOMPLETE, {"The request is incomplete.", "La demande est incomplète."}},
    {DESK_REASON_MANIFEST_ERRORS,
     {"The request contains manifest errors.", "La demande contient des erreurs manifestes."}},
    {DESK_REASON_INSUFFICIENT_INFORMATION,
     {"It does not say enough to be carried out.", "Elle n'en dit pas assez pour être exécutée."}},
    {DESK_REASON_DATA_NOT_HELD,
     {"We do not hold these data.", "Nous ne détenons pas ces données."}},
    {DESK_REASON_DE_FACTO_IMPOSSIBILITY,
     {"It cannot be carried out in fact.", "Elle est impossible à exécuter en fait."}},
    {DESK_REASON_INVALID_ISSUING_AUTHORITY,
     {"We could not establish that the issuer is a competent authority.",
      "Nous n'avons pu établir que l'émetteur est une autorité compétente."}},
    {DESK_REASON_OFFENCE_NOT_COVERED,
     {"The offence is not one for which this may be asked.",
      "L'infraction n'est pas de celles qui le permettent."}},
    {DESK_REASON_SERVICE_NOT_COVERED,
     {"Our service is not covered.", "Notre service n'est pas visé."}},
    {DESK_REASON_IMMUNITIES_OR_PRIVILEGES,
     {"Immunities or privileges stand against it.", "Des immunités ou privilèges s'y opposent."}},
    {DESK_REASON_CONFLICT_OF_LAW,
     {"It conflicts with the law that binds us.", "Elle est contraire au droit qui nous lie."}},
    {DESK_REASON_SEND_VIA_TREATY,
     {"An order of a third country is enforceable through an international agreement alone (GDPR "
      "article 48): please send it by mutual legal assistance.",
      "L'ordre d'un pays tiers n'est exécutoire que par un accord international (RGPD, article "
      "48) : veuillez l'envoyer par l'entraide judiciaire."}},
    {DESK_REASON_TOO_WIDE,
     {"It asks for more than its purpose needs.", "Elle demande plus que son objet n'exige."}},
};

static bool letter_of(enum desk_act_kind kind, enum letter *letter_out)
{
    static const struct {
        enum desk_act_kind act;
        enum letter letter;
    } rows[] = {{DESK_ACT_AUTHENTICATE, LETTER_RECEIPT},
                {DESK_ACT_REJECT, LETTER_REFUSAL},
                {DESK_ACT_NARROW, LETTER_NARROWING},
                {DESK_ACT_CHALLENGE, LETTER_CHALLENGE},
                {DESK_ACT_NOTICE, LETTER_NOTICE}};
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        if (rows[i].act == kind) {
            *letter_out = rows[i].letter;
            return true;
        }
    }
    return false;
}

bool desk_act_has_letter(enum desk_act_kind kind)
{
    enum letter letter = LETTER_RECEIPT;
    return letter_of(kind, &letter);
}

struct text {
    char *target;
    size_t size;
};

static void put(struct text *text, const char *name, const char *value)
{
    int size =
        snprintf(text->target + text->size, DESK_LETTER_BYTES - text->size, "%s%s\n", name, value);
    CHECK(size > 0 && (size_t)size < DESK_LETTER_BYTES - text->size);
    text->size += (size_t)size;
}

static void put_head(struct text *text, const struct desk_case *at, const struct desk_act *act,
                     enum letter letter)
{
    char hex[2 * DESK_HASH_BYTES + 1];
    char moment[MOMENT_TEXT_BYTES];
    CHECK(moment_print(act->at_s * US, moment));
    put(text, "cambist letter v1", "");
    put(text, "venue: ", act->venue);
    put(text, "case: ", bytes_to_hex(at->name, sizeof(at->name), hex));
    put(text, "letter: ", names[letter]);
    put(text, "date: ", moment);
    if (letter == LETTER_NOTICE) {
        put(text, "authority: ", at->authority);
        put(text, "request: ", desk_word(DESK_WORDS_REQUEST, at->request));
        put(text, "opened: ", at->was_opened ? "yes" : "no");
        put(text, "withheld: ", at->was_silent ? "by order" : "no");
        put(text, "lapsed: ", at->is_lapsed ? "yes" : "no");
    } else {
        put(text, "authority: ", at->authority);
        put(text, "reference: ", at->reference);
        put(text, "instrument: ", bytes_to_hex(at->instrument, sizeof(at->instrument), hex));
        put(text, "reason: ", desk_word(DESK_WORDS_REASON, act->reason));
    }
}

static void put_body(struct text *text, const struct desk_act *act, enum letter letter,
                     enum language language)
{
    put(text, "", "");
    put(text, language == LANGUAGE_EN ? "[en]" : "[fr]", "");
    for (u32 i = 0; i < ARRAY_COUNT(reasons); i += 1) {
        if (reasons[i].reason == act->reason) {
            put(text, "", reasons[i].text[language]);
        }
    }
    const char *body = bodies[letter][language];
    size_t size = strlen(body);
    CHECK(size < DESK_LETTER_BYTES - text->size);
    memcpy(text->target + text->size, body, size + 1);
    text->size += size;
}

size_t desk_letter_print(const struct desk_case *at, const struct desk_act *act,
                         char target[DESK_LETTER_BYTES])
{
    struct text text = {.target = target, .size = 0};
    enum letter letter = LETTER_RECEIPT;
    CHECK(at != NULL && letter_of((enum desk_act_kind)act->kind, &letter));
    put_head(&text, at, act, letter);
    put_body(&text, act, letter, LANGUAGE_EN);
    put_body(&text, act, letter, LANGUAGE_FR);
    return text.size;
}
