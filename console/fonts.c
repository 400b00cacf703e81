/*
 * fonts: see fonts.h.  Finding the files and telling what they are.
 */
#include "console/fonts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"

#define FONT_FILE_MAX (32u << 20)
#define FONT_DIR_MAX 1000

/* In the order of trust: where two fonts fit equally well, the first wins. */
static const char *const places[] = {
	"/usr/share/seabios/vgabios-stdvga.bin",
	"/usr/share/qemu/vgabios-stdvga.bin",
	"/usr/share/qemu-kvm/vgabios-stdvga.bin",
	"/usr/share/seavgabios/vgabios-stdvga.bin",
	"/usr/share/vgabios/vgabios-stdvga.bin",
	"/usr/share/vgabios/vgabios.bin",
	"/usr/share/consolefonts",
	"/usr/share/kbd/consolefonts",
	"/usr/lib/kbd/consolefonts",
	"/usr/share/grub/unicode.pf2",
	"/boot/grub/unicode.pf2",
	"/boot/grub/fonts/unicode.pf2",
	"/usr/share/OVMF/OVMF_CODE.fd",
	"/usr/share/OVMF/OVMF_CODE_4M.fd",
	"/usr/share/edk2/ovmf/OVMF_CODE.fd",
	"/usr/share/edk2/x64/OVMF_CODE.4m.fd",
	"/usr/share/qemu/edk2-x86_64-code.fd",
};

struct font *fonts_new_font(struct fonts *f, const char *name, int height)
{
	struct font *font = mem_zalloc(sizeof(*font));

	font->name = mem_strdup(name);
	font->height = height;
	f->items = mem_grow(f->items, f->n, sizeof(void *));
	f->items[f->n++] = font;
	return font;
}

static unsigned char mirror(unsigned char b)
{
	unsigned char out = 0;

	for (int i = 0; i < 8; i++)
		out |= (unsigned char)((b >> i & 1) << (7 - i));
	return out;
}

void font_add_glyph(struct font *font, uint32_t code, const unsigned char *rows)
{
	struct font_glyph *g;
	unsigned char ink = 0;

	for (int y = 0; y < font->height; y++)
		ink |= rows[y];
	if (!ink)
		return;
	g = MEM_PUSH(font->glyphs, font->n_glyphs);
	g->code = code;
	for (int y = 0; y < font->height; y++)
		g->rows[y] = mirror(rows[y]);
}

static void font_free(struct font *font)
{
	free(font->name);
	free(font->glyphs);
	free(font);
}

void fonts_drop_empty(struct fonts *f)
{
	if (f->n && !f->items[f->n - 1]->n_glyphs)
		font_free(f->items[--f->n]);
}

void fonts_done(struct fonts *f)
{
	for (size_t i = 0; i < f->n; i++)
		font_free(f->items[i]);
	free(f->items);
	*f = (struct fonts){ 0 };
}

uint32_t font_cp437(unsigned char position)
{
	static const uint16_t low[32] = {
		0x0020, 0x263a, 0x263b, 0x2665, 0x2666, 0x2663, 0x2660, 0x2022,
		0x25d8, 0x25cb, 0x25d9, 0x2642, 0x2640, 0x266a, 0x266b, 0x263c,
		0x25ba, 0x25c4, 0x2195, 0x203c, 0x00b6, 0x00a7, 0x25ac, 0x21a8,
		0x2191, 0x2193, 0x2192, 0x2190, 0x221f, 0x2194, 0x25b2, 0x25bc,
	};
	static const uint16_t high[129] = {
		0x2302,
		0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7,
		0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5,
		0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
		0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192,
		0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa, 0x00ba,
		0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
		0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556,
		0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510,
		0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
		0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567,
		0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b,
		0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
		0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4,
		0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229,
		0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
		0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
	};

	if (position < 32)
		return low[position];
	return position < 127 ? position : high[position - 127];
}

static bool has_height(const struct fonts *f, int height)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->items[i]->height == height)
			return true;
	return false;
}

bool fonts_add_bytes(struct fonts *f, const char *name, const unsigned char *data, size_t len)
{
	return font_psf_read(f, name, data, len) || font_pf2_read(f, name, data, len) ||
		font_rom_read(f, name, data, len) ||
		/* All firmware has the same one, and unpacking takes a while. */
		(!has_height(f, FONT_EFI_HEIGHT) && font_efi_read(f, name, data, len));
}

/* The contents of a .gz file; false when it is none or larger than the bound. */
static bool inflate_all(const unsigned char *data, size_t len, struct buf *out)
{
	z_stream z = { .next_in = (unsigned char *)data, .avail_in = (unsigned)len };
	int rc = Z_OK;

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return false;
	while (rc == Z_OK && out->len < FONT_FILE_MAX) {
		z.next_out = (unsigned char *)buf_reserve(out, 65536);
		z.avail_out = 65536;
		rc = inflate(&z, Z_NO_FLUSH);
		out->len += 65536 - z.avail_out;
	}
	inflateEnd(&z);
	return rc == Z_STREAM_END;
}

bool fonts_add_file(struct fonts *f, const char *path)
{
	AUTO_BUF struct buf raw = BUF_INIT, plain = BUF_INIT;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const unsigned char *data;

	if (!file_read(path, FONT_FILE_MAX, &raw, NULL))
		return false;
	data = (const unsigned char *)buf_text(&raw);
	if (raw.len < 2 || data[0] != 0x1f || data[1] != 0x8b)
		return fonts_add_bytes(f, name, data, raw.len);
	return inflate_all(data, raw.len, &plain) &&
		fonts_add_bytes(f, name, (const unsigned char *)buf_text(&plain), plain.len);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_place(struct fonts *f, const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, by_name);

	if (n < 0) {
		fonts_add_file(f, path);
		return;
	}
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.' && i < FONT_DIR_MAX) {
			AUTO_FREE char *file = mem_printf("%s/%s", path, entries[i]->d_name);

			fonts_add_file(f, file);
		}
		free(entries[i]);
	}
	free(entries);
}

static void add_path_list(struct fonts *f, const char *list)
{
	AUTO_FREE char *copy = mem_strdup(list);
	char *rest = copy, *one;

	while ((one = strsep(&rest, ":")))
		if (*one)
			add_place(f, one);
}

bool fonts_load(struct fonts *f, struct error **err)
{
	const char *list = getenv("VIRTTY_FONT_PATH");

	*f = (struct fonts){ 0 };
	if (list)
		add_path_list(f, list);
	else
		for (size_t i = 0; i < ARRAY_SIZE(places); i++)
			add_place(f, places[i]);
	if (f->n)
		return true;
	error_set(err, "read the screen's text: no console font found on this host");
	error_hint(err, "install 'seabios' (the VGA font) or 'console-setup-linux' (Linux's), "
		   "or name font files in VIRTTY_FONT_PATH; until then the screen is drawn, not read");
	return false;
}
