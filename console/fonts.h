/*
 * fonts: the bitmaps that guests draw their text with.
 *
 * A text screen can be read when the font is known, and the fonts are on the
 * host already: the VGA ROM font is in QEMU's video BIOS, Linux's consoles use
 * those of console-setup (PSF), GRUB's graphical terminal its unicode.pf2, the
 * EFI shell one inside the firmware image.  They are read from those files;
 * none is kept here.  Every glyph is 8 pixels wide: a ninth column, where text
 * modes have one, is made from the eighth.
 *
 * In a glyph's rows the least significant bit is the leftmost pixel.
 */
#ifndef CONSOLE_FONTS_H
#define CONSOLE_FONTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/base/error.h"

#define FONT_MAX_HEIGHT 32
#define FONT_EFI_HEIGHT 19

struct font_glyph {
	uint32_t code;
	unsigned char rows[FONT_MAX_HEIGHT];	/* zero beyond the height */
};

struct font {
	char *name;
	int height;
	struct font_glyph *glyphs;
	size_t n_glyphs;
};

struct fonts {
	struct font **items;
	size_t n;
};

/*
 * All fonts of the usual places, or, when VIRTTY_FONT_PATH is set, of the
 * files and directories that it names (separated by ':').  False when not one
 * was found; the hint then names the packages.
 */
bool fonts_load(struct fonts *f, struct error **err);
void fonts_done(struct fonts *f);

/* One file, recognised by its contents; false when it holds no font of ours.
 * Takes any bytes. */
bool fonts_add_file(struct fonts *f, const char *path);
bool fonts_add_bytes(struct fonts *f, const char *name, const unsigned char *data, size_t len);

/* --- for the readers of the formats, font_*.c --- */

struct font *fonts_new_font(struct fonts *f, const char *name, int height);
/* rows: one byte a line, most significant bit leftmost, as files have them.
 * Glyphs without ink are left out. */
void font_add_glyph(struct font *font, uint32_t code, const unsigned char *rows);
/* The last font, if nothing went into it. */
void fonts_drop_empty(struct fonts *f);
/* What character a VGA ROM draws at a position, IBM's code page 437. */
uint32_t font_cp437(unsigned char position);

bool font_rom_read(struct fonts *f, const char *name, const unsigned char *data, size_t len);
bool font_psf_read(struct fonts *f, const char *name, const unsigned char *data, size_t len);
bool font_pf2_read(struct fonts *f, const char *name, const unsigned char *data, size_t len);
bool font_efi_read(struct fonts *f, const char *name, const unsigned char *data, size_t len);

#endif
