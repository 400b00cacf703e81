/*
 * test_nearest: the word that was probably meant, and the names of keys.
 */
#include "tests/unit/tap.h"

#include "backend/base/keycode.h"
#include "backend/base/nearest.h"

static const char *pick(const char *word)
{
	static const char *const verbs[] = { "start", "shutdown", "destroy", "define", "undefine", "list" };
	struct nearest n = NEAREST_INIT(word);

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		nearest_offer(&n, verbs[i]);
	return n.best;
}

static void test_nearest(void)
{
	is_int(nearest_distance("start", "start"), 0, "equal words");
	is_int(nearest_distance("strat", "start"), 1, "a swap of neighbours is one");
	is_int(nearest_distance("", "abc"), 3, "an empty word");
	is_int(nearest_distance("START", "start"), 0, "letter case is nothing");
	is_str(pick("strat"), "start", "a typing error");
	is_str(pick("shutdwon"), "shutdown", "a swap in a longer word");
	is_str(pick("undefin"), "undefine", "a letter missing");
	is_str(pick("frobnicate"), NULL, "nothing near is nothing");
	is_str(pick("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "xxxxxxxxxxxxxxxxxxxxxxxx"), NULL, "a word past every bound");
}

static void test_keys(void)
{
	enum keycode_set set;

	is_str(keycode_qcode(KEYCODE_LINUX, "KEY_LEFTCTRL"), "ctrl", "a Linux name");
	is_str(keycode_qcode(KEYCODE_LINUX, "key_f12"), "f12", "in small letters");
	is_str(keycode_qcode(KEYCODE_LINUX, "111"), "delete", "a Linux number");
	is_str(keycode_qcode(KEYCODE_LINUX, "0x6f"), "delete", "in hexadecimal");
	is_str(keycode_qcode(KEYCODE_QNUM, "0xd3"), "delete", "QEMU's number");
	is_str(keycode_qcode(KEYCODE_QCODE, "delete"), "delete", "QEMU's name");
	is_str(keycode_qcode(KEYCODE_QCODE, "1"), "1", "the key 1 is a name there, no number");
	is_str(keycode_qcode(KEYCODE_LINUX, "1"), "esc", "and a number here");
	is_str(keycode_qcode(KEYCODE_LINUX, "12x"), NULL, "half a number");
	is_str(keycode_qcode(KEYCODE_LINUX, ""), NULL, "nothing");
	is_str(keycode_nearest(KEYCODE_LINUX, "KEY_LEFTCRTL"), "KEY_LEFTCTRL", "a typing error");
	ok(keycode_set_find("qcode", &set) && set == KEYCODE_QCODE, "a set by name");
	ok(!keycode_set_find("usb", &set), "a set that there is not");
}

int main(void)
{
	test_nearest();
	test_keys();
	return tap_done();
}
