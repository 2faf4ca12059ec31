#include "wire/notice.h"

#include "base/check.h"
#include "base/span.h"
#include "wire/schema.h"

#include <stdio.h>
#include <string.h>

#define OPERATIONS_COUNT 8U /* the schema's, and the opening of accounts */
#define FACT_KINDS       8U
#define CITES_TOLD_MAX   3U
#define CENT             1000000U /* 10^-8 EUR */
#define EUR              100000000U
#define MINUTE_US        60000000ULL

/* ---- faces ---- */

struct notice_finding notice_finding_of(const struct event_decision *event)
{
    return (struct notice_finding){.deadline = event->deadline,
                                   .vector = event->vector,
                                   .truth = event->truth,
                                   .reasons = event->reasons,
                                   .missing = event->missing,
                                   .flags = event->flags};
}

static enum notice_face face_of_unknown(const struct notice_finding *finding)
{
    const u32 silent =
        DECISION_REASON_CANDIDATE | DECISION_REASON_UNDETERMINED | DECISION_REASON_UNSCREENED;
    if ((finding->reasons & silent) != 0 || (finding->reasons & DECISION_REASON_FACT) == 0) {
        return finding->vector != 0 ? NOTICE_FACE_NEUTRAL : NOTICE_FACE_NOTHING;
    }
    return (finding->reasons & DECISION_REASON_DEADLINE) != 0 ? NOTICE_FACE_LATE
                                                              : NOTICE_FACE_EVIDENCE;
}

enum notice_face notice_face_of(const struct notice_finding *finding,
                                const struct pack_rule_text *rule)
{
    bool is_warned = (finding->flags & DECISION_FLAG_WARNED) != 0;
    if (rule == NULL || rule->is_neutral) {
        return finding->vector != 0 ? NOTICE_FACE_NEUTRAL : NOTICE_FACE_NOTHING;
    }
    if (finding->truth == TRUTH_UNKNOWN) {
        return face_of_unknown(finding);
    }
    if (finding->vector != 0) {
        return NOTICE_FACE_RESTRICTED;
    }
    return is_warned ? NOTICE_FACE_WARNED : NOTICE_FACE_NOTHING;
}

/* ---- from one finding to the next ---- */

/* Whether a face that stays the same says something new. */
static bool says_more(const struct notice_finding *before, const struct notice_finding *after,
                      enum notice_face face)
{
    switch (face) {
    case NOTICE_FACE_RESTRICTED:
    case NOTICE_FACE_LATE:
        return before->vector != after->vector;
    case NOTICE_FACE_EVIDENCE:
        return before->vector != after->vector || before->missing != after->missing ||
               before->deadline != after->deadline;
    case NOTICE_FACE_NOTHING:
    case NOTICE_FACE_WARNED:
    case NOTICE_FACE_NEUTRAL:
        break;
    }
    return false;
}

static enum notice_kind kind_of(enum notice_face face)
{
    switch (face) {
    case NOTICE_FACE_RESTRICTED:
        return NOTICE_RESTRICTED;
    case NOTICE_FACE_LATE:
        return NOTICE_LATE;
    case NOTICE_FACE_EVIDENCE:
        return NOTICE_EVIDENCE;
    case NOTICE_FACE_WARNED:
        return NOTICE_WARNED;
    case NOTICE_FACE_NOTHING:
    case NOTICE_FACE_NEUTRAL:
        break;
    }
    return NOTICE_LIFTED; /* what such a face says of the one before it */
}

/* Whether this face is an end of what the one before said, rather than more of it. */
static bool is_relief(enum notice_face before, enum notice_face after)
{
    bool was = before >= NOTICE_FACE_EVIDENCE;
    return was && after < before && (after <= NOTICE_FACE_WARNED);
}

