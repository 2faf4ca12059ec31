#include "role/screen/name.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "base/utf8.h"
#include "role/screen/name_fold.h"
#include "role/screen/name_sound.h"
#include "role/screen/name_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES_MAX     (2 * FOLD_WORDS_MAX)
#define PATRONYMIC_BIT 0x8000U /* the group of a father's name, apart from that of the name */

/* A word on its way to a token. */
struct piece {
    struct fold_word word;
    u8 sound[FOLD_LETTERS_MAX];
    u8 sound_size;
    u8 role;
    u8 weight; /* 0: as its length says */
    u16 group;
    bool given; /* behind the comma */
    bool gone;  /* taken up by another */
};

struct name_analyser {
    struct name_folder *folder;
    struct name_words *words;
    struct fold fold;
    struct piece pieces[PIECES_MAX];
    u32 count;
    enum name_kind kind;
};

enum fault name_analyser_open(struct name_analyser **analyser_out)
{
    struct name_analyser *analyser = calloc(1, sizeof(*analyser));
    if (analyser == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a name analyser");
    }
    enum fault fault = name_folder_open(&analyser->folder);
    if (fault == FAULT_NONE) {
        fault = name_words_open(&analyser->words);
    }
    if (fault != FAULT_NONE) {
        name_analyser_close(analyser);
        return fault;
    }
    *analyser_out = analyser;
    return FAULT_NONE;
}

void name_analyser_close(struct name_analyser *analyser)
{
    if (analyser != NULL) {
        name_words_close(analyser->words);
        name_folder_close(analyser->folder);
        free(analyser);
    }
}

/* ---- pieces ---- */

static struct span letters_of(const struct piece *piece)
{
    return span_of(piece->word.letters, piece->word.size);
}

static struct span sound_of(const struct piece *piece)
{
    return span_of(piece->sound, piece->sound_size);
}

static bool piece_is(const struct piece *piece, const char *text)
{
    return span_equal(letters_of(piece), span_of_text(text));
}

static void piece_sound(struct piece *piece)
{
    bool single = piece->word.script == SCRIPT_ARABIC || piece->word.script == SCRIPT_HEBREW;
    piece->sound_size =
        name_sound(piece->word.letters, piece->word.size, single, piece->sound, FOLD_LETTERS_MAX);
}

static void piece_set(struct piece *piece, struct span letters)
{
    CHECK(letters.size <= FOLD_LETTERS_MAX);
    memmove(piece->word.letters, letters.data, letters.size);
    piece->word.size = (u8)letters.size;
    piece_sound(piece);
}

/* A piece after `model` with other letters; NULL when there are too many. */
static struct piece *piece_add(struct name_analyser *analyser, const struct piece *model,
                               struct span letters, bool joined)
{
    if (analyser->count == PIECES_MAX || letters.size == 0) {
        return NULL;
    }
    struct piece *piece = &analyser->pieces[analyser->count];
    analyser->count += 1;
    *piece = *model;
    piece->word.joined = joined;
    piece_set(piece, letters);
    return piece;
}

static bool is_plain_letters(const struct piece *piece)
{
    for (u32 i = 0; i < piece->word.size; i += 1) {
        if (piece->word.letters[i] >= '0' && piece->word.letters[i] <= '9') {
            return false;
        }
    }
    return true;
}

static bool is_digits(const struct piece *piece)
{
    for (u32 i = 0; i < piece->word.size; i += 1) {
        if (piece->word.letters[i] < '0' || piece->word.letters[i] > '9') {
            return false;
        }
    }
    return true;
}

/* ---- what kind of name ---- */

static bool tells_entity(const struct name_analyser *analyser, const struct fold_word *word)
{
    struct span letters = span_of(word->letters, word->size);
    const struct word_row *row =
        name_words_find(analyser->words, letters, span_of(NULL, 0), NAME_ENTITY);
    for (u32 i = 0; i < word->size; i += 1) {
        if (word->letters[i] >= '0' && word->letters[i] <= '9') {
            return true;
        }
    }
    if (row == NULL) {
        return false;
    }
    return row->role == ROLE_GENERIC ? word->size > 3
                                     : row->role == ROLE_LEGAL_FORM && word->size > 2;
}

