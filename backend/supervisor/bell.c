/*
 * bell: see bell.h.
 */
#include "backend/supervisor/bell.h"

#define ESC 0x1b
#define BEL 0x07
#define CAN 0x18
#define SUB 0x1a

static enum bell_state after_escape(unsigned char c)
{
	if (c == ESC)
		return BELL_ESCAPE;
	/* OSC, DCS, SOS, PM, APC */
	return c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_' ? BELL_STRING : BELL_TEXT;
}

static enum bell_state in_string(unsigned char c)
{
	if (c == ESC)
		return BELL_STRING_ESCAPE;
	return c == BEL || c == CAN || c == SUB ? BELL_TEXT : BELL_STRING;
}

bool bell_rings(enum bell_state *state, const void *data, size_t len)
{
	const unsigned char *p = data;
	enum bell_state s = *state;
	bool rings = false;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = p[i];

		switch (s) {
		case BELL_TEXT:
			rings |= c == BEL;
			if (c == ESC)
				s = BELL_ESCAPE;
			break;
		case BELL_ESCAPE:
			s = after_escape(c);
			break;
		case BELL_STRING:
			s = in_string(c);
			break;
		case BELL_STRING_ESCAPE:
			s = c == '\\' ? BELL_TEXT : after_escape(c);
			break;
		}
	}
	*state = s;
	return rings;
}