u32 notice_of(const struct notice_finding *before, const struct notice_finding *after,
              const struct pack_rule_text *rule, bool others_neutral,
              enum notice_kind kinds_out[NOTICE_KINDS_MAX])
{
    enum notice_face was = notice_face_of(before, rule);
    enum notice_face is = notice_face_of(after, rule);
    bool was_neutral = was == NOTICE_FACE_NEUTRAL || others_neutral;
    bool is_neutral = is == NOTICE_FACE_NEUTRAL || others_neutral;
    u32 count = 0;
    if (was_neutral != is_neutral) {
        kinds_out[count] = is_neutral ? NOTICE_CHECKING : NOTICE_CHECKED;
        count += 1;
    }
    was = was == NOTICE_FACE_NEUTRAL ? NOTICE_FACE_NOTHING : was;
    is = is == NOTICE_FACE_NEUTRAL ? NOTICE_FACE_NOTHING : is;
    if (is_relief(was, is)) {
        bool held = was != NOTICE_FACE_EVIDENCE || before->vector != 0;
        kinds_out[count] = held ? NOTICE_LIFTED : NOTICE_SETTLED;
        count += 1;
    }
    if (is != NOTICE_FACE_NOTHING && (is != was || says_more(before, after, is))) {
        kinds_out[count] = kind_of(is);
        count += 1;
    }
    CHECK(count <= NOTICE_KINDS_MAX);
    return count;
}

const char *notice_name(enum notice_kind kind)
{
    static const char *const names[NOTICE_KIND_COUNT] = {
        "none",    "restricted", "lifted",  "warned", "evidence", "late",
        "settled", "checking",   "checked", "paused", "recovery", "second-off"};
    return (u32)kind < NOTICE_KIND_COUNT ? names[kind] : names[0];
}

/* ---- days ---- */

/* The civil calendar: years of 400, months from March on. */
const char *notice_date(u64 us, char target[NOTICE_DATE_BYTES])
{
    u64 days = us / NOTICE_DAY_US + 719468;
    u64 era = days / 146097;
    u64 day_of_era = days % 146097;
    u64 year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    u64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    u64 shifted = (5 * day_of_year + 2) / 153;
    u64 day = day_of_year - (153 * shifted + 2) / 5 + 1;
    u64 month = shifted < 10 ? shifted + 3 : shifted - 9;
    u64 year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    if (year > 9999) {
        (void)snprintf(target, NOTICE_DATE_BYTES, "9999-12-31");
        return target;
    }
    (void)snprintf(target, NOTICE_DATE_BYTES, "%04u-%02u-%02u", (u32)year % 10000, (u32)month % 100,
                   (u32)day % 100);
    return target;
}

/* ---- words ---- */

struct words {
    const char *titles[NOTICE_KIND_COUNT];
    const char *texts[NOTICE_KIND_COUNT]; /* NULL: the rule's own */
    const char *operations[OPERATIONS_COUNT];
    const char *facts[FACT_KINDS];
    const char *article;
    const char *paragraph;
    const char *holdings[2]; /* before the sum, before the amount */
    const char *possible;
    const char *held;
    const char *impossible;
    const char *leave;
    const char *frozen;
    const char *evidence;
    const char *until[NOTICE_KIND_COUNT]; /* before the day */
    const char *appeal;
};