static enum name_kind kind_of(const struct name_analyser *analyser, enum name_kind kind)
{
    if (kind != NAME_UNKNOWN) {
        return kind == NAME_VESSEL ? NAME_ENTITY : kind;
    }
    for (u32 i = 0; i < analyser->fold.words_count; i += 1) {
        if (tells_entity(analyser, &analyser->fold.words[i])) {
            return NAME_ENTITY;
        }
    }
    return NAME_PERSON;
}

/* ---- entities ---- */

/* Letters with dots between them are one word: S.A.R.L., L.X.C. */
static u32 letters_run(const struct name_analyser *analyser, u32 from)
{
    const struct fold *fold = &analyser->fold;
    u32 count = 0;
    while (from + count < fold->words_count && fold->words[from + count].size == 1 &&
           fold->words[from + count].letters[0] > '9' &&
           (count == 0 || fold->words[from + count].joined ||
            fold->words[from + count - 1].capitals)) {
        count += 1;
    }
    return count;
}

/* S.A., S.R.L., CO: initials, or a legal form. */
static bool may_tell_entity(const struct name_analyser *analyser)
{
    const struct fold *fold = &analyser->fold;
    for (u32 i = 0; i < fold->words_count; i += 1) {
        const struct fold_word *word = &fold->words[i];
        u8 letters[FOLD_LETTERS_MAX];
        u32 run = letters_run(analyser, i);
        struct span form = span_of(word->letters, word->size);
        for (u32 j = 0; j < run && j < FOLD_LETTERS_MAX; j += 1) {
            letters[j] = fold->words[i + j].letters[0];
        }
        if (run > 1) {
            form = span_of(letters, run);
            i += run - 1;
        }
        const struct word_row *row =
            name_words_find(analyser->words, form, span_of(NULL, 0), NAME_ENTITY);
        bool at_end = i == 0 || i + 1 == fold->words_count;
        if (row != NULL && row->role == ROLE_LEGAL_FORM &&
            (run > 1 || (at_end && word->size == 2 && word->capitals))) {
            return true;
        }
    }
    return false;
}

static u32 roman_value(const struct piece *piece)
{
    static const struct {
        const char *text;
        u32 value;
    } signs[] = {{"xl", 40}, {"l", 50}, {"ix", 9}, {"x", 10}, {"iv", 4}, {"v", 5}, {"i", 1}};
    u32 value = 0;
    u32 last = 100;
    for (u32 at = 0; at < piece->word.size;) {
        u32 found = 0;
        for (u32 i = 0; i < ARRAY_COUNT(signs) && found == 0; i += 1) {
            size_t size = strlen(signs[i].text);
            if (size <= piece->word.size - at &&
                memcmp(piece->word.letters + at, signs[i].text, size) == 0) {
                found = signs[i].value;
                at += (u32)size;
            }
        }
        if (found == 0 || found > last) {
            return 0;
        }
        last = found;
        value += found;
    }
    return value;
}

static void piece_number(struct piece *piece, u32 value)
{
    char digits[12];
    int size = snprintf(digits, sizeof(digits), "%u", value);
    CHECK(size > 0);
    piece_set(piece, span_of(digits, (size_t)size));
    piece->role = ROLE_NUMBER;
    piece->weight = 16;
}

/* 044 is 44, 1st is 1. */
static void piece_digits(struct piece *piece)
{
    struct span letters = letters_of(piece);
    if (letters.size > 2 && is_plain_letters(piece) == false) {
        struct span end = span_piece(letters, letters.size - 2, 2);
        bool ordinal = span_equal(end, span_of_text("st")) || span_equal(end, span_of_text("nd")) ||
                       span_equal(end, span_of_text("rd")) || span_equal(end, span_of_text("th"));
        u8 before = letters.data[letters.size - 3];
        if (ordinal && before >= '0' && before <= '9') {
            piece_set(piece, span_piece(letters, 0, letters.size - 2));
        }
    }
    if (!is_digits(piece)) {
        return;
    }
    u32 zeros = 0;
    while (zeros + 1 < piece->word.size && piece->word.letters[zeros] == '0') {
        zeros += 1;
    }
    piece_set(piece, span_after(letters_of(piece), zeros));
    piece->role = ROLE_NUMBER;
    piece->weight = 16;
}

