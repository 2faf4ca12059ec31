/* Logins in the naive model: docs/semantics.md section 15 a second time. */
#include "sim/model_rules.h"

#define DAYS_31_US 2678400000000ULL

static u64 pause_vector(void)
{
    u64 vector = (u64)RESTRICTION_HOLD << (2 * OPERATION_WITHDRAW);
    return vector | (u64)RESTRICTION_HOLD << (2 * OPERATION_TRANSFER_OUT);
}

u64 model_hand_of(const struct model_account *account)
{
    return account->pause_until == 0 ? account->hand : model_join(account->hand, pause_vector());
}

bool model_has_parts(const struct model_account *account)
{
    return account->person != 0 || account->pause_until != 0;
}

u32 model_login_account(const struct model *model, u64 login)
{
    u32 account = 0;
    while (account < model->accounts_count && model->accounts[account].login != login) {
        account += 1;
    }
    return login == 0 ? UINT32_MAX : account;
}

static enum reject open_login(struct model *model, const struct command_login_open *command)
{
    struct model_rules *rules = model->rules;
    if (command->login == 0 || command->person != 0) {
        return REJECT_BAD_DEFINITION;
    }
    if (model_login_account(model, command->login) < model->accounts_count) {
        return REJECT_ALREADY_EXISTS;
    }
    if (model->accounts_count == model->limits.accounts_max) {
        return REJECT_LIMIT_ACCOUNTS;
    }
    if (rules->persons_count == model->limits.persons_max) {
        return REJECT_LIMIT_PERSONS;
    }
    u32 person = model_person_begin(model);
    u32 number = model_account_begin(model, command->restrictions, MODEL_GROUP_NONE, 0);
    struct model_account *account = &model->accounts[number];
    account->login = command->login;
    account->person = person;
    account->hand = command->restrictions;
    struct command_login_open told = *command;
    told.person = person;
    const struct command_head *asked = model->command;
    model->command = &told.head;
    model_emit_applied(model, number);
    model->command = asked;
    model_look_now(model, person);
    return REJECT_NONE;
}

static enum reject pause(struct model *model, const struct command_withdraw_pause *command)
{
    if (command->cause < LOGIN_CAUSE_PASSWORD_RESET ||
        command->cause > LOGIN_CAUSE_SECOND_FACTOR_OFF) {
        return REJECT_BAD_ENUM;
    }
    if ((u128)command->until > (u128)model->time_us + DAYS_31_US) {
        return REJECT_BAD_DEFINITION;
    }
    u32 number = model_login_account(model, command->login);
    if (number >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    model_emit_applied(model, number);
    struct model_account *account = &model->accounts[number];
    if (command->until > model->time_us && command->until > account->pause_until) {
        account->hand = model_has_parts(account) ? account->hand : account->restrictions;
        account->pause_until = command->until;
        model_account_update(model, number, account->person, model->seq, false);
    }
    return REJECT_NONE;
}

enum reject model_login(struct model *model, const struct command_head *command, bool *is_known_out)
{
    const void *record = command;
    *is_known_out = command->kind == COMMAND_LOGIN_OPEN || command->kind == COMMAND_WITHDRAW_PAUSE;
    if (!*is_known_out) {
        return REJECT_NONE;
    }
    if (command->source != MODEL_SOURCE_LOGINS) {
        return REJECT_NEEDS_SECOND;
    }
    return command->kind == COMMAND_LOGIN_OPEN ? open_login(model, record) : pause(model, record);
}

u32 model_pause_over(const struct model *model)
{
    u32 first = UINT32_MAX;
    for (u32 i = 0; i < model->accounts_count; i++) {
        u64 until = model->accounts[i].pause_until;
        bool is_over = until != 0 && until <= model->time_us;
        if (is_over && (first == UINT32_MAX || until < model->accounts[first].pause_until)) {
            first = i;
        }
    }
    return first;
}

void model_pause_end(struct model *model, u32 number)
{
    struct model_account *account = &model->accounts[number];
    account->pause_until = 0;
    model_account_update(model, number, account->person, model->seq, false);
    account->hand = account->person == 0 ? 0 : account->hand;
}
