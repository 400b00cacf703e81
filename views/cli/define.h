/*
 * define: what the verbs share that bring a definition along.
 */
#ifndef VIEWS_CLI_DEFINE_H
#define VIEWS_CLI_DEFINE_H

#include "backend/base/error.h"
#include "backend/base/json.h"

/* {xml, source} of the file ("-": standard input) for define, create and
 * plan-file; NULL on error. */
struct json_object *define_arguments(const char *file, struct error **err);

/* What errors call the file. */
const char *define_source(const char *file);

/* A warning for each element that virtty does not act on. */
void define_report_ignored(struct json_object *result, const char *source);

#endif