static void find_numbers(struct name_analyser *analyser)
{
    for (u32 i = 0; i < analyser->count; i += 1) {
        struct piece *piece = &analyser->pieces[i];
        piece_digits(piece);
        if (piece->role == ROLE_NUMBER) {
            continue;
        }
        u32 word = name_words_number(letters_of(piece));
        u32 roman = i > 0 && piece->word.capitals && piece->word.script == SCRIPT_LATIN
                        ? roman_value(piece)
                        : 0;
        if (word > 0 || roman > 0) {
            piece_number(piece, word > 0 ? word : roman);
        }
    }
    /* Forty-four, Forty 4. */
    for (u32 i = 0; i + 1 < analyser->count; i += 1) {
        struct piece *ten = &analyser->pieces[i];
        struct piece *one = &analyser->pieces[i + 1];
        bool pair = ten->role == ROLE_NUMBER && one->role == ROLE_NUMBER && ten->word.size == 2 &&
                    one->word.size == 1 && ten->word.letters[1] == '0' &&
                    ten->word.letters[0] > '1' && one->word.letters[0] != '0';
        if (pair && !ten->gone) {
            ten->word.letters[1] = one->word.letters[0];
            piece_sound(ten);
            one->gone = true;
        }
    }
}

/* Phrases such as "limited liability company" become their first piece. */
static void find_phrases(struct name_analyser *analyser)
{
    for (u32 i = 0; i < analyser->count; i += 1) {
        struct span sounds[WORD_PHRASE_WORDS_MAX];
        u32 count = 0;
        while (count < WORD_PHRASE_WORDS_MAX && i + count < analyser->count) {
            sounds[count] = sound_of(&analyser->pieces[i + count]);
            count += 1;
        }
        u16 group = 0;
        u32 found = name_words_phrase(analyser->words, sounds, count, &group);
        if (found == 0) {
            continue;
        }
        struct piece *piece = &analyser->pieces[i];
        piece->role = ROLE_LEGAL_FORM;
        piece->weight = 3;
        piece->group = group;
        for (u32 j = 1; j < found; j += 1) {
            analyser->pieces[i + j].gone = true;
        }
        i += found - 1;
    }
}

static bool is_company_word(const struct name_analyser *analyser, struct span letters)
{
    const struct word_row *row =
        name_words_find(analyser->words, letters, span_of(NULL, 0), NAME_ENTITY);
    return row != NULL && (row->role == ROLE_GENERIC || row->role == ROLE_LEGAL_FORM);
}

/* Where a word that nobody knows is two that are: liabilitycompany, 2002eood; 0: nowhere. */
static u32 known_halves(const struct name_analyser *analyser, const struct piece *piece)
{
    struct span letters = letters_of(piece);
    u32 digits = 0;
    while (digits < letters.size && letters.data[digits] <= '9') {
        digits += 1;
    }
    if (digits > 0) {
        struct span rest = span_after(letters, digits);
        return rest.size > 1 && is_company_word(analyser, rest) ? digits : 0;
    }
    if (letters.size < 8 || is_company_word(analyser, letters)) {
        return 0;
    }
    for (u32 size = 4; size + 3 < letters.size; size += 1) {
        if (is_company_word(analyser, span_piece(letters, 0, size)) &&
            is_company_word(analyser, span_after(letters, size))) {
            return size;
        }
    }
    return 0;
}

/* One word of an entity, or the two that were written as one. */
static void take_entity_word(struct name_analyser *analyser, const struct piece *model)
{
    struct span letters = letters_of(model);
    u32 half = known_halves(analyser, model);
    if (half > 0) {
        (void)piece_add(analyser, model, span_piece(letters, 0, half), model->word.joined);
        (void)piece_add(analyser, model, span_after(letters, half), true);
    } else {
        (void)piece_add(analyser, model, letters, model->word.joined);
    }
}

static void take_entity(struct name_analyser *analyser)
{
    const struct fold *fold = &analyser->fold;
    for (u32 i = 0; i < fold->words_count; i += 1) {
        struct piece model = {.word = fold->words[i]};
        u32 run = letters_run(analyser, i);
        u8 letters[FOLD_LETTERS_MAX];
        if (run < 2) {
            take_entity_word(analyser, &model);
            continue;
        }
        for (u32 j = 0; j < run && j < FOLD_LETTERS_MAX; j += 1) {
            letters[j] = fold->words[i + j].letters[0];
        }
        (void)piece_add(analyser, &model, span_of(letters, run), model.word.joined);
        i += run - 1;
    }
    find_phrases(analyser);
    find_numbers(analyser);
}

