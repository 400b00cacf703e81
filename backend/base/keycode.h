/*
 * keycode: one key of a PC keyboard by its several names.
 *
 * linux: KEY_LEFTCTRL or 29 (input-event-codes.h); qnum: 29 (XT set 1, with
 * 0x80 added for the extended ones); qcode: ctrl (QEMU's QKeyCode).
 */
#ifndef BACKEND_BASE_KEYCODE_H
#define BACKEND_BASE_KEYCODE_H

#include <stdbool.h>

enum keycode_set { KEYCODE_LINUX, KEYCODE_QNUM, KEYCODE_QCODE };

bool keycode_set_find(const char *name, enum keycode_set *set);

/* The QKeyCode of a key named in that set (letter case does not matter, numbers may be 0x...);
 * NULL when there is no such key. */
const char *keycode_qcode(enum keycode_set set, const char *key);

/* The name in that set that was probably meant; NULL when none is near. */
const char *keycode_nearest(enum keycode_set set, const char *key);

/* The i-th name in that set, for completion; NULL past the end. */
const char *keycode_name(enum keycode_set set, unsigned i);

#endif