static const struct words all_words[LANGUAGES_COUNT] = {
    [LANGUAGE_EN] =
        {
            .titles = {[NOTICE_RESTRICTED] = "Your account is restricted",
                       [NOTICE_LIFTED] = "A restriction of your account has ended",
                       [NOTICE_WARNED] = "You are close to an amount from which a rule applies",
                       [NOTICE_EVIDENCE] = "We need evidence from you",
                       [NOTICE_LATE] = "Evidence did not arrive in time",
                       [NOTICE_SETTLED] = "Nothing more is needed from you",
                       [NOTICE_CHECKING] = "We are checking your account",
                       [NOTICE_CHECKED] = "The check of your account is over",
                       [NOTICE_PAUSED] = "Withdrawals are held for a while",
                       [NOTICE_RECOVERY] = "A recovery code was used",
                       [NOTICE_SECOND_OFF] = "Your second factor was taken off"},
            .texts =
                {[NOTICE_CHECKING] =
                     "Some operations may be held while we check. You need not do anything. "
                     "Orders can be cancelled at any time.",
                 [NOTICE_CHECKED] =
                     "What was held for it is held no longer. If another notice is open, it "
                     "still applies.",
                 [NOTICE_PAUSED] =
                     "A new password was set with a code from a mail. So that nobody who reads "
                     "your mails takes your money, nothing leaves your account for a while. If "
                     "it was you, you need not do anything. If it was not, set another new "
                     "password and tell us.",
                 [NOTICE_RECOVERY] =
                     "One of your recovery codes was used in place of the six digits. It works "
                     "no more. If it was not you, end all other sessions, set a new password "
                     "and make new recovery codes.",
                 [NOTICE_SECOND_OFF] =
                     "Whoever has your password has your account now. If it was not you, set a "
                     "new password and put a second factor on again."},
            .operations = {"trading", "placing orders", "cancelling orders", "deposits",
                           "withdrawals", "transfers to others on this venue",
                           "transfers from others on this venue", "new accounts and services"},
            .facts = {NULL, "whether you act as a person or for a company", "nationality",
                      "where you live", "residence permit", "where the company is established",
                      "the country of your identity document", "your role in the company"},
            .article = ", article ",
            .paragraph = ", paragraph ",
            .holdings = {"Your holdings were valued at EUR ", "; the rule names EUR "},
            .possible = "Under this rule you can still use: ",
            .held = "Held until the matter is settled: ",
            .impossible = "Not possible meanwhile: ",
            .leave = "You may withdraw everything you have, at any time, to an address that you "
                     "have proved to be yours.",
            .frozen = "What is in the account stays where it is and stays yours. Only an "
                      "authority can release it, or license a payment for certain needs.",
            .evidence = "Please send us evidence of: ",
            .until = {[NOTICE_EVIDENCE] = "It must be with us before ",
                      [NOTICE_CHECKING] = "You have our answer by ",
                      [NOTICE_PAUSED] = "This hold ends by itself by "},
            .appeal = "You may appeal within 30 days. An officer who did not decide this looks at "
                      "it and answers within 10 days.",
        },
    [LANGUAGE_FR] =
        {
            .titles = {[NOTICE_RESTRICTED] = "Votre compte est restreint",
                       [NOTICE_LIFTED] = "Une restriction de votre compte a pris fin",
                       [NOTICE_WARNED] =
                           "Vous approchez d'un montant à partir duquel une règle s'applique",
                       [NOTICE_EVIDENCE] = "Nous avons besoin d'un justificatif",
                       [NOTICE_LATE] = "Le justificatif n'est pas arrivé à temps",
                       [NOTICE_SETTLED] = "Nous n'avons plus besoin de rien",
                       [NOTICE_CHECKING] = "Nous vérifions votre compte",
                       [NOTICE_CHECKED] = "La vérification de votre compte est terminée",
                       [NOTICE_PAUSED] = "Les retraits sont suspendus un temps",
                       [NOTICE_RECOVERY] = "Un code de secours a servi",
                       [NOTICE_SECOND_OFF] = "Votre second facteur a été retiré"},
            .texts =
                {[NOTICE_CHECKING] =
                     "Certaines opérations peuvent être retenues pendant la vérification. "
                     "Vous n'avez rien à faire. Les ordres peuvent être annulés à tout "
                     "moment.",
                 [NOTICE_CHECKED] =
                     "Ce qui était retenu pour cela ne l'est plus. Si un autre avis est "
                     "ouvert, il s'applique toujours.",
                 [NOTICE_PAUSED] =
                     "Un nouveau mot de passe a été enregistré avec un code reçu par courriel. "
                     "Pour que personne ne prenne votre argent en lisant vos courriels, rien "
                     "ne quitte votre compte un temps. Si c'était vous, vous n'avez rien à "
                     "faire. Sinon, enregistrez un autre mot de passe et prévenez-nous.",
                 [NOTICE_RECOVERY] =
                     "Un de vos codes de secours a servi à la place des six chiffres. Il ne "
                     "sert plus. Si ce n'était pas vous, terminez toutes les autres sessions, "
                     "enregistrez un nouveau mot de passe et faites de nouveaux codes.",
                 [NOTICE_SECOND_OFF] =
                     "Qui a votre mot de passe a désormais votre compte. Si ce n'était pas "
                     "vous, enregistrez un nouveau mot de passe et remettez un second "
                     "facteur."},
            .operations = {"la négociation", "le placement d'ordres", "l'annulation d'ordres",
                           "les dépôts", "les retraits",
                           "les transferts vers d'autres sur cette plateforme",
                           "les transferts reçus d'autres sur cette plateforme",
                           "les nouveaux comptes et services"},
            .facts = {NULL, "votre qualité de particulier ou de représentant d'une société",
                      "la nationalité", "le lieu de résidence", "le titre de séjour",
                      "le lieu d'établissement de la société", "le pays de votre pièce d'identité",
                      "votre fonction dans la société"},
            .article = ", article ",
            .paragraph = ", paragraphe ",
            .holdings = {"Vos avoirs ont été évalués à EUR ", " ; la règle retient EUR "},
            .possible = "Selon cette règle restent possibles : ",
            .held = "Retenus jusqu'à ce que la question soit réglée : ",
            .impossible = "Impossibles entre-temps : ",
            .leave = "Vous pouvez retirer tous vos avoirs, à tout moment, vers une adresse dont "
                     "vous avez prouvé qu'elle est la vôtre.",
            .frozen = "Ce qui est sur le compte y reste et reste à vous. Seule une autorité peut "
                      "le débloquer, ou autoriser un paiement pour certains besoins.",
            .evidence = "Merci de nous envoyer un justificatif de : ",
            .until = {[NOTICE_EVIDENCE] = "Il doit nous parvenir avant le ",
                      [NOTICE_CHECKING] = "Vous avez notre réponse au plus tard le ",
                      [NOTICE_PAUSED] = "Cette suspension prend fin d'elle-même au plus tard le "},
            .appeal = "Vous pouvez former un recours dans les 30 jours. Un officier qui n'a pas "
                      "pris cette décision l'examine et répond dans les 10 jours.",
        },
};
_Static_assert(NOTICE_APPEAL_DAYS == 30 && NOTICE_REVIEW_DAYS == 10, "the words say so");