/* ---- persons ---- */

static bool ends_with(struct span letters, const char *end)
{
    size_t size = strlen(end);
    return letters.size >= size && memcmp(letters.data + letters.size - size, end, size) == 0;
}

static bool is_written_vowel(u8 letter)
{
    return name_is_vowel(letter) || letter == 'y';
}

/* Abdurrahman: what is behind "abd", the article and its sound; size 0: not such a name. */
static struct span behind_abd(struct span letters)
{
    if (letters.size < 7 || memcmp(letters.data, "abd", 3) != 0 ||
        !is_written_vowel(letters.data[3])) {
        return span_of(NULL, 0);
    }
    size_t at = 4;
    at += letters.data[3] == 'o' && letters.data[4] == 'u' ? 1 : 0;
    bool twice = letters.data[at] == letters.data[at + 1];
    if (letters.data[at] == 'l' || (twice && !is_written_vowel(letters.data[at]))) {
        at += 1;
    }
    return letters.size - at >= 3 ? span_after(letters, at) : span_of(NULL, 0);
}

/* Shamsuddin, Hamidullah: the size of the ending; 0: none. */
static size_t compound_ending(struct span letters)
{
    static const char *const endings[] = {
        "uddeen", "eddine", "uddine", "aldeen", "uddin", "eddin", "addin", "oddin", "iddin",
        "aldin",  "eldin",  "udeen",  "udin",   "edin",  "ullah", "ollah", "allah", "ulla",
    };
    for (u32 i = 0; i < ARRAY_COUNT(endings); i += 1) {
        if (letters.size >= strlen(endings[i]) + 3 && ends_with(letters, endings[i])) {
            return strlen(endings[i]);
        }
    }
    return 0;
}

static void take_person_word(struct name_analyser *analyser, const struct piece *model)
{
    struct span letters = letters_of(model);
    struct piece known = *model;
    piece_sound(&known);
    bool compound = model->word.script == SCRIPT_LATIN || model->word.script == SCRIPT_CYRILLIC;
    if (!compound || letters.size < 7 ||
        name_words_find(analyser->words, letters, sound_of(&known), NAME_PERSON) != NULL) {
        (void)piece_add(analyser, model, letters, model->word.joined);
        return;
    }
    struct span rest = behind_abd(letters);
    if (rest.size > 0) {
        (void)piece_add(analyser, model, span_of_text("abd"), model->word.joined);
        (void)piece_add(analyser, model, rest, true);
        return;
    }
    size_t ending = compound_ending(letters);
    if (ending > 0) {
        (void)piece_add(analyser, model, span_piece(letters, 0, letters.size - ending),
                        model->word.joined);
        (void)piece_add(analyser, model, span_after(letters, letters.size - ending), true);
        return;
    }
    (void)piece_add(analyser, model, letters, model->word.joined);
}

/* JC, WJ: initials without dots. */
static bool is_initials(const struct fold_word *word)
{
    bool vowel = false;
    for (u32 i = 0; i < word->size; i += 1) {
        vowel = vowel || is_written_vowel(word->letters[i]);
    }
    return word->size == 2 && !vowel && word->capitals && word->script == SCRIPT_LATIN &&
           word->letters[0] > '9' && word->letters[1] > '9' && word->letters[1] != 'h';
}

