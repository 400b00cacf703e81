/*
 * modes: see modes.h.  Watches for CSI ? NUMBERS h and l, and for nothing else.
 */
#include "views/cli/modes.h"

#include <stdbool.h>

#include "backend/base/mem.h"

/* DEC's and xterm's private modes, and whether one is on in a terminal as one
 * expects it. */
static const struct {
	unsigned number;
	bool on;
} table[] = {
	{ 1, false },		/* cursor keys */
	{ 5, false },		/* reverse video */
	{ 6, false },		/* origin */
	{ 7, true },		/* wrap around */
	{ 9, false },		/* mouse, X10 */
	{ 25, true },		/* cursor shown */
	{ 47, false }, { 1047, false }, { 1049, false },	/* alternate screen */
	{ 66, false },		/* keypad */
	{ 1000, false }, { 1001, false }, { 1002, false }, { 1003, false },	/* mouse */
	{ 1004, false },	/* focus reports */
	{ 1005, false }, { 1006, false }, { 1015, false }, { 1016, false },
	{ 2004, false },	/* bracketed paste */
	{ 2026, false },	/* synchronised output */
};

static void set_modes(struct modes *m, bool on)
{
	for (unsigned n = 0; n <= m->n_numbers && n < ARRAY_SIZE(m->numbers); n++) {
		for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
			if (table[i].number != m->numbers[n])
				continue;
			if (on == table[i].on)
				m->changed &= ~(1u << i);
			else
				m->changed |= 1u << i;
		}
	}
}

static void private_byte(struct modes *m, char c)
{
	if (c >= '0' && c <= '9') {
		if (m->n_numbers < ARRAY_SIZE(m->numbers) && m->numbers[m->n_numbers] < 100000)
			m->numbers[m->n_numbers] = m->numbers[m->n_numbers] * 10 + (unsigned)(c - '0');
		return;
	}
	if (c == ';') {
		m->n_numbers++;
		if (m->n_numbers < ARRAY_SIZE(m->numbers))
			m->numbers[m->n_numbers] = 0;
		return;
	}
	if (c == 'h' || c == 'l')
		set_modes(m, c == 'h');
	m->state = MODES_TEXT;
}

void modes_watch(struct modes *m, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = data[i];

		if (c == '\033') {
			m->state = MODES_ESCAPE;
		} else if (m->state == MODES_ESCAPE) {
			m->state = c == '[' ? MODES_BRACKET : MODES_TEXT;
		} else if (m->state == MODES_BRACKET) {
			m->state = c == '?' ? MODES_PRIVATE : MODES_TEXT;
			m->n_numbers = 0;
			m->numbers[0] = 0;
		} else if (m->state == MODES_PRIVATE) {
			private_byte(m, c);
		}
	}
}

void modes_restore(const struct modes *m, struct buf *out)
{
	/* An unfinished sequence is cancelled (by CAN, or by the end of string
	 * that some wait for); character set and colours are set back in any
	 * case, they cost little. */
	buf_add_str(out, "\030\033\\\017\033(B\033[0m\033>");
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++)
		if (m->changed >> i & 1)
			buf_printf(out, "\033[?%u%c", table[i].number, table[i].on ? 'h' : 'l');
}
