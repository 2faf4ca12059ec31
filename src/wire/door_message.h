/* What the gateway asks the door, and what it answers: frames over a line and a local socket
 * (docs/sign-in.md "The line and the socket").
 *
 *     bytes 4 | kind 2 | version 2 | id 8 | the fields of the kind, in the order of door_field
 *
 * Numbers are little-endian. Answers have the same head, the kind with DOOR_ANSWER_BIT, and the id
 * of what was asked: they may come in another order. Contents begin with code 4 and seconds 4.
 *
 * What the door tells unasked over the gateway's line has the form of an answer to session-end with
 * id 0: sessions that have ended. Contents: login 8 (0: every login), handle 8 (0: all of the
 * login).
 *
 * Reading copies everything out of the frame and checks what bytes can say: lengths, ranges,
 * nothing left over. A struct door_ask holds an address and a password in plain: whoever fills one
 * wipes it. */
#ifndef WIRE_DOOR_MESSAGE_H
#define WIRE_DOOR_MESSAGE_H

#include "base/base.h"
#include "wire/frame_writer.h"

#define DOOR_MESSAGE_VERSION  1U
#define DOOR_ANSWER_BIT       0x8000U
#define DOOR_HEAD_BYTES       16U
#define DOOR_ANSWER_HEAD      (DOOR_HEAD_BYTES + 8U)
#define DOOR_FRAME_BYTES_MAX  1024U /* of what is asked */
#define DOOR_ANSWER_BYTES_MAX 4096U

#define DOOR_NETWORK_BYTES     16U /* an IPv6 address; IPv4 as ::ffff:a.b.c.d */
#define DOOR_TOKEN_BYTES       32U
#define DOOR_TICKET_BYTES      16U
#define DOOR_ADDRESS_BYTES_MAX 254U
#define DOOR_PASSWORD_BYTES    255U /* of the field; the rules allow fewer */
#define DOOR_CODE_BYTES_MAX    32U

/* constant, bit, name. The order is that of the frame. */
#define DOOR_FIELD_TABLE(ROW)        \
    ROW(NETWORK, 0x001, "network")   \
    ROW(TOKEN, 0x002, "token")       \
    ROW(CSRF, 0x004, "csrf")         \
    ROW(TICKET, 0x008, "ticket")     \
    ROW(NUMBER, 0x010, "number")     \
    ROW(LANGUAGE, 0x020, "language") \
    ROW(ADDRESS, 0x040, "address")   \
    ROW(PASSWORD, 0x080, "password") \
    ROW(CODE, 0x100, "code")         \
    ROW(SECOND, 0x200, "second")

#define DOOR_FIELD_ROW(constant, bit, name) DOOR_FIELD_##constant = (bit),
enum door_field { DOOR_FIELD_TABLE(DOOR_FIELD_ROW) };
#undef DOOR_FIELD_ROW

#define DOOR_FOR_ALL_WITH_TOKEN (DOOR_FIELD_NETWORK | DOOR_FIELD_TOKEN | DOOR_FIELD_CSRF)

/* constant, number, fields, whether it is the operator's, name. Permanent; append new rows. */
/* clang-format off */
#define DOOR_ASK_TABLE(ROW)                                                                        \
    ROW(SIGN_UP, 1, DOOR_FIELD_NETWORK | DOOR_FIELD_LANGUAGE | DOOR_FIELD_ADDRESS |                \
        DOOR_FIELD_PASSWORD, false, "sign-up")                                                     \
    ROW(SIGN_UP_CONFIRM, 2, DOOR_FIELD_NETWORK | DOOR_FIELD_TICKET | DOOR_FIELD_CODE, false,       \
        "sign-up-confirm")                                                                         \
    ROW(SIGN_IN, 3, DOOR_FIELD_NETWORK | DOOR_FIELD_ADDRESS | DOOR_FIELD_PASSWORD, false,          \
        "sign-in")                                                                                 \
    ROW(SECOND, 4, DOOR_FOR_ALL_WITH_TOKEN | DOOR_FIELD_CODE, false, "second")                     \
    ROW(LOOK, 5, DOOR_FIELD_TOKEN, false, "look")                                                  \
    ROW(USE, 6, DOOR_FIELD_TOKEN | DOOR_FIELD_CSRF, false, "use")                                  \
    ROW(SIGN_OUT, 7, DOOR_FOR_ALL_WITH_TOKEN, false, "sign-out")                                   \
    ROW(SESSIONS, 8, DOOR_FIELD_TOKEN, false, "sessions")                                          \
    ROW(SESSION_END, 9, DOOR_FOR_ALL_WITH_TOKEN | DOOR_FIELD_NUMBER, false, "session-end")         \
    ROW(AGAIN, 10, DOOR_FOR_ALL_WITH_TOKEN | DOOR_FIELD_PASSWORD | DOOR_FIELD_CODE, false,         \
        "again")                                                                                   \
    ROW(PASSWORD, 11, DOOR_FOR_ALL_WITH_TOKEN | DOOR_FIELD_ADDRESS | DOOR_FIELD_PASSWORD, false,   \
        "password")                                                                                \
    ROW(TOTP_BEGIN, 12, DOOR_FOR_ALL_WITH_TOKEN, false, "totp-begin")                              \
    ROW(TOTP_CONFIRM, 13, DOOR_FOR_ALL_WITH_TOKEN | DOOR_FIELD_CODE, false, "totp-confirm")        \
    ROW(TOTP_OFF, 14, DOOR_FOR_ALL_WITH_TOKEN, false, "totp-off")                                  \
    ROW(RECOVERY_NEW, 15, DOOR_FOR_ALL_WITH_TOKEN, false, "recovery-new")                          \
    ROW(RESET, 16, DOOR_FIELD_NETWORK | DOOR_FIELD_LANGUAGE | DOOR_FIELD_ADDRESS, false, "reset")  \
    ROW(RESET_SET, 17, DOOR_FIELD_NETWORK | DOOR_FIELD_TICKET | DOOR_FIELD_ADDRESS |               \
        DOOR_FIELD_PASSWORD | DOOR_FIELD_CODE | DOOR_FIELD_SECOND, false, "reset-set")             \
    ROW(STATUS, 18, 0, true, "status")                                                             \
    ROW(EFFECTS, 19, DOOR_FIELD_NUMBER, true, "effects")                                           \
    ROW(EFFECTS_DONE, 20, DOOR_FIELD_NUMBER, true, "effects-done")                                 \
    ROW(LOGIN_SESSIONS, 21, DOOR_FIELD_NUMBER, true, "login-sessions")                             \
    ROW(LOGIN_SESSIONS_END, 22, DOOR_FIELD_NUMBER, true, "login-sessions-end")                     \
    ROW(EFFECT_DONE, 23, DOOR_FIELD_NUMBER, true, "effect-done")                                   \
    ROW(EFFECT_AGAIN, 24, DOOR_FIELD_NUMBER, true, "effect-again")