static void take_person(struct name_analyser *analyser)
{
    const struct fold *fold = &analyser->fold;
    bool all_capitals = true;
    for (u32 i = 0; i < fold->words_count; i += 1) {
        all_capitals = all_capitals && fold->words[i].capitals;
    }
    for (u32 i = 0; i < fold->words_count; i += 1) {
        /* "FAMILY, Given" in the order it is spoken. */
        u32 at = (i + fold->comma) % fold->words_count;
        struct piece model = {.word = fold->words[at],
                              .given = fold->comma > 0 && at >= fold->comma};
        if (!all_capitals && is_initials(&model.word)) {
            (void)piece_add(analyser, &model, span_of(model.word.letters, 1), model.word.joined);
            (void)piece_add(analyser, &model, span_of(model.word.letters + 1, 1), true);
        } else {
            take_person_word(analyser, &model);
        }
    }
    /* Abd Allah is Abdullah. */
    for (u32 i = 0; i + 1 < analyser->count; i += 1) {
        struct piece *abd = &analyser->pieces[i];
        struct piece *next = &analyser->pieces[i + 1];
        bool arabic = piece_is(abd, "abd") && (piece_is(next, "allah") || piece_is(next, "allh"));
        if (arabic || (ends_with(letters_of(abd), "abdul") && abd->word.size == 5 &&
                       (piece_is(next, "lah") || piece_is(next, "allah")))) {
            piece_set(abd, span_of_text("abdullah"));
            next->gone = true;
        }
    }
}

/* The father's name in a patronymic's sound form: Vladimir of Vladimirovich. Returns its size, or 0
 * for no patronymic. */
static u32 father_size(const struct piece *piece)
{
    static const char *const endings[] = {"oviq", "eviq", "aviq", "iviq", "ovna",
                                          "evna", "ivna", "auna", "avna", "iqna",
                                          "euna", "iuna", "ouna", "ovis", "evis"};
    struct span sound = sound_of(piece);
    for (u32 i = 0; i < ARRAY_COUNT(endings); i += 1) {
        if (sound.size >= strlen(endings[i]) + 2 && ends_with(sound, endings[i])) {
            return (u32)(sound.size - strlen(endings[i]));
        }
    }
    return 0;
}

static void set_patronymic(struct name_analyser *analyser, struct piece *piece)
{
    u8 stem[FOLD_LETTERS_MAX + 2];
    u32 size = father_size(piece);
    memcpy(stem, piece->sound, size);
    stem[size] = 'i';
    piece->role = ROLE_PATRONYMIC;
    piece->weight = 20;
    bool soft = size > 0 && stem[size - 1] == 'j'; /* Mikalaj-evich */
    size -= soft ? 1 : 0;
    stem[size] = 'i';
    for (u32 extra = 0; extra < 2; extra += 1) {
        const struct word_row *row = name_words_find(analyser->words, span_of(stem, size + extra),
                                                     span_of(stem, size + extra), NAME_PERSON);
        if (row != NULL && row->group >= 1000) {
            piece->group = row->group | PATRONYMIC_BIT;
        }
    }
}

/* One of three or more words can be a patronymic; Lukashevich and Abramovich are also families. The
 * first behind the beginning is taken, and none where a comma says that it is the family. */
static void find_patronymics(struct name_analyser *analyser)
{
    u32 words = 0;
    for (u32 i = 0; i < analyser->count; i += 1) {
        words += analyser->pieces[i].role == ROLE_ORDINARY && analyser->pieces[i].word.size > 1;
    }
    for (u32 i = 1; i < analyser->count && words > 2; i += 1) {
        struct piece *piece = &analyser->pieces[i];
        bool family = analyser->fold.comma > 0 && !piece->given;
        if (piece->role == ROLE_ORDINARY && !family && father_size(piece) > 0) {
            set_patronymic(analyser, piece);
            return;
        }
    }
}

/* Bin X, X oglu. */
static void find_fathers(struct name_analyser *analyser)
{
    static const char *const before[] = {"bin",  "ben",   "ibn",   "bn",
                                         "bint", "binti", "binte", "ould"};
    static const char *const after[] = {"oglu", "ogly", "kyzy", "qizi", "kizi", "zade"};
    for (u32 i = 0; i + 1 < analyser->count; i += 1) {
        struct piece *piece = &analyser->pieces[i];
        struct piece *next = &analyser->pieces[i + 1];
        for (u32 j = 0; j < ARRAY_COUNT(before) && i > 0; j += 1) {
            if (piece_is(piece, before[j]) && next->role == ROLE_ORDINARY) {
                next->role = ROLE_PATRONYMIC;
            }
        }
        for (u32 j = 0; j < ARRAY_COUNT(after); j += 1) {
            if (piece_is(next, after[j]) && piece->role == ROLE_ORDINARY) {
                piece->role = ROLE_PATRONYMIC;
                next->role = ROLE_PARTICLE;
                next->weight = 1;
            }
        }
    }
}

