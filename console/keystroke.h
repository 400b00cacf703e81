/*
 * keystroke: which key of a PC keyboard makes a character.
 *
 * A guest sees keys, not characters: what a terminal sends must be turned back
 * into the key (its X keysym, and its PC scan code as QEMU numbers them) that
 * gives it on a US keyboard.  Characters that this has no key for go out by
 * keysym alone, for the server to find.
 */
#ifndef CONSOLE_KEYSTROKE_H
#define CONSOLE_KEYSTROKE_H

#include <stdbool.h>
#include <stdint.h>

/* As tui/keys.h numbers them, and the keyboard's fourth. */
#define KEYSTROKE_SHIFT 1u
#define KEYSTROKE_ALT 2u
#define KEYSTROKE_CTRL 4u
#define KEYSTROKE_META 8u

struct keystroke {
	uint32_t keysym;
	unsigned scancode;		/* 0: none on a US keyboard */
	unsigned mods;			/* held while it is pressed */
};

/* The key for a character; false for one that no keyboard has (controls). */
bool keystroke_char(uint32_t code, struct keystroke *out);

/* One key by its name ("F1", "a"), without modifiers; false for none. */
bool keystroke_named(const char *name, struct keystroke *out);

/* Hold these modifiers too. */
void keystroke_hold(struct keystroke *k, unsigned mods);

/* By name, with any of Ctrl, Alt, Shift, Meta in front: "F1", "Ctrl+Alt+Delete",
 * "Print", "Alt+SysRq+b", "a".  Letter case does not matter in names. */
#define KEYSTROKE_CHORD_MAX 4
/* Several keys besides the modifiers are held together; returns how many, 0
 * for a name that is none.  All have the same mods. */
int keystroke_parse(const char *name, struct keystroke out[KEYSTROKE_CHORD_MAX]);

/* Press (or release) the keys of mods, then the keys themselves, releasing in
 * the opposite order.  send is called for each. */
typedef void keystroke_send_fn(uint32_t keysym, unsigned scancode, bool down, void *arg);
void keystroke_press(const struct keystroke *keys, int n, keystroke_send_fn *send, void *arg);

#endif
