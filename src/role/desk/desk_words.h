/* The words of the disclosure desk: acts, states, roles, kinds of requests, reasons (docs/desk.md).
 *
 * Each table is constant, number, name. Numbers and names are permanent: officers sign the names,
 * and the store keeps what they signed. New rows come last. */
#ifndef ROLE_DESK_DESK_WORDS_H
#define ROLE_DESK_DESK_WORDS_H

#include "base/base.h"

/* Who acts. */
#define DESK_ROLE_TABLE(ROW)                                                             \
    ROW(CLERK, 1, "clerk")             /* takes requests in, calls authorities back */   \
    ROW(LEGAL, 2, "legal")             /* group A: assesses, refuses, approves */        \
    ROW(INDEPENDENT, 3, "independent") /* group B: refuses, approves */                  \
    ROW(PREPARER, 4, "preparer")       /* makes the grant's text out of an assessment */ \
    ROW(OMBUD, 5, "ombud")             /* reads; recuses others */                       \
    ROW(PROCESS, 6, "process")         /* the desk's own process: clocks and the log */

/* What is asked for. */
#define DESK_REQUEST_TABLE(ROW)                   \
    ROW(DISCLOSE, 1, "disclose")                  \
    ROW(PRESERVE, 2, "preserve")                  \
    ROW(RESTRICT, 3, "restrict") /* an account */ \
    ROW(SEVER, 4, "sever")       /* a relation to somebody */

/* On what it says that it rests. */
#define DESK_MARK_TABLE(ROW)                                         \
    ROW(LAW, 1, "law")                                               \
    ROW(ORDER, 2, "order")             /* of a court or authority */ \
    ROW(SUPERVISORY, 3, "supervisory") /* a supervisor's request */  \
    ROW(FOREIGN, 4, "foreign")         /* of a third country */      \
    ROW(OWN_POLICY, 5, "own-policy")

/* The openings there are (the kinds of a grant); "none" opens nothing. */
#define DESK_OPENING_TABLE(ROW)    \
    ROW(AUTHORITY, 1, "authority") \
    ROW(REPORT, 2, "report")       \
    ROW(CUSTOMER, 3, "customer")   \
    ROW(REVIEW, 4, "review")       \
    ROW(NONE, 5, "none")

#define DESK_BASIS_TABLE(ROW)      \
    ROW(UNION_LAW, 1, "union-law") \
    ROW(TREATY, 2, "treaty")       \
    ROW(DUTY, 3, "duty")           \
    ROW(ACCESS, 4, "access")       \
    ROW(SIGN_UP, 5, "sign-up")     \
    ROW(NONE, 6, "none")

/* How many people, and how they are named. */
#define DESK_CLASS_TABLE(ROW) \
    ROW(PLAIN, 1, "plain")    \
    ROW(BULK, 2, "bulk")      \
    ROW(SEARCH, 3, "search") /* across accounts: nobody is named */

#define DESK_URGENCY_TABLE(ROW)  \
    ROW(ORDINARY, 1, "ordinary") \
    ROW(EMERGENCY, 2, "emergency")

/* Why not: the names of ETSI TS 104 144, and two of ours. */
#define DESK_REASON_TABLE(ROW)                                                              \
    ROW(NONE, 1, "none")                                                                    \
    ROW(INCOMPLETE, 2, "Incomplete")                                                        \
    ROW(MANIFEST_ERRORS, 3, "ManifestErrors")                                               \
    ROW(INSUFFICIENT_INFORMATION, 4, "InsufficientInformation")                             \
    ROW(DATA_NOT_HELD, 5, "DataNotHeld")                                                    \
    ROW(DE_FACTO_IMPOSSIBILITY, 6, "DeFactoImpossibility")                                  \
    ROW(INVALID_ISSUING_AUTHORITY, 7, "InvalidIssuingAuthority")                            \
    ROW(OFFENCE_NOT_COVERED, 8, "OffenceNotCovered")                                        \
    ROW(SERVICE_NOT_COVERED, 9, "ServiceNotCovered")                                        \
    ROW(IMMUNITIES_OR_PRIVILEGES, 10, "ImmunitiesOrPrivileges")                             \
    ROW(CONFLICT_OF_LAW, 11, "ConflictOfLaw")                                               \
    ROW(SEND_VIA_TREATY, 12, "SendViaTreaty") /* ours: a third country, without a treaty */ \
    ROW(TOO_WIDE, 13, "TooWide")              /* ours: more than the purpose needs */

#define DESK_CONTACT_TABLE(ROW)      \
    ROW(MEETING, 1, "meeting")       \
    ROW(CALL, 2, "call")             \
    ROW(MEMBERSHIP, 3, "membership") \
    ROW(AGREEMENT, 4, "agreement")

