/* tui/keys: what terminals send becomes the right keys, however it is cut. */
#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "tests/unit/tap.h"
#include "tui/keys.h"

static struct buf seen;

static void on_key(const struct key *k, void *arg)
{
	char name[KEY_NAME_MAX];

	(void)arg;
	if (seen.len)
		buf_add_char(&seen, ' ');
	if (k->code == K_PASTE)
		buf_printf(&seen, "paste(%.*s)%s", (int)k->len, k->text, k->more ? "+" : "");
	else if (k->code == K_MOUSE)
		buf_printf(&seen, "mouse(%d %d,%d%s)", k->mouse.button, k->mouse.y, k->mouse.x,
			   k->mouse.drag ? " drag" : "");
	else if (k->code == K_NONE)
		buf_add_str(&seen, "nothing");
	else
		buf_add_str(&seen, keys_name(k->code, k->mods, name));
}

static void learn(struct keys *k)
{
	keys_learn(k, "\x1bOB", K_DOWN, 0);
	keys_learn(k, "\x08", K_BACKSPACE, 0);
	keys_learn(k, "\x1b[[Q", K_F20, 0);
}

/* The same bytes at once and one by one. */
static void decodes(const char *bytes, const char *want, const char *name)
{
	for (int split = 0; split < 2; split++) {
		struct keys *k = keys_new(on_key, NULL);
		AUTO_FREE char *full = mem_printf("%s%s", name, split ? ", byte by byte" : "");

		buf_clear(&seen);
		learn(k);
		if (split)
			for (const char *p = bytes; *p; p++)
				keys_feed(k, p, 1);
		else
			keys_feed(k, bytes, strlen(bytes));
		if (keys_pending(k))
			keys_timeout(k);
		ok(!keys_pending(k), "nothing is left of %s", full);
		is_str(buf_text(&seen), want, full);
		keys_free(k);
	}
}

static void test_plain(void)
{
	decodes("aZ5 ", "a Z 5 Space", "letters");
	decodes("\xc3\xa4\xe6\xbc\xa2\xf0\x9f\x98\x80", "ä 漢 😀", "UTF-8");
	decodes("\r\t\x7f\x08", "Enter Tab Backspace Backspace", "editing keys");
	decodes("\x01\x1a\x1d\x0a", "C-a C-z C-] C-j", "control keys");
	decodes("\x1b", "Esc", "escape alone");
	decodes("\x1b\x1b", "Esc Esc", "escape twice");
	decodes("\x1bx\x1bX\x1b\x01", "M-x M-X C-M-a", "Alt");
	decodes("\xff", "nothing", "a byte that is no character");
	decodes("\xe2\x80\xae", "nothing", "a character nobody may see");
}

static void test_functions(void)
{
	decodes("\x1b[A\x1bOA\x1bOB\x1b[1;5C\x1b[1;2D", "Up Up Down C-Right S-Left", "arrows");
	decodes("\x1bOP\x1b[11~\x1b[[A\x1b[15~\x1b[24~", "F1 F1 F1 F5 F12", "function keys");
	decodes("\x1b[15;3~\x1b[1;6P", "M-F5 C-S-F1", "with modifiers");
	decodes("\x1b[H\x1b[1~\x1b[7~\x1bOF\x1b[4~\x1b[5~\x1b[6~", "Home Home Home End End PgUp PgDn", "moving keys");
	decodes("\x1b[2~\x1b[3~\x1b[Z", "Insert Delete S-Tab", "others");
	decodes("\x1b\x1b[A\x1b[a\x1bOa\x1b[5^", "M-Up S-Up C-Up C-PgUp", "rxvt's spellings");
	decodes("\x1b[97;5u\x1b[27;5;105~", "C-a C-i", "keys spelt as numbers");
	decodes("\x1b[[Q", "F20", "what this terminal sends was learned");
}

static void test_odd(void)
{
	decodes("\x1b[?64;1;2cx", "nothing x", "a terminal's answer is no key");
	decodes("\x1b[", "M-[", "a sequence that stops short");
	decodes("\x1b[999999999999999999~y", "nothing y", "a huge number");
	decodes("\x1b[1\x01", "C-a", "a control character ends a sequence");
}

static void test_mouse(void)
{
	decodes("\x1b[<0;5;3M\x1b[<0;5;3m", "mouse(1 2,4) mouse(0 2,4)", "click and release");
	decodes("\x1b[<64;1;1M\x1b[<65;1;1M", "mouse(4 0,0) mouse(5 0,0)", "wheel");
	decodes("\x1b[<32;200;100M", "mouse(1 99,199 drag)", "drag");
	decodes("\x1b[M !!", "mouse(1 0,0)", "the old report");
}

static void test_paste(void)
{
	struct keys *k = keys_new(on_key, NULL);
	AUTO_FREE char *big = mem_zalloc(KEYS_PASTE_CHUNK * 2 + 1);

	decodes("\x1b[200~rm -rf\n\x1b[A\x1b[201~q", "paste(rm -rf\n\x1b[A) q", "a paste is text, not keys");
	buf_clear(&seen);
	memset(big, 'x', KEYS_PASTE_CHUNK * 2);
	keys_feed(k, "\x1b[200~", 6);
	keys_feed(k, big, KEYS_PASTE_CHUNK * 2);
	ok(seen.len > KEYS_PASTE_CHUNK && seen.data[seen.len - 1] == '+', "a long one comes in parts");
	keys_feed(k, "\x1b[201~", 6);
	ok(seen.len > KEYS_PASTE_CHUNK * 2 && seen.data[seen.len - 1] == ')', "of which the last says so");
	keys_free(k);
}

static void test_names(void)
{
	static const char *const names[] = {
		"a", "A", "C-r", "M-x", "C-M-Left", "F5", "Space", "PgUp", "S-Tab", "/", "-", "ä", "C-]",
	};
	uint32_t code;
	unsigned mods;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char out[KEY_NAME_MAX];

		ok(keys_parse(names[i], &code, &mods), "%s is a key", names[i]);
		is_str(keys_name(code, mods, out), names[i], "and is called so");
	}
	ok(!keys_parse("", &code, &mods) && !keys_parse("xx", &code, &mods) &&
	   !keys_parse("X-a", &code, &mods) && !keys_parse("\n", &code, &mods), "others are none");
}

int main(void)
{
	test_plain();
	test_functions();
	test_odd();
	test_mouse();
	test_paste();
	test_names();
	buf_done(&seen);
	return tap_done();
}
