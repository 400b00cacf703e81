/*
 * keystroke: see keystroke.h.
 */
#include "console/keystroke.h"

#include <string.h>
#include <strings.h>

#include "backend/base/mem.h"
#include "backend/base/sanitize.h"

/* Keys that make no character.  Scan codes are of set 1, with 0x80 added where
 * the keyboard sends E0 first. */
static const struct {
	const char *name;
	uint32_t keysym;
	unsigned scancode;
} named[] = {
	{ "Enter", 0xff0d, 0x1c }, { "Return", 0xff0d, 0x1c }, { "Tab", 0xff09, 0x0f },
	{ "Backspace", 0xff08, 0x0e }, { "Esc", 0xff1b, 0x01 }, { "Escape", 0xff1b, 0x01 },
	{ "Space", 0x0020, 0x39 },
	{ "Up", 0xff52, 0xc8 }, { "Down", 0xff54, 0xd0 }, { "Left", 0xff51, 0xcb },
	{ "Right", 0xff53, 0xcd }, { "Home", 0xff50, 0xc7 }, { "End", 0xff57, 0xcf },
	{ "PgUp", 0xff55, 0xc9 }, { "PageUp", 0xff55, 0xc9 }, { "PgDn", 0xff56, 0xd1 },
	{ "PageDown", 0xff56, 0xd1 }, { "Insert", 0xff63, 0xd2 }, { "Delete", 0xffff, 0xd3 },
	{ "Del", 0xffff, 0xd3 }, { "Begin", 0xff58, 0x4c },
	{ "F1", 0xffbe, 0x3b }, { "F2", 0xffbf, 0x3c }, { "F3", 0xffc0, 0x3d },
	{ "F4", 0xffc1, 0x3e }, { "F5", 0xffc2, 0x3f }, { "F6", 0xffc3, 0x40 },
	{ "F7", 0xffc4, 0x41 }, { "F8", 0xffc5, 0x42 }, { "F9", 0xffc6, 0x43 },
	{ "F10", 0xffc7, 0x44 }, { "F11", 0xffc8, 0x57 }, { "F12", 0xffc9, 0x58 },
	{ "F13", 0xffca, 0x5d }, { "F14", 0xffcb, 0x5e }, { "F15", 0xffcc, 0x5f },
	{ "F16", 0xffcd, 0x55 }, { "F17", 0xffce, 0x83 }, { "F18", 0xffcf, 0xf7 },
	{ "F19", 0xffd0, 0x84 }, { "F20", 0xffd1, 0x5a },
	{ "Print", 0xff61, 0x54 }, { "SysRq", 0xff15, 0x54 }, { "Pause", 0xff13, 0xc6 },
	{ "ScrollLock", 0xff14, 0x46 }, { "NumLock", 0xff7f, 0x45 },
	{ "CapsLock", 0xffe5, 0x3a }, { "Menu", 0xff67, 0xdd }, { "Plus", 0x2b, 0x0d },
};

static const struct {
	const char *name;
	unsigned mod;
	uint32_t keysym;
	unsigned scancode;
} modifiers[] = {
	{ "Ctrl", KEYSTROKE_CTRL, 0xffe3, 0x1d }, { "Alt", KEYSTROKE_ALT, 0xffe9, 0x38 },
	{ "Shift", KEYSTROKE_SHIFT, 0xffe1, 0x2a }, { "Meta", KEYSTROKE_META, 0xffeb, 0xdb },
};

/* The rows of a US keyboard from the scan code of their first key. */
static const struct {
	unsigned first;
	const char *plain, *shifted;
} rows[] = {
	{ 0x02, "1234567890-=", "!@#$%^&*()_+" },
	{ 0x10, "qwertyuiop[]", "QWERTYUIOP{}" },
	{ 0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
	{ 0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
	{ 0x39, " ", " " },
};

static bool find_in_rows(uint32_t code, struct keystroke *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *plain = strchr(rows[i].plain, (int)code);
		const char *shifted = strchr(rows[i].shifted, (int)code);

		if (plain)
			*out = (struct keystroke){ code, rows[i].first +
						   (unsigned)(plain - rows[i].plain), 0 };
		else if (shifted)
			*out = (struct keystroke){ code, rows[i].first +
						   (unsigned)(shifted - rows[i].shifted),
						   KEYSTROKE_SHIFT };
		if (plain || shifted)
			return true;
	}
	return false;
}

bool keystroke_char(uint32_t code, struct keystroke *out)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff)
		return false;
	if (code < 0x7f)
		return find_in_rows(code, out);
	/* X's rule: Latin-1 as it is, all others by their number in Unicode. */
	*out = (struct keystroke){ code < 0x100 ? code : 0x01000000 + code, 0, 0 };
	return true;
}

static bool find_named(const char *name, size_t len, struct keystroke *out)
{
	unsigned code;

	for (size_t i = 0; i < ARRAY_SIZE(named); i++)
		if (strlen(named[i].name) == len && !strncasecmp(named[i].name, name, len)) {
			*out = (struct keystroke){ named[i].keysym, named[i].scancode, 0 };
			return true;
		}
	return len > 0 && sanitize_decode(name, len, &code) == len && keystroke_char(code, out);
}

bool keystroke_named(const char *name, struct keystroke *out)
{
	return find_named(name, strlen(name), out);
}

static unsigned find_modifier(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(modifiers); i++)
		if (strlen(modifiers[i].name) == len && !strncasecmp(modifiers[i].name, name, len))
			return modifiers[i].mod;
	return 0;
}

/* With Shift held the key gives another character, and QEMU would press Caps
 * Lock to make the two agree. */
static uint32_t shifted_keysym(uint32_t keysym)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *plain = keysym < 0x7f ? strchr(rows[i].plain, (int)keysym) : NULL;

		if (plain)
			return (unsigned char)rows[i].shifted[plain - rows[i].plain];
	}
	return keysym;
}

void keystroke_hold(struct keystroke *k, unsigned mods)
{
	k->mods |= mods;
	if (k->mods & KEYSTROKE_SHIFT)
		k->keysym = shifted_keysym(k->keysym);
}

int keystroke_parse(const char *name, struct keystroke out[KEYSTROKE_CHORD_MAX])
{
	unsigned mods = 0;
	int n = 0;

	for (;;) {
		/* "+" alone, or at the end, is the character. */
		size_t len = *name ? strcspn(name + 1, "+") + 1 : 0;
		unsigned mod = find_modifier(name, len);

		mods |= mod;
		if (!mod && (n == KEYSTROKE_CHORD_MAX || !find_named(name, len, &out[n++])))
			return 0;
		if (!name[len])
			break;
		name += len + 1;
	}
	for (int i = 0; i < n; i++)
		mods |= out[i].mods;
	for (int i = 0; i < n; i++)
		keystroke_hold(&out[i], mods);
	return n;
}

void keystroke_press(const struct keystroke *keys, int n, keystroke_send_fn *send, void *arg)
{
	unsigned mods = n ? keys[0].mods : 0;

	for (size_t i = 0; i < ARRAY_SIZE(modifiers); i++)
		if (mods & modifiers[i].mod)
			send(modifiers[i].keysym, modifiers[i].scancode, true, arg);
	for (int i = 0; i < n; i++)
		send(keys[i].keysym, keys[i].scancode, true, arg);
	for (int i = n - 1; i >= 0; i--)
		send(keys[i].keysym, keys[i].scancode, false, arg);
	for (size_t i = ARRAY_SIZE(modifiers); i-- > 0;)
		if (mods & modifiers[i].mod)
			send(modifiers[i].keysym, modifiers[i].scancode, false, arg);
}
