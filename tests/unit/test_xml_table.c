/* docs/xml.md is what the description says; VIRTTY_REGENERATE=1 writes it. */
#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/xml/schema.h"
#include "tests/unit/tap.h"

int main(void)
{
	AUTO_BUF struct buf made = BUF_INIT, there = BUF_INIT;
	const char *source = getenv("VIRTTY_SOURCE");
	AUTO_FREE char *path = mem_printf("%s/docs/xml.md", source ? source : ".");

	schema_write_table(&made);
	if (getenv("VIRTTY_REGENERATE"))
		ok(file_replace(path, made.data, made.len, 0644, NULL), "written");
	ok(file_read(path, 4u << 20, &there, NULL), "docs/xml.md is there");
	ok(!strcmp(buf_text(&made), buf_text(&there)),
	   "and is what domain.schema says (else run this test with VIRTTY_REGENERATE=1)");
	ok(strstr(buf_text(&made), "| `@device` | disk, cdrom, floppy or lun | works |") != NULL,
	   "a disk's device is in it");
	return tap_done();
}
