/* Characters and names to keys of a PC keyboard; and screenshots. */
#include <png.h>

#include "backend/base/buf.h"
#include "console/keystroke.h"
#include "console/screenshot.h"
#include "tests/unit/paint.h"
#include "tests/unit/tap.h"

static char pressed[512];

static void note(uint32_t keysym, unsigned scancode, bool down, void *arg)
{
	size_t at = strlen(pressed);

	(void)arg;
	snprintf(pressed + at, sizeof(pressed) - at, "%s%c%x/%x", at ? " " : "", down ? '+' : '-',
		 keysym, scancode);
}

static const char *press(const char *name)
{
	struct keystroke keys[KEYSTROKE_CHORD_MAX];
	int n = keystroke_parse(name, keys);

	pressed[0] = '\0';
	keystroke_press(keys, n, note, NULL);
	return pressed;
}

static void test_keys(void)
{
	struct keystroke k;
	bool all = true;

	is_str(press("a"), "+61/1e -61/1e", "a letter");
	is_str(press("%"), "+ffe1/2a +25/6 -25/6 -ffe1/2a", "a character that needs Shift");
	is_str(press("Ctrl+Alt+Delete"),
	       "+ffe3/1d +ffe9/38 +ffff/d3 -ffff/d3 -ffe9/38 -ffe3/1d", "the three-finger salute");
	is_str(press("alt+sysrq+b"), "+ffe9/38 +ff15/54 +62/30 -62/30 -ff15/54 -ffe9/38",
	       "two keys held together");
	is_str(press("Ctrl++"), "+ffe3/1d +ffe1/2a +2b/d -2b/d -ffe1/2a -ffe3/1d", "the key '+'");
	is_str(press("Shift+z"), "+ffe1/2a +5a/2c -5a/2c -ffe1/2a", "a letter with Shift is a capital");
	is_str(press("Up"), "+ff52/c8 -ff52/c8", "an extended key");
	is_str(press("é"), "+e9/0 -e9/0", "a letter of Latin-1 goes by keysym");
	is_str(press("я"), "+100044f/0 -100044f/0", "others by Unicode");
	is_str(press("nonsense"), "", "no such key");
	is_str(press(""), "", "nothing");
	is_str(press("a+b+c+d+e"), "", "more keys than fingers");
	ok(!keystroke_char(7, &k) && !keystroke_char(0x7f, &k), "controls are no keys");
	for (uint32_t c = ' '; c < 0x7f; c++)
		all &= keystroke_char(c, &k) && k.keysym == c && k.scancode;
	ok(all, "all of ASCII has keys");
	ok(keystroke_char('Z', &k) && k.scancode == 0x2c && k.mods == KEYSTROKE_SHIFT, "Z");
	ok(keystroke_char('?', &k) && k.scancode == 0x35 && k.mods == KEYSTROKE_SHIFT, "?");
	ok(keystroke_char('`', &k) && k.scancode == 0x29 && !k.mods, "the grave accent");
	ok(keystroke_char('\\', &k) && k.scancode == 0x2b && !k.mods, "the backslash");
}

static void test_screenshot(void)
{
	struct buf png = BUF_INIT, ppm = BUF_INIT;
	struct picture p = { 0 };
	png_image image = { .version = PNG_IMAGE_VERSION };
	unsigned char *back = NULL;
	size_t size;

	ok(!screenshot_png(&p, &png, NULL), "no picture, no file");
	picture_resize(&p, 131, 67);
	paint_desktop(&p);
	ok(screenshot_png(&p, &png, NULL), "a PNG is made");
	ok(png_image_begin_read_from_memory(&image, png.data, png.len) && image.width == 131 &&
	   image.height == 67, "it is one");
	image.format = PNG_FORMAT_RGB;
	size = PNG_IMAGE_SIZE(image);
	back = malloc(size);
	ok(png_image_finish_read(&image, NULL, back, 0, NULL) == 1, "and can be read");
	screenshot_ppm(&p, &ppm);
	ok(!strncmp(ppm.data, "P6\n131 67\n255\n", 14) && ppm.len == 14 + size &&
	   !memcmp(ppm.data + 14, back, size), "PNG and PPM show the same");
	ok(back[0] == p.pixels[0] >> 16 && back[2] == (p.pixels[0] & 255), "red comes first");
	free(back);
	buf_done(&png);
	buf_done(&ppm);
	picture_done(&p);
}

int main(void)
{
	test_keys();
	test_screenshot();
	return tap_done();
}