/* ---- paragraphs ---- */

/* One that is being put together; what does not fit leaves the whole paragraph out. */
struct paragraph {
    struct notice_text *text;
    const char *name;
    size_t first;
    bool is_full;
};

static struct paragraph begin(struct notice_text *text, const char *name)
{
    return (struct paragraph){.text = text, .name = name, .first = text->used};
}

static void add_span(struct paragraph *paragraph, struct span piece)
{
    struct notice_text *text = paragraph->text;
    if (paragraph->is_full || piece.size > sizeof(text->memory) - text->used) {
        paragraph->is_full = true;
        return;
    }
    if (piece.size > 0) {
        memcpy(text->memory + text->used, piece.data, piece.size);
    }
    text->used += piece.size;
}

static void add(struct paragraph *paragraph, const char *piece)
{
    add_span(paragraph, span_of_text(piece));
}

static void put_span(struct notice_text *text, const char *name, struct span whole)
{
    if (whole.size == 0) {
        return;
    }
    CHECK(text->count < NOTICE_PARTS_MAX);
    text->parts[text->count] = (struct notice_part){name, whole};
    text->count += 1;
}

static void end(struct paragraph *paragraph)
{
    struct notice_text *text = paragraph->text;
    if (paragraph->is_full) {
        text->used = paragraph->first;
        return;
    }
    put_span(text, paragraph->name,
             span_of(text->memory + paragraph->first, text->used - paragraph->first));
}