/* ---- roles ---- */

/* Articles that are only that when something hangs on them: as-Sayyid, an-Nasir, ash-Shami. */
static bool is_hanging_article(const struct name_analyser *analyser, u32 i)
{
    static const char *const articles[] = {"ad", "an", "ar",  "as",  "at",  "az", "ash",
                                           "ed", "en", "er",  "es",  "et",  "ez", "esh",
                                           "us", "uz", "ush", "adh", "ath", "un"};
    const struct piece *piece = &analyser->pieces[i];
    if (i + 1 == analyser->count || !analyser->pieces[i + 1].word.joined) {
        return false;
    }
    for (u32 j = 0; j < ARRAY_COUNT(articles); j += 1) {
        if (piece_is(piece, articles[j])) {
            return true;
        }
    }
    return false;
}

/* "Limitedd", "Cmopany": a legal form but for one letter. */
static bool is_misspelt_form(const struct piece *piece)
{
    static const char *const forms[] = {"limited", "company", "corporation", "incorporated"};
    for (u32 i = 0; i < ARRAY_COUNT(forms); i += 1) {
        if (name_words_nearly_equal(letters_of(piece), span_of_text(forms[i]))) {
            return true;
        }
    }
    return false;
}

static void set_role(struct name_analyser *analyser, u32 i)
{
    struct piece *piece = &analyser->pieces[i];
    const struct word_row *row =
        name_words_find(analyser->words, letters_of(piece), sound_of(piece), analyser->kind);
    if (row != NULL && row->role == ROLE_PARTICLE && piece->word.size == 1 && piece->word.dotted) {
        row = NULL; /* "E. Farm" is no "e" */
    }
    if (row == NULL && analyser->kind == NAME_ENTITY && is_misspelt_form(piece)) {
        piece->role = ROLE_LEGAL_FORM;
        piece->weight = 3;
        return;
    }
    if (row != NULL) {
        /* A first name Ben, De or San is a name. */
        bool stands = row->role == ROLE_PARTICLE && analyser->kind == NAME_PERSON && i == 0 &&
                      !piece_is(piece, "al") && !piece_is(piece, "el");
        /* So are a last name Sayyed and a last name Haji. */
        stands = stands || (row->role == ROLE_TITLE && i + 1 == analyser->count);
        if (!stands) {
            piece->role = row->role;
            piece->weight = row->weight;
            piece->group = row->group;
        }
        return;
    }
    if (analyser->kind == NAME_PERSON && is_hanging_article(analyser, i)) {
        piece->role = ROLE_PARTICLE;
        piece->weight = 1;
    } else if (piece->word.size == 1 && piece->word.script <= SCRIPT_CYRILLIC) {
        piece->role = ROLE_INITIAL;
        piece->weight = 10;
    } else if (analyser->fold.comma > 0 && analyser->kind == NAME_PERSON) {
        piece->weight = 0;
    }
}

static u8 weight_of(const struct name_analyser *analyser, const struct piece *piece, u64 skeleton)
{
    static const u8 by_size[] = {10, 10, 18, 26, 32, 36, 40, 40, 42, 44};
    static const u8 entity_by_size[] = {6, 6, 12, 26, 32, 36, 40, 40, 42, 44};
    if (piece->weight > 0) {
        return piece->weight;
    }
    bool abjad = piece->word.script == SCRIPT_ARABIC || piece->word.script == SCRIPT_HEBREW;
    if (abjad && analyser->kind == NAME_PERSON) {
        u8 weight = name_words_skeleton_weight(analyser->words, skeleton);
        if (weight > 0) {
            return weight;
        }
    }
    u32 size = (u32)piece->word.size + (abjad ? 2 : 0);
    size = size < ARRAY_COUNT(by_size) ? size : (u32)ARRAY_COUNT(by_size) - 1;
    return analyser->kind == NAME_PERSON ? by_size[size] : entity_by_size[size];
}

/* ---- tokens ---- */

