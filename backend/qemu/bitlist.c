/*
 * bitlist: see bitlist.h.
 */
#include "backend/qemu/bitlist.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bits {
	uint8_t set[BITLIST_LIMIT / 8];
};

static void change(struct bits *b, unsigned from, unsigned to, bool on)
{
	for (unsigned i = from; i <= to; i++)
		if (on)
			b->set[i / 8] |= (uint8_t)(1u << i % 8);
		else
			b->set[i / 8] &= (uint8_t)~(1u << i % 8);
}

static bool test(const struct bits *b, unsigned i)
{
	return i < BITLIST_LIMIT && (b->set[i / 8] & 1u << i % 8);
}

static bool number(const char **p, unsigned *n)
{
	char *end;
	unsigned long v;

	if (!isdigit((unsigned char)**p))
		return false;
	v = strtoul(*p, &end, 10);
	*p = end;
	*n = (unsigned)v;
	return v < BITLIST_LIMIT;
}

static bool parse(const char *list, struct bits *b)
{
	memset(b, 0, sizeof(*b));
	while (*list) {
		unsigned from, to;
		bool on;

		list += strspn(list, " \t");
		on = *list != '^';
		list += !on;
		if (!number(&list, &from))
			return false;
		to = from;
		if (*list == '-') {
			list++;
			if (!on || !number(&list, &to) || to < from)
				return false;
		}
		change(b, from, to, on);
		list += strspn(list, " \t");
		if (*list && *list != ',')
			return false;
		list += *list == ',';
	}
	return true;
}

bool bitlist_valid(const char *list)
{
	struct bits b;

	return *list && parse(list, &b);
}

bool bitlist_has(const char *list, unsigned n)
{
	struct bits b;

	return parse(list, &b) && test(&b, n);
}

unsigned bitlist_max(const char *list)
{
	struct bits b;
	unsigned max = 0;

	if (parse(list, &b))
		for (unsigned i = 0; i < BITLIST_LIMIT; i++)
			if (test(&b, i))
				max = i;
	return max;
}

struct json_object *bitlist_json(const char *list)
{
	struct json_object *a = json_object_new_array();
	struct bits b;

	if (parse(list, &b))
		for (unsigned i = 0; i < BITLIST_LIMIT; i++)
			if (test(&b, i))
				json_push(a, json_object_new_int((int)i));
	return a;
}

bool bitlist_each(const char *list, struct buf *to, const char *prefix)
{
	struct bits b;

	if (!parse(list, &b))
		return false;
	for (unsigned i = 0; i < BITLIST_LIMIT; i++) {
		unsigned last = i;

		if (!test(&b, i))
			continue;
		while (test(&b, last + 1))
			last++;
		buf_printf(to, last > i ? "%s%u-%u" : "%s%u", prefix, i, last);
		i = last;
	}
	return true;
}