static void put_sentence(struct notice_text *text, const char *name, const char *before,
                         u64 time_us)
{
    char date[NOTICE_DATE_BYTES];
    struct paragraph paragraph = begin(text, name);
    add(&paragraph, before);
    add(&paragraph, notice_date(time_us, date));
    add(&paragraph, ".");
    end(&paragraph);
}

/* The same with the minute in which the moment lies, rounded up. */
static void put_moment(struct notice_text *text, const char *name, const char *before, u64 time_us)
{
    char date[NOTICE_DATE_BYTES];
    char clock[16];
    u64 up_us = time_us > UINT64_MAX - MINUTE_US ? time_us : time_us + MINUTE_US - 1;
    u32 minute = (u32)(up_us % NOTICE_DAY_US / MINUTE_US);
    struct paragraph paragraph = begin(text, name);
    (void)snprintf(clock, sizeof(clock), " %02u:%02u UTC.", minute / 60 % 24, minute % 60);
    add(&paragraph, before);
    add(&paragraph, notice_date(up_us, date));
    add(&paragraph, clock);
    end(&paragraph);
}

/* ", article 5b", but ", guidance": not every place within a text has a number. */
static void put_article(struct paragraph *paragraph, struct span article, const char *word)
{
    bool is_numbered = article.size > 0 && article.data[0] >= '0' && article.data[0] <= '9';
    add(paragraph, article.size == 0 ? "" : is_numbered ? word : ", ");
    add_span(paragraph, article);
}

/* Act and article of the first citations. */
static void put_articles(struct notice_text *text, const struct pack_rule_text *rule,
                         enum language language)
{
    const struct words *words = &all_words[language];
    struct paragraph paragraph = begin(text, "article");
    for (u32 i = 0; i < rule->cites_count && i < CITES_TOLD_MAX; i += 1) {
        const struct pack_cite *cite = &rule->cites[i];
        add(&paragraph, i > 0 ? "; " : "");
        add_span(&paragraph, pack_act_title(cite->source, language));
        put_article(&paragraph, cite->article, words->article);
        add(&paragraph, cite->paragraph.size > 0 ? words->paragraph : "");
        add_span(&paragraph, cite->paragraph);
    }
    end(&paragraph);
}

static void put_holdings(struct notice_text *text, const struct notice *notice,
                         const struct pack_rule_text *rule, const struct words *words)
{
    char sum[32];
    if ((notice->finding.flags & DECISION_FLAG_HOLDINGS_KNOWN) == 0 || !rule->has_threshold) {
        return;
    }
    u64 euros = notice->holdings / EUR;
    u64 rest = notice->holdings % EUR;
    bool is_cents = rest % CENT == 0;
    (void)snprintf(sum, sizeof(sum), is_cents ? "%llu.%02llu" : "%llu.%08llu",
                   (unsigned long long)euros, (unsigned long long)(is_cents ? rest / CENT : rest));
    struct paragraph paragraph = begin(text, "holdings");
    add(&paragraph, words->holdings[0]);
    add(&paragraph, sum);
    add(&paragraph, words->holdings[1]);
    add_span(&paragraph, rule->amount);
    add(&paragraph, ".");
    end(&paragraph);
}

static u32 restriction_of(u16 vector, u32 operation)
{
    return (u32)(vector >> (2 * operation)) & 3U;
}

/* The operations that stand between the two. */
static void put_operations(struct notice_text *text, const char *name, const char *before,
                           const struct words *words, u16 vector, enum restriction least,
                           enum restriction most)
{
    struct paragraph paragraph = begin(text, name);
    u32 count = 0;
    for (u32 operation = 0; operation < OPERATIONS_COUNT; operation += 1) {
        u32 restriction = restriction_of(vector, operation);
        if (restriction >= (u32)least && restriction <= (u32)most) {
            add(&paragraph, count == 0 ? before : ", ");
            add(&paragraph, words->operations[operation]);
            count += 1;
        }
    }
    if (count > 0) {
        add(&paragraph, ".");
        end(&paragraph);
    }
}