/* What an authority is, for the report. */
#define DESK_TYPE_TABLE(ROW)         \
    ROW(COURT, 1, "court")           \
    ROW(PROSECUTOR, 2, "prosecutor") \
    ROW(POLICE, 3, "police")         \
    ROW(TAX, 4, "tax")               \
    ROW(SUPERVISOR, 5, "supervisor") \
    ROW(OTHER, 6, "other")

/* By what an authority names somebody: as in a grant. */
#define DESK_FIELD_TABLE(ROW)          \
    ROW(NAME, 1, "name")               \
    ROW(BIRTH_DATE, 2, "birth-date")   \
    ROW(NATIONALITY, 3, "nationality") \
    ROW(DOCUMENT, 4, "document")       \
    ROW(EMAIL, 5, "email")             \
    ROW(PHONE, 6, "phone")             \
    ROW(ACCOUNT, 7, "account")

/* What may be asked of a person: the vault's groups, and two that it does not hold. */
#define DESK_GROUP_TABLE(ROW)      \
    ROW(IDENTITY, 1, "identity")   \
    ROW(CONTACT, 2, "contact")     \
    ROW(ADDRESS, 3, "address")     \
    ROW(DOCUMENTS, 4, "documents") \
    ROW(BANK, 5, "bank")           \
    ROW(LOGINS, 6, "logins")       \
    ROW(TRADES, 7, "trades")       \
    ROW(TRANSFERS, 8, "transfers")

#define DESK_STATE_TABLE(ROW)              \
    ROW(RECEIVED, 1, "received")           \
    ROW(AUTHENTICATED, 2, "authenticated") \
    ROW(ASSESSED, 3, "assessed")           \
    ROW(REJECTED, 4, "rejected")           \
    ROW(NARROWING, 5, "narrowing")         \
    ROW(CHALLENGED, 6, "challenged")       \
    ROW(PRESERVED, 7, "preserved")         \
    ROW(APPROVED, 8, "approved")           \
    ROW(LOGGED, 9, "logged")               \
    ROW(OPENED, 10, "opened")              \
    ROW(DELIVERED, 11, "delivered")        \
    ROW(ACKNOWLEDGED, 12, "acknowledged")  \
    ROW(NOTICED, 13, "noticed")            \
    ROW(CLOSED, 14, "closed")              \
    ROW(WITHDRAWN, 15, "withdrawn")        \
    ROW(EXPIRED, 16, "expired")

/* constant, number, name, the kind of event that the public log is told; NULL: another text of the
 * same step is told there (the grant, the opening, the manifest). */
#define DESK_ACT_TABLE(ROW)                       \
    ROW(RECEIVE, 1, "receive", "received")        \
    ROW(CALL_BACK, 2, "call-back", "step")        \
    ROW(AUTHENTICATE, 3, "authenticate", "step")  \
    ROW(ASSESS, 4, "assess", "assessed")          \
    ROW(REJECT, 5, "reject", "rejected")          \
    ROW(NARROW, 6, "narrow", "step")              \
    ROW(CHALLENGE, 7, "challenge", "step")        \
    ROW(AMEND, 8, "amend", "step")                \
    ROW(PRESERVE, 9, "preserve", "preserved")     \
    ROW(PREPARE, 10, "prepare", "step")           \
    ROW(APPROVE, 11, "approve", "step")           \
    ROW(LOGGED, 12, "logged", NULL)               \
    ROW(OPENED, 13, "opened", NULL)               \
    ROW(DELIVERED, 14, "delivered", NULL)         \
    ROW(MISMATCH, 15, "mismatch", NULL)           \
    ROW(COUNTED, 16, "counted", "step")           \
    ROW(CARRY_OUT, 17, "carry-out", "restricted") \
    ROW(ACKNOWLEDGE, 18, "acknowledge", "step")   \
    ROW(NOTICE, 19, "notice", "notice")           \
    ROW(CLOSE, 20, "close", "step")               \
    ROW(WITHDRAW, 21, "withdraw", "step")         \
    ROW(SILENCE, 22, "silence", "silence")        \
    ROW(INSTRUMENT, 23, "instrument", "step")     \
    ROW(EXPIRE, 24, "expire", "step")             \
    ROW(LAPSE, 25, "lapse", "lapsed")             \
    ROW(AUTHORITY, 26, "authority", "registry")   \
    ROW(CONFIRM, 27, "confirm", "registry")       \
    ROW(STRIKE, 28, "strike", "registry")         \
    ROW(CONTACT, 29, "contact", "registry")       \
    ROW(RECUSE, 30, "recuse", "registry")

