/*
 * keycode: see keycode.h.  The numbers are those of Linux's
 * input-event-codes.h and of a PC keyboard's first scan code set.
 */
#include "backend/base/keycode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend/base/mem.h"
#include "backend/base/nearest.h"

/* Linux number, Linux name without KEY_, qnum, QKeyCode. */
#define KEYS(X) \
	X(1, "ESC", 1, "esc") \
	X(2, "1", 2, "1") \
	X(3, "2", 3, "2") \
	X(4, "3", 4, "3") \
	X(5, "4", 5, "4") \
	X(6, "5", 6, "5") \
	X(7, "6", 7, "6") \
	X(8, "7", 8, "7") \
	X(9, "8", 9, "8") \
	X(10, "9", 10, "9") \
	X(11, "0", 11, "0") \
	X(12, "MINUS", 12, "minus") \
	X(13, "EQUAL", 13, "equal") \
	X(14, "BACKSPACE", 14, "backspace") \
	X(15, "TAB", 15, "tab") \
	X(16, "Q", 16, "q") \
	X(17, "W", 17, "w") \
	X(18, "E", 18, "e") \
	X(19, "R", 19, "r") \
	X(20, "T", 20, "t") \
	X(21, "Y", 21, "y") \
	X(22, "U", 22, "u") \
	X(23, "I", 23, "i") \
	X(24, "O", 24, "o") \
	X(25, "P", 25, "p") \
	X(26, "LEFTBRACE", 26, "bracket_left") \
	X(27, "RIGHTBRACE", 27, "bracket_right") \
	X(28, "ENTER", 28, "ret") \
	X(29, "LEFTCTRL", 29, "ctrl") \
	X(30, "A", 30, "a") \
	X(31, "S", 31, "s") \
	X(32, "D", 32, "d") \
	X(33, "F", 33, "f") \
	X(34, "G", 34, "g") \
	X(35, "H", 35, "h") \
	X(36, "J", 36, "j") \
	X(37, "K", 37, "k") \
	X(38, "L", 38, "l") \
	X(39, "SEMICOLON", 39, "semicolon") \
	X(40, "APOSTROPHE", 40, "apostrophe") \
	X(41, "GRAVE", 41, "grave_accent") \
	X(42, "LEFTSHIFT", 42, "shift") \
	X(43, "BACKSLASH", 43, "backslash") \
	X(44, "Z", 44, "z") \
	X(45, "X", 45, "x") \
	X(46, "C", 46, "c") \
	X(47, "V", 47, "v") \
	X(48, "B", 48, "b") \
	X(49, "N", 49, "n") \
	X(50, "M", 50, "m") \
	X(51, "COMMA", 51, "comma") \
	X(52, "DOT", 52, "dot") \
	X(53, "SLASH", 53, "slash") \
	X(54, "RIGHTSHIFT", 54, "shift_r") \
	X(55, "KPASTERISK", 55, "kp_multiply") \
	X(56, "LEFTALT", 56, "alt") \
	X(57, "SPACE", 57, "spc") \
	X(58, "CAPSLOCK", 58, "caps_lock") \
	X(59, "F1", 59, "f1") \
	X(60, "F2", 60, "f2") \
	X(61, "F3", 61, "f3") \
	X(62, "F4", 62, "f4") \
	X(63, "F5", 63, "f5") \
	X(64, "F6", 64, "f6") \
	X(65, "F7", 65, "f7") \
	X(66, "F8", 66, "f8") \
	X(67, "F9", 67, "f9") \
	X(68, "F10", 68, "f10") \
	X(69, "NUMLOCK", 69, "num_lock") \
	X(70, "SCROLLLOCK", 70, "scroll_lock") \
	X(71, "KP7", 71, "kp_7") \
	X(72, "KP8", 72, "kp_8") \
	X(73, "KP9", 73, "kp_9") \
	X(74, "KPMINUS", 74, "kp_subtract") \
	X(75, "KP4", 75, "kp_4") \
	X(76, "KP5", 76, "kp_5") \
	X(77, "KP6", 77, "kp_6") \
	X(78, "KPPLUS", 78, "kp_add") \
	X(79, "KP1", 79, "kp_1") \
	X(80, "KP2", 80, "kp_2") \
	X(81, "KP3", 81, "kp_3") \
	X(82, "KP0", 82, "kp_0") \
	X(83, "KPDOT", 83, "kp_decimal") \
	X(86, "102ND", 0x56, "less") \
	X(87, "F11", 0x57, "f11") \
	X(88, "F12", 0x58, "f12") \
	X(89, "RO", 0x73, "ro") \
	X(92, "HENKAN", 0x79, "henkan") \
	X(93, "KATAKANAHIRAGANA", 0x70, "katakanahiragana") \
	X(94, "MUHENKAN", 0x7b, "muhenkan") \
	X(96, "KPENTER", 0x9c, "kp_enter") \
	X(97, "RIGHTCTRL", 0x9d, "ctrl_r") \
	X(98, "KPSLASH", 0xb5, "kp_divide") \
	X(99, "SYSRQ", 0x54, "sysrq") \
	X(100, "RIGHTALT", 0xb8, "alt_r") \
	X(102, "HOME", 0xc7, "home") \
	X(103, "UP", 0xc8, "up") \
	X(104, "PAGEUP", 0xc9, "pgup") \
	X(105, "LEFT", 0xcb, "left") \
	X(106, "RIGHT", 0xcd, "right") \
	X(107, "END", 0xcf, "end") \
	X(108, "DOWN", 0xd0, "down") \
	X(109, "PAGEDOWN", 0xd1, "pgdn") \
	X(110, "INSERT", 0xd2, "insert") \
	X(111, "DELETE", 0xd3, "delete") \
	X(113, "MUTE", 0xa0, "audiomute") \
	X(114, "VOLUMEDOWN", 0xae, "volumedown") \
	X(115, "VOLUMEUP", 0xb0, "volumeup") \
	X(116, "POWER", 0xde, "power") \
	X(117, "KPEQUAL", 0x59, "kp_equals") \
	X(119, "PAUSE", 0xc6, "pause") \
	X(121, "KPCOMMA", 0x7e, "kp_comma") \
	X(122, "HANGEUL", 0x72, "lang1") \
	X(123, "HANJA", 0x71, "lang2") \
	X(124, "YEN", 0x7d, "yen") \
	X(125, "LEFTMETA", 0xdb, "meta_l") \
	X(126, "RIGHTMETA", 0xdc, "meta_r") \
	X(127, "COMPOSE", 0xdd, "compose") \
	X(142, "SLEEP", 0xdf, "sleep") \
	X(143, "WAKEUP", 0xe3, "wake")

