/*
 * domain_private: what the files of domain_def share with each other.
 */
#ifndef BACKEND_XML_DOMAIN_PRIVATE_H
#define BACKEND_XML_DOMAIN_PRIVATE_H

#include "backend/xml/domain_def.h"

#define DOMAIN_VCPUS_MAX 4096

/* Fills def->devices from <devices>, addresses and aliases included. */
bool domain_parse_devices(struct domain_def *def, struct error **err);

#endif
