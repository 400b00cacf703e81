/*
 * keys: bytes from a terminal -> key events.
 *
 * Understands what xterm, rxvt, linux, tmux, screen and their kin send:
 * function keys with modifiers in every usual spelling, Alt as an ESC in front,
 * Ctrl, UTF-8, bracketed paste and SGR (or X10) mouse reports.  A terminal's
 * own spellings are added with keys_learn().
 *
 * ESC alone and the start of a sequence look the same.  After keys_feed() ask
 * keys_pending(); when true and nothing comes within KEYS_TIMEOUT_MS, call
 * keys_timeout() and what is there counts as typed.
 */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_TIMEOUT_MS 50
#define KEYS_PASTE_CHUNK 65536

#define MOD_SHIFT 1u
#define MOD_ALT 2u
#define MOD_CTRL 4u

/* Codes past Unicode; the names are those of key map files. */
#define KEY_NAMES(X) \
	X(ENTER, "Enter") X(TAB, "Tab") X(BACKSPACE, "Backspace") X(ESCAPE, "Esc") \
	X(UP, "Up") X(DOWN, "Down") X(LEFT, "Left") X(RIGHT, "Right") \
	X(HOME, "Home") X(END, "End") X(PGUP, "PgUp") X(PGDN, "PgDn") \
	X(INSERT, "Insert") X(DELETE, "Delete") X(BEGIN, "Begin") \
	X(F1, "F1") X(F2, "F2") X(F3, "F3") X(F4, "F4") X(F5, "F5") X(F6, "F6") \
	X(F7, "F7") X(F8, "F8") X(F9, "F9") X(F10, "F10") X(F11, "F11") X(F12, "F12") \
	X(F13, "F13") X(F14, "F14") X(F15, "F15") X(F16, "F16") X(F17, "F17") \
	X(F18, "F18") X(F19, "F19") X(F20, "F20")

enum key_code {
	K_NONE = 0x110000,		/* a sequence that means nothing to us */
	K_PASTE,			/* key.text, key.len; key.more */
	K_MOUSE,			/* key.mouse */
#define X(id, name) K_##id,
	KEY_NAMES(X)
#undef X
	K_COUNT
};

enum mouse_button {
	MOUSE_RELEASE, MOUSE_LEFT, MOUSE_MIDDLE, MOUSE_RIGHT,
	MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN
};

struct key {
	uint32_t code;			/* a character, or of enum key_code */
	unsigned mods;			/* a letter with MOD_CTRL is lower case */
	const char *text;		/* K_PASTE: borrowed for the call, not clean */
	size_t len;
	bool more;			/* the paste goes on with the next key */
	struct {
		enum mouse_button button;
		bool drag;
		int y, x;		/* from 0 */
	} mouse;
};

typedef void key_fn(const struct key *k, void *arg);

struct keys;

struct keys *keys_new(key_fn *fn, void *arg);
void keys_free(struct keys *k);
/* This terminal sends bytes for that key (kf1, kcuu1, kbs ... of terminfo). */
void keys_learn(struct keys *k, const char *bytes, uint32_t code, unsigned mods);
void keys_feed(struct keys *k, const char *bytes, size_t len);
bool keys_pending(const struct keys *k);
void keys_timeout(struct keys *k);

/*
 * Names as in key map files: "s", "S", "C-r", "M-x", "C-M-Left", "F5", "Space",
 * "PgUp".  keys_parse() is false for what is none.
 */
#define KEY_NAME_MAX 32
const char *keys_name(uint32_t code, unsigned mods, char out[KEY_NAME_MAX]);
bool keys_parse(const char *name, uint32_t *code, unsigned *mods);

#endif