/* clang-format on */

#define DOOR_ASK_ROW(constant, number, fields, is_operator, name) DOOR_ASK_##constant = (number),
enum door_ask_kind { DOOR_ASK_TABLE(DOOR_ASK_ROW) };
#undef DOOR_ASK_ROW
#define DOOR_ASK_MAX 24U

/* constant, number, name. Permanent; append new rows. */
#define DOOR_CODE_TABLE(ROW)                                                      \
    ROW(OK, 0, "done")                                                            \
    ROW(FRAME, 1, "the frame is none of ours")                                    \
    ROW(WRONG, 2, "what was given does not fit")                                  \
    ROW(WAIT, 3, "too many attempts: again after so many seconds")                \
    ROW(BUSY, 4, "there is no room now")                                          \
    ROW(SECOND_WANTED, 5, "the second factor is asked for")                       \
    ROW(AGAIN_WANTED, 6, "signing in again is asked for")                         \
    ROW(NO_SESSION, 7, "there is no such session, or it is over")                 \
    ROW(PASSWORD_SHORT, 8, "the password is too short")                           \
    ROW(PASSWORD_LONG, 9, "the password is too long")                             \
    ROW(PASSWORD_COMMON, 10, "the password is one of those that are tried first") \
    ROW(PASSWORD_IS_ADDRESS, 11, "the password is the address, or a part of it")  \
    ROW(ADDRESS, 12, "it is no address that can be written to")                   \
    ROW(REFUSED, 13, "it cannot be done as things are")

#define DOOR_CODE_ROW(constant, number, name) DOOR_CODE_##constant = (number),
enum door_code { DOOR_CODE_TABLE(DOOR_CODE_ROW) };
#undef DOOR_CODE_ROW
#define DOOR_CODE_MAX 13U

enum door_language { DOOR_LANGUAGE_ENGLISH = 1, DOOR_LANGUAGE_FRENCH = 2 };

struct door_ask {
    u16 kind;
    u64 id;
    u8 network[DOOR_NETWORK_BYTES];
    u8 token[DOOR_TOKEN_BYTES];
    u8 csrf[DOOR_TOKEN_BYTES];
    u8 ticket[DOOR_TICKET_BYTES];
    u64 number;
    u8 language;
    u32 address_bytes;
    u32 password_bytes;
    u32 code_bytes;
    u32 second_bytes;
    u8 address[DOOR_ADDRESS_BYTES_MAX];
    u8 password[DOOR_PASSWORD_BYTES];
    u8 code[DOOR_CODE_BYTES_MAX];
    u8 second[DOOR_CODE_BYTES_MAX];
};

/* Names for people; NULL: there is no such number. */
const char *door_ask_name(u32 kind);
const char *door_code_text(u32 code);
/* Which fields it has: bits of door_field; 0 where there is no such kind. */
u32 door_ask_fields(u32 kind);
/* Whether only an operator's socket may ask it. */
bool door_ask_is_operators(u32 kind);

/* How large the frame is that begins with these bytes. 0: not known yet. UINT32_MAX: it is none. */
u32 door_frame_bytes(struct span begin, u32 bytes_max);

/* Reads a whole frame. What is wrong, as a text without any of its contents; NULL: nothing. */
MUST_USE const char *door_ask_read(struct span frame, struct door_ask *ask_out);

/* Writes the frame of an ask, whole. 0 bytes: it does not fit. */
u32 door_ask_write(const struct door_ask *ask, u8 *target, u32 room);

/* An answer: begun with its code, then filled, then ended. */
struct frame_writer door_answer_begin(u8 *target, u32 room, const struct door_ask *ask, u32 code,
                                      u32 wait_s);
void door_answer_end(struct frame_writer *writer);

/* The head of an answer that was read whole. */
struct door_answer_head {
    u64 id;
    u16 kind; /* as it was asked */
    u32 code;
    u32 wait_s;
    struct span contents;
};

/* False: it is no answer. */
MUST_USE bool door_answer_read(struct span frame, struct door_answer_head *head_out);

#endif /* WIRE_DOOR_MESSAGE_H */