static const struct key {
	unsigned linux_number, qnum;
	const char *linux_name;
	const char *qcode;
} keys[] = {
#define X(number, name, qnum, qcode) { number, qnum, "KEY_" name, qcode },
	KEYS(X)
#undef X
};

bool keycode_set_find(const char *name, enum keycode_set *set)
{
	static const char *const names[] = { "linux", "qnum", "qcode" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(name, names[i])) {
			*set = (enum keycode_set)i;
			return true;
		}
	}
	return false;
}

static bool read_number(const char *text, unsigned long *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoul(text, &end, 0);
	return !errno && !*end;
}

/* Names of qnum: there are none. */
static const char *name_of(const struct key *k, enum keycode_set set)
{
	return set == KEYCODE_LINUX ? k->linux_name : set == KEYCODE_QCODE ? k->qcode : "";
}

const char *keycode_qcode(enum keycode_set set, const char *key)
{
	unsigned long number = 0;
	bool by_number = set != KEYCODE_QCODE && read_number(key, &number);

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct key *k = &keys[i];
		unsigned its = set == KEYCODE_LINUX ? k->linux_number : k->qnum;

		if (by_number ? its == number : !strcasecmp(key, name_of(k, set)))
			return k->qcode;
	}
	return NULL;
}

const char *keycode_nearest(enum keycode_set set, const char *key)
{
	struct nearest near = NEAREST_INIT(key);

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		nearest_offer(&near, name_of(&keys[i], set));
	return near.best && *near.best ? near.best : NULL;
}

const char *keycode_name(enum keycode_set set, unsigned i)
{
	return i < ARRAY_SIZE(keys) && set != KEYCODE_QNUM ? name_of(&keys[i], set) : NULL;
}