static void put_token(struct name_analyser *analyser, const struct piece *piece, struct name *name)
{
    if (name->tokens_count == NAME_TOKENS_MAX) {
        name->cut = 1;
        return;
    }
    struct name_token *token = &name->tokens[name->tokens_count];
    *token = (struct name_token){.group = piece->group,
                                 .role = piece->role,
                                 .script = piece->word.script,
                                 .flags = piece->word.joined ? NAME_TOKEN_JOINED : 0};
    u8 plain[FOLD_LETTERS_MAX];
    for (u32 i = 0; i < piece->word.size; i += 1) {
        u8 letter = piece->word.letters[i];
        plain[i] = letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter;
    }
    token->text_size = (u8)u64_min(piece->word.size, NAME_TOKEN_LETTERS);
    memcpy(token->text, plain, token->text_size);
    token->sound_size = (u8)u64_min(piece->sound_size, NAME_TOKEN_SOUNDS);
    memcpy(token->sound, piece->sound, token->sound_size);
    token->skeleton = name_skeleton(piece->sound, piece->sound_size);
    token->hash = (u32)hash_bytes(plain, piece->word.size, 0);
    token->letters = name_letters(token->text, token->text_size);
    token->sounds = name_letters(token->sound, token->sound_size);
    token->weight = weight_of(analyser, piece, token->skeleton);
    if (piece->role == ROLE_ORDINARY && analyser->fold.comma > 0 && analyser->kind == NAME_PERSON) {
        token->role = piece->given ? ROLE_GIVEN : ROLE_FAMILY;
    }
    name->tokens_count += 1;
    name->hash = (u32)hash_pair(name->hash, token->hash);
}

static void put_tokens(struct name_analyser *analyser, struct name *name)
{
    u32 scripts[SCRIPT_OTHER + 1] = {0};
    for (u32 i = 0; i < analyser->count; i += 1) {
        const struct piece *piece = &analyser->pieces[i];
        if (!piece->gone && piece->word.size > 0) {
            scripts[piece->word.script] += piece->word.size;
            put_token(analyser, piece, name);
        }
    }
    for (u32 i = 0; i <= SCRIPT_OTHER; i += 1) {
        name->script = scripts[i] > scripts[name->script] ? (u8)i : name->script;
    }
}

/* Takes apart what has been folded. */
static void take(struct name_analyser *analyser, enum name_kind kind, struct name *name_out)
{
    analyser->count = 0;
    analyser->kind = kind_of(analyser, kind);
    name_out->kind = (u8)analyser->kind;
    name_out->cut |= analyser->fold.cut ? 1 : 0;
    if (analyser->kind == NAME_PERSON) {
        take_person(analyser);
    } else {
        take_entity(analyser);
    }
    for (u32 i = 0; i < analyser->count; i += 1) {
        if (analyser->pieces[i].role == ROLE_ORDINARY && !analyser->pieces[i].gone) {
            set_role(analyser, i);
        }
    }
    if (analyser->kind == NAME_PERSON) {
        find_fathers(analyser);
        find_patronymics(analyser);
    }
    put_tokens(analyser, name_out);
}

bool name_analyse(struct name_analyser *analyser, struct span text, enum name_kind kind,
                  struct name *name_out)
{
    memset(name_out, 0, offsetof(struct name, tokens));
    if (!utf8_is_text(text)) {
        return false;
    }
    size_t size = text.size;
    if (size > NAME_TEXT_BYTES_MAX) {
        name_out->cut = 1;
        size = NAME_TEXT_BYTES_MAX;
        while (size > 0 && (text.data[size] & 0xc0) == 0x80) {
            size -= 1; /* not within a character */
        }
    }
    name_fold(analyser->folder, span_of(text.data, size), &analyser->fold);
    take(analyser, kind, name_out);
    return name_out->tokens_count > 0;
}

u32 name_analyse_either(struct name_analyser *analyser, struct span text,
                        struct name names_out[NAME_READINGS_MAX])
{
    if (!name_analyse(analyser, text, NAME_UNKNOWN, &names_out[0])) {
        return 0;
    }
    if (names_out[0].kind == NAME_ENTITY || !may_tell_entity(analyser)) {
        return 1;
    }
    memset(&names_out[1], 0, offsetof(struct name, tokens));
    names_out[1].cut = names_out[0].cut;
    take(analyser, NAME_ENTITY, &names_out[1]);
    return names_out[1].tokens_count > 0 ? 2 : 1;
}
