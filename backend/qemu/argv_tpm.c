/*
 * argv_tpm: trusted platform modules.  An emulated one is swtpm, a helper that
 * the supervisor starts; its state lives in the data directory by uuid.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/process.h"
#include "backend/qemu/argv.h"

static void push(struct json_object *argv, const char *word)
{
	json_push_str(argv, word);
}

static bool add_key(struct builder *b, const struct device *dev, struct json_object *argv)
{
	const char *uuid = node_get(dev->node, "backend/encryption/@secret");
	char clean[UUID_TEXT];
	AUTO_FREE char *key = NULL;

	if (!uuid)
		return true;
	if (!domain_uuid_parse(uuid, clean))
		return fail(b, dev->node, "<encryption secret='%s'>: not a uuid", uuid);
	key = mem_printf("pwdfile=%s/secrets/%s,mode=aes-256-cbc,remove=false", b->paths->data, clean);
	push(argv, "--key");
	push(argv, key);
	return true;
}

static bool add_helper(struct builder *b, const struct device *dev, const char *socket)
{
	struct json_object *helper = json_object_new_object(), *argv = json_object_new_array();
	AUTO_FREE char *program = process_find("swtpm");
	AUTO_FREE char *path = paths_guest_file(b->paths, b->def->uuid, socket);
	AUTO_FREE char *state = mem_printf("%s/tpm/%s", b->paths->data, b->def->uuid);
	AUTO_FREE char *ctrl = mem_printf("type=unixio,path=%s,mode=0600", socket);
	AUTO_FREE char *dir = mem_printf("dir=%s,mode=0600", state);

	push(argv, program ? program : "swtpm");
	push(argv, "socket");
	push(argv, "--ctrl");
	push(argv, ctrl);
	push(argv, "--tpmstate");
	push(argv, dir);
	if (!node_is(dev->node, "backend/@version", "1.2"))
		push(argv, "--tpm2");
	json_set_str(helper, "name", dev->alias);
	json_set_str(helper, "socket", path);
	json_set(helper, "argv", argv);
	json_push(b->helpers, helper);
	json_push_str(b->directories, state);
	return add_key(b, dev, argv);
}

static bool add_emulator(struct builder *b, const struct device *dev, const char *id)
{
	AUTO_FREE char *chardev = mem_printf("chr%s", dev->alias), *socket = mem_printf("%s.sock", id);
	AUTO_BUF struct buf v = BUF_INIT;
	bool external = node_is(dev->node, "backend/@type", "external");

	if (external && !node_has(dev->node, "backend/source/@path"))
		return fail(b, dev->node, "<backend type='external'> needs <source path='...'>");
	if (!external && !add_helper(b, dev, socket))
		return false;
	buf_add_str(&v, "socket");
	add_escaped(&v, "id", chardev);
	add_escaped(&v, "path", external ? text_at(dev->node, "backend/source/@path") : socket);
	add_option(b, "-chardev", buf_text(&v));
	add_optionf(b, "-tpmdev", "emulator,id=%s,chardev=%s", id, chardev);
	return true;
}

static bool add_passthrough(struct builder *b, const struct device *dev, const char *id)
{
	AUTO_BUF struct buf v = BUF_INIT;
	const char *path = node_get(dev->node, "backend/device/@path");

	buf_add_str(&v, "passthrough");
	add_escaped(&v, "id", id);
	add_escaped(&v, "path", path ? path : "/dev/tpm0");
	add_escaped(&v, "cancel-path", "/dev/null");
	add_option(b, "-tpmdev", buf_text(&v));
	return true;
}

static bool add_tpm(struct builder *b, const struct device *dev, unsigned n)
{
	const char *type = text_at(dev->node, "backend/@type"), *model = text_at(dev->node, "@model");
	AUTO_FREE char *id = mem_printf("tpm-tpm%u", n);
	struct json_object *o;

	if (!strcmp(type, "passthrough") ? !add_passthrough(b, dev, id) : !add_emulator(b, dev, id))
		return false;
	if (strcmp(model, "tpm-tis") && strcmp(model, "tpm-crb"))
		return fail(b, dev->node, "<tpm model='%s'>: x86 machines have tpm-tis and tpm-crb", model);
	if (!strcmp(model, "tpm-crb") && node_is(dev->node, "backend/@version", "1.2"))
		return fail(b, dev->node, "<tpm model='tpm-crb'>: TPM 1.2 has the interface tpm-tis only");
	o = json_object_new_object();
	json_set_str(o, "driver", model);
	json_set_str(o, "tpmdev", id);
	json_set_str(o, "id", dev->alias);
	return device_add(b, dev, o);
}

bool argv_tpm(struct builder *b)
{
	const struct device *dev;
	unsigned n = 0;

	for (size_t i = 0; (dev = next_device(b, DEVICE_TPM, &i));) {
		b->origin = dev->node;
		if (n > 0)
			return fail(b, dev->node, "<tpm>: one is all a guest can have");
		if (!add_tpm(b, dev, n++))
			return false;
	}
	b->origin = NULL;
	return true;
}
