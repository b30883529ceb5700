/* The stub's roles: name -> trust policy, percent-encoded as IAM gives it. */
#ifndef GATEHOUSE_BENCH_ROLES_H
#define GATEHOUSE_BENCH_ROLES_H

#include <stddef.h>

#define ROLE_PREFIX "Audit_CrossAccountRole_"

/* The role's document into `document`: the last one written, else the published one. */
void role_read(const char *name, char *document, size_t size);

/* Keeps a document, which is already percent-encoded. */
void role_write(const char *name, const char *document);

#endif