static void put_vector(struct notice_text *text, u16 vector, const struct words *words)
{
    u32 withdraw = restriction_of(vector, OPERATION_WITHDRAW);
    put_operations(text, "possible", words->possible, words, vector, RESTRICTION_ALLOW,
                   RESTRICTION_ALLOW);
    put_operations(text, "held", words->held, words, vector, RESTRICTION_HOLD, RESTRICTION_HOLD);
    put_operations(text, "impossible", words->impossible, words, vector, RESTRICTION_REFUSE,
                   RESTRICTION_FREEZE);
    if (withdraw == RESTRICTION_ALLOW) {
        put_span(text, "leave", span_of_text(words->leave));
    } else if (withdraw == RESTRICTION_FREEZE) {
        put_span(text, "leave", span_of_text(words->frozen));
    }
}

static void put_evidence(struct notice_text *text, const struct notice_finding *finding,
                         const struct words *words)
{
    struct paragraph paragraph = begin(text, "evidence");
    u32 count = 0;
    for (u32 kind = 1; kind < FACT_KINDS; kind += 1) {
        if ((finding->missing & 1U << kind) != 0) {
            add(&paragraph, count == 0 ? words->evidence : ", ");
            add(&paragraph, words->facts[kind]);
            count += 1;
        }
    }
    if (count > 0) {
        add(&paragraph, ".");
        end(&paragraph);
    }
}

/* What names the rule: never for a neutral notice. */
static void print_rule(const struct notice *notice, const struct pack_text *pack,
                       const struct pack_rule_text *rule, enum language language,
                       struct notice_text *text)
{
    const struct words *words = &all_words[language];
    const struct notice_finding *finding = &notice->finding;
    bool is_evidence = notice->kind == NOTICE_EVIDENCE || notice->kind == NOTICE_LATE;
    bool restricts = notice->kind == NOTICE_RESTRICTED || is_evidence;
    if (pack != NULL && rule != NULL) {
        put_span(text, "act", pack->title[language]);
        put_articles(text, rule, language);
        put_span(text, "text", rule->explain[language]);
        if (notice->kind == NOTICE_RESTRICTED || notice->kind == NOTICE_WARNED) {
            put_holdings(text, notice, rule, words);
        }
    }
    if (restricts && finding->vector != 0) {
        put_vector(text, finding->vector, words);
    }
    if (is_evidence) {
        put_evidence(text, finding, words);
    }
    if (notice->kind == NOTICE_EVIDENCE && finding->deadline != 0) {
        put_sentence(text, "until", words->until[NOTICE_EVIDENCE], finding->deadline);
    }
    if (restricts && finding->vector != 0) {
        put_span(text, "appeal", span_of_text(words->appeal));
    }
}

void notice_print(const struct notice *notice, const struct pack_text *pack,
                  const struct pack_rule_text *rule, enum language language,
                  struct notice_text *text_out)
{
    CHECK(notice->kind > 0 && (u32)notice->kind < NOTICE_KIND_COUNT);
    CHECK((u32)language < LANGUAGES_COUNT);
    const struct words *words = &all_words[language];
    const char *text = words->texts[notice->kind];
    text_out->count = 0;
    text_out->used = 0;
    put_span(text_out, "title", span_of_text(words->titles[notice->kind]));
    if (text == NULL) {
        print_rule(notice, pack, rule, language, text_out);
        return;
    }
    put_span(text_out, "text", span_of_text(text));
    if (notice->kind == NOTICE_CHECKING) {
        put_sentence(text_out, "until", words->until[NOTICE_CHECKING],
                     notice->time_us + NOTICE_ANSWER_DAYS * NOTICE_DAY_US);
        put_span(text_out, "appeal", span_of_text(words->appeal));
    }
    if (notice->kind == NOTICE_PAUSED && notice->until_us != 0) {
        put_moment(text_out, "until", words->until[NOTICE_PAUSED], notice->until_us);
    }
}