#define DESK_ENUM_ROW(prefix, constant, number) prefix##constant = (number)
/* clang-format off */
#define DESK_ROLE_ROW(constant, number, name)    DESK_ENUM_ROW(DESK_ROLE_, constant, number),
#define DESK_REQUEST_ROW(constant, number, name) DESK_ENUM_ROW(DESK_REQUEST_, constant, number),
#define DESK_MARK_ROW(constant, number, name)    DESK_ENUM_ROW(DESK_MARK_, constant, number),
#define DESK_OPENING_ROW(constant, number, name) DESK_ENUM_ROW(DESK_OPENING_, constant, number),
#define DESK_BASIS_ROW(constant, number, name)   DESK_ENUM_ROW(DESK_BASIS_, constant, number),
#define DESK_CLASS_ROW(constant, number, name)   DESK_ENUM_ROW(DESK_CLASS_, constant, number),
#define DESK_URGENCY_ROW(constant, number, name) DESK_ENUM_ROW(DESK_URGENCY_, constant, number),
#define DESK_REASON_ROW(constant, number, name)  DESK_ENUM_ROW(DESK_REASON_, constant, number),
#define DESK_CONTACT_ROW(constant, number, name) DESK_ENUM_ROW(DESK_CONTACT_, constant, number),
#define DESK_TYPE_ROW(constant, number, name)    DESK_ENUM_ROW(DESK_TYPE_, constant, number),
#define DESK_FIELD_ROW(constant, number, name)   DESK_ENUM_ROW(DESK_FIELD_, constant, number),
#define DESK_GROUP_ROW(constant, number, name)   DESK_ENUM_ROW(DESK_GROUP_, constant, number),
#define DESK_STATE_ROW(constant, number, name)   DESK_ENUM_ROW(DESK_STATE_, constant, number),
#define DESK_ACT_ROW(constant, number, name, log) DESK_ENUM_ROW(DESK_ACT_, constant, number),
enum desk_role { DESK_ROLE_TABLE(DESK_ROLE_ROW) };
enum desk_request { DESK_REQUEST_TABLE(DESK_REQUEST_ROW) };
enum desk_mark { DESK_MARK_TABLE(DESK_MARK_ROW) };
enum desk_opening { DESK_OPENING_TABLE(DESK_OPENING_ROW) };
enum desk_basis { DESK_BASIS_TABLE(DESK_BASIS_ROW) };
enum desk_class { DESK_CLASS_TABLE(DESK_CLASS_ROW) };
enum desk_urgency { DESK_URGENCY_TABLE(DESK_URGENCY_ROW) };
enum desk_reason { DESK_REASON_TABLE(DESK_REASON_ROW) };
enum desk_contact { DESK_CONTACT_TABLE(DESK_CONTACT_ROW) };
enum desk_type { DESK_TYPE_TABLE(DESK_TYPE_ROW) };
enum desk_field { DESK_FIELD_TABLE(DESK_FIELD_ROW) };
enum desk_group { DESK_GROUP_TABLE(DESK_GROUP_ROW) };
enum desk_state { DESK_STATE_TABLE(DESK_STATE_ROW) };
enum desk_act_kind { DESK_ACT_TABLE(DESK_ACT_ROW) };
/* clang-format on */
#undef DESK_ROLE_ROW
#undef DESK_REQUEST_ROW
#undef DESK_MARK_ROW
#undef DESK_OPENING_ROW
#undef DESK_BASIS_ROW
#undef DESK_CLASS_ROW
#undef DESK_URGENCY_ROW
#undef DESK_REASON_ROW
#undef DESK_CONTACT_ROW
#undef DESK_TYPE_ROW
#undef DESK_FIELD_ROW
#undef DESK_GROUP_ROW
#undef DESK_STATE_ROW
#undef DESK_ACT_ROW
#undef DESK_ENUM_ROW

#define DESK_ACTS_LAST   DESK_ACT_RECUSE
#define DESK_STATES_LAST DESK_STATE_EXPIRED
#define DESK_TYPES_LAST  DESK_TYPE_OTHER
#define DESK_BASES_LAST  DESK_BASIS_NONE
#define DESK_GROUPS_LAST DESK_GROUP_TRANSFERS

/* The tables by name, for texts. */
enum desk_words {
    DESK_WORDS_ACT,
    DESK_WORDS_STATE,
    DESK_WORDS_ROLE,
    DESK_WORDS_REQUEST,
    DESK_WORDS_MARK,
    DESK_WORDS_OPENING,
    DESK_WORDS_BASIS,
    DESK_WORDS_CLASS,
    DESK_WORDS_URGENCY,
    DESK_WORDS_REASON,
    DESK_WORDS_CONTACT,
    DESK_WORDS_TYPE,
    DESK_WORDS_FIELD,
    DESK_WORDS_GROUP
};

/* "?" where there is none. */
const char *desk_word(enum desk_words words, u32 number);
/* 0: no such word. */
u32 desk_word_number(enum desk_words words, struct span text);

/* The kind of event that the public log is told of such an act; NULL: none. */
const char *desk_act_log_kind(enum desk_act_kind kind);

#endif /* ROLE_DESK_DESK_WORDS_H */
