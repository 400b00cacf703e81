/*
 * schema: the one description of libvirt's domain format, read from
 * domain.schema (whose head explains the language).
 *
 * Validation, the reports of what is ignored, completion and help in the
 * editor, and the table docs/xml.md all come from it.  The description is parsed
 * once, at the first use, and lives as long as the program; every pointer
 * returned here is borrowed from it.
 */
#ifndef BACKEND_XML_SCHEMA_H
#define BACKEND_XML_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/base/buf.h"
#include "backend/base/error.h"
#include "backend/xml/document.h"

enum schema_kind { SCHEMA_ELEMENT, SCHEMA_ATTRIBUTE, SCHEMA_VALUE };
enum schema_status { SCHEMA_WORKS, SCHEMA_IGNORED, SCHEMA_REFUSED };

/* An element, an attribute, or one word that a value may be. */
struct schema_item {
	enum schema_kind kind;
	char *name;			/* "disk", "type", "qemu:arg" */
	bool required, many;
	bool any;			/* whatever is inside passes */
	struct schema_type *type;	/* of the text or value; NULL: has none */
	enum schema_status status;
	char *why;			/* why ignored or refused */
	bool inert;			/* works by being there: nobody has to act on it */
	unsigned since;			/* QEMU version, 8.2 is 8002; 0: all */
	char *help;			/* a sentence, or NULL */
	struct schema_use *content;	/* private: what stands inside */
	size_t n_content;
};

const struct schema_item *schema_root(void);

/* "domain/devices/disk/@device"; conditions (when) are not looked at. NULL. */
const struct schema_item *schema_find(const char *path);

/* What may stand inside: elements and attributes of an element, words of an
 * attribute or element, in the order of the description.  *items is an array of
 * *n that the caller frees. */
void schema_inside(const struct schema_item *item, enum schema_kind kind,
		   const struct schema_item ***items, size_t *n);

/* What a value must be: "a number, 0 or more"; the words themselves for a list
 * of words.  The caller frees. */
char *schema_expected(const struct schema_item *item);

struct schema_issue {
	int line;
	char *path;			/* "devices/disk/driver/@cash" */
	char *what;			/* "<driver> cash='none'": an error's or ignored item's message */
	char *why;			/* of ignored items */
	char *hint;			/* what to do, or NULL */
};

struct schema_report {
	struct schema_issue *errors;
	size_t n_errors;
	struct schema_issue *ignored;
	size_t n_ignored;
};

/* Both lists have at most SCHEMA_ISSUES_MAX entries. */
#define SCHEMA_ISSUES_MAX 1000
void schema_check(const struct document *d, struct schema_report *report);
void schema_report_done(struct schema_report *report);
void schema_issues_free(struct schema_issue *issues, size_t n);

/* What nobody has read of the document since its reads were recorded and that
 * somebody would have to act on: added to the report's ignored. */
void schema_report_unread(const struct document *d, struct schema_report *report);

/* The first error of a report as "FILE:LINE: what"; false when there is one. */
bool schema_report_good(const struct document *d, const struct schema_report *report,
			struct error **err);

/* False when the document uses something that this QEMU (7.2 is 7002) does not
 * have yet.  Neither this nor schema_check() counts as reading. */
bool schema_check_version(const struct document *d, unsigned version, struct error **err);

/*
 * What could stand at a place of a text that is being written, and need not be
 * well formed: element names behind a '<', attribute names in a tag, words of a
 * value, in the order of the description, without what the word begun there
 * rules out and without attributes that the tag has already.
 */
struct schema_completions {
	size_t from;			/* where the word that is being written begins */
	const struct schema_item **items;
	size_t n;
	char *close;			/* the element that "</" closes here, or NULL */
	char *path;			/* of the element around: "domain/devices/disk" */
	const struct schema_item *about;	/* what is being written, for its help; or NULL */
};

void schema_complete(const char *text, size_t offset, struct schema_completions *out);
void schema_completions_done(struct schema_completions *c);

/* A new child where the description has it: before the first of those that
 * come after it there.  At the end when the parent is not described. */
xmlNode *schema_add_child(xmlNode *parent, const char *name);

/* docs/xml.md. */
void schema_write_table(struct buf *out);

/* Of these words the one most like word, if it is like it at all; or NULL. */
const char *schema_nearest(const char *word, const char *const *words, size_t n);

#endif
