/*
 * screenshot: a picture as a file: PNG or PPM.
 */
#ifndef CONSOLE_SCREENSHOT_H
#define CONSOLE_SCREENSHOT_H

#include "backend/base/buf.h"
#include "backend/base/error.h"
#include "console/picture.h"

/* Append the file's bytes. */
bool screenshot_png(const struct picture *p, struct buf *out, struct error **err);
void screenshot_ppm(const struct picture *p, struct buf *out);

#endif
