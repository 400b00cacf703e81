/*
 * units: see units.h.
 */
#include "backend/base/units.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool units_u64(const char *text, uint64_t *value)
{
	char *end;

	if (!text || !isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0';
}

bool units_i64(const char *text, int64_t *value)
{
	const char *digits = text && *text == '-' ? text + 1 : text;
	char *end;

	if (!digits || !isdigit((unsigned char)digits[0]))
		return false;
	errno = 0;
	*value = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool unit_scale(const char *unit, uint64_t *scale)
{
	static const char letters[] = "kmgtpe";
	const char *at;
	uint64_t base;

	if (!strcasecmp(unit, "b") || !strcasecmp(unit, "byte") ||
	    !strcasecmp(unit, "bytes")) {
		*scale = 1;
		return true;
	}
	at = strchr(letters, tolower((unsigned char)unit[0]));
	if (!unit[0] || !at)
		return false;
	if (!unit[1] || !strcasecmp(unit + 1, "ib"))
		base = 1024;
	else if (!strcasecmp(unit + 1, "b"))
		base = 1000;
	else
		return false;
	*scale = 1;
	for (const char *p = letters; p <= at; p++)
		*scale *= base;
	return true;
}

bool units_bytes(const char *number, const char *unit, uint64_t default_scale,
		 uint64_t *bytes)
{
	uint64_t value, scale = default_scale;

	if (!units_u64(number, &value))
		return false;
	if (unit && *unit && !unit_scale(unit, &scale))
		return false;
	return !__builtin_mul_overflow(value, scale, bytes);
}

const char *units_size_text(uint64_t bytes, char out[UNITS_TEXT])
{
	static const char letters[] = "BKMGTPE";
	double value = (double)bytes;
	int i = 0;

	while (value >= 999.5 && letters[i + 1]) {
		value /= 1024;
		i++;
	}
	if (i == 0 || value >= 9.95)
		snprintf(out, UNITS_TEXT, "%.0f%c", value, letters[i]);
	else
		snprintf(out, UNITS_TEXT, "%.1f%c", value, letters[i]);
	return out;
}

const char *units_span_text(uint64_t seconds, char out[UNITS_TEXT])
{
	unsigned long long s = seconds;

	if (s < 60)
		snprintf(out, UNITS_TEXT, "%llus", s);
	else if (s < 3600)
		snprintf(out, UNITS_TEXT, "%llum", s / 60);
	else if (s < 86400)
		snprintf(out, UNITS_TEXT, "%lluh", s / 3600);
	else if (s < 86400 * 100)
		snprintf(out, UNITS_TEXT, "%llud %lluh", s / 86400, s % 86400 / 3600);
	else
		snprintf(out, UNITS_TEXT, "%llud", s / 86400);
	return out;
}
