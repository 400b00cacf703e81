/*
 * schema_types: the kinds of values that are more than a list of words.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/xml/domain_def.h"
#include "backend/xml/schema_private.h"

static bool is_text(const char *text)
{
	(void)text;
	return true;
}

static bool is_nonempty(const char *text)
{
	return text[0] != '\0';
}

static bool is_line(const char *text)
{
	return !strpbrk(text, "\r\n");
}

static bool is_uint(const char *text)
{
	uint64_t value;

	return units_u64(text, &value);
}

static bool is_positive(const char *text)
{
	uint64_t value;

	return units_u64(text, &value) && value > 0;
}

static bool is_int(const char *text)
{
	int64_t value;

	return units_i64(text, &value);
}

static bool is_hex(const char *text)
{
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	return *text && strlen(text) <= 16 && !text[strspn(text, "0123456789abcdefABCDEF")];
}

static bool is_number(const char *text)
{
	return is_uint(text) || (text[0] == '0' && is_hex(text) && strlen(text) > 2);
}

static bool is_octal(const char *text)
{
	return *text && strlen(text) <= 5 && !text[strspn(text, "01234567")];
}

static bool is_decimal(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (n && text[n] == '.' && isdigit((unsigned char)text[n + 1]))
		n += 1 + strspn(text + n + 1, "0123456789");
	return n && !text[n];
}

static bool is_port(const char *text)
{
	int64_t value;

	return units_i64(text, &value) && value >= -1 && value <= 65535;
}

static bool is_unit(const char *text)
{
	uint64_t bytes;

	return *text && units_bytes("1", text, 1, &bytes);
}

static bool is_uuid(const char *text)
{
	char out[UUID_TEXT];

	return domain_uuid_parse(text, out);
}

static bool is_uuid_or_empty(const char *text)
{
	return !*text || is_uuid(text);
}

/* A unicast address: a multicast one would never work as a card's. */
static bool is_mac(const char *text)
{
	for (int i = 0; i < 6; i++) {
		char *end;
		unsigned long byte;

		if (!isxdigit((unsigned char)*text))
			return false;
		byte = strtoul(text, &end, 16);
		if (byte > 0xff || end - text > 2 || *end != (i < 5 ? ':' : '\0') ||
		    (i == 0 && (byte & 1)))
			return false;
		text = end + 1;
	}
	return true;
}

/* "1-4,^3,8" */
static bool is_cpuset(const char *text)
{
	for (;;) {
		char *end;

		text += strspn(text, " ");
		text += *text == '^';
		if (!isdigit((unsigned char)*text))
			return false;
		strtoul(text, &end, 10);
		if (*end == '-') {
			if (!isdigit((unsigned char)end[1]))
				return false;
			strtoul(end + 1, &end, 10);
		}
		end += strspn(end, " ");
		if (!*end)
			return true;
		if (*end != ',')
			return false;
		text = end + 1;
	}
}

static bool is_ip(const char *text)
{
	struct in6_addr a;

	return inet_pton(AF_INET, text, &a) == 1 || inet_pton(AF_INET6, text, &a) == 1;
}

/* Letters and digits and what shells and QEMU take for an identifier. */
static bool is_word(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_.+:-")];
}

static bool is_word_or_empty(const char *text)
{
	return !*text || is_word(text);
}

static bool is_name(const char *text)
{
	return domain_name_valid(text, NULL);
}

static bool is_size(const char *text)
{
	return is_uint(text);
}

static bool is_wwn(const char *text)
{
	return strlen(text) == 16 && is_hex(text);
}

static bool is_base64(const char *text)
{
	return !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789+/= \t\r\n")];
}

static bool is_usb_port(const char *text)
{
	return isdigit((unsigned char)*text) && strlen(text) < 32 &&
		!text[strspn(text, "0123456789.")];
}

/* 2030-12-31T23:59:59, UTC */
static bool is_date(const char *text)
{
	struct tm tm = { .tm_isdst = 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

	return end && !*end;
}

static const struct schema_type builtin[] = {
	{ "text", is_text, "any text", NULL, 0 },
	{ "nonempty", is_nonempty, "a text that is not empty", NULL, 0 },
	{ "line", is_line, "a text of one line", NULL, 0 },
	{ "path", is_text, "a file's path", NULL, 0 },
	{ "uint", is_uint, "a number, 0 or more", NULL, 0 },
	{ "positive", is_positive, "a number, 1 or more", NULL, 0 },
	{ "int", is_int, "a number", NULL, 0 },
	{ "hex", is_hex, "a hexadecimal number", NULL, 0 },
	{ "number", is_number, "a number, decimal or 0x...", NULL, 0 },
	{ "octal", is_octal, "an octal number", NULL, 0 },
	{ "decimal", is_decimal, "a number such as 2 or 2.5", NULL, 0 },
	{ "port", is_port, "a port number, or -1 for any", NULL, 0 },
	{ "size", is_size, "a whole number, scaled by the unit", NULL, 0 },
	{ "unit", is_unit, "bytes, KiB, MiB, GiB, TiB, KB, MB, GB or TB", NULL, 0 },
	{ "uuid", is_uuid, "a uuid: 32 hexadecimal digits", NULL, 0 },
	{ "uuid-or-empty", is_uuid_or_empty, "a uuid, or nothing for a new one", NULL, 0 },
	{ "mac", is_mac, "a unicast MAC address such as 52:54:00:12:34:56", NULL, 0 },
	{ "cpuset", is_cpuset, "a set such as 0-3,^2,8", NULL, 0 },
	{ "ip", is_ip, "an IPv4 or IPv6 address", NULL, 0 },
	{ "word", is_word, "a word of letters, digits and _.+:-", NULL, 0 },
	{ "word-or-empty", is_word_or_empty, "a word of letters, digits and _.+:-, or nothing", NULL, 0 },
	{ "name", is_name, "a name without '/' and control characters", NULL, 0 },
	{ "date", is_date, "a date such as 2030-12-31T23:59:59, in UTC", NULL, 0 },
	{ "wwn", is_wwn, "16 hexadecimal digits", NULL, 0 },
	{ "base64", is_base64, "base64 text", NULL, 0 },
	{ "usb-port", is_usb_port, "a USB port such as 1 or 1.2", NULL, 0 },
};

const struct schema_type *schema_builtin_type(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtin); i++)
		if (!strcmp(builtin[i].name, name))
			return &builtin[i];
	return NULL;
}
