#define _GNU_SOURCE
#include "roles.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The published trust policy. */
static const char published[] =
    "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B"
    "%22AWS%22%3A%22arn%3Aaws%3Aiam%3A%3A999988887777%3Auser%2FAlice%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%2C"
    "%22Condition%22%3A%7B%7D%7D%5D%7D";

struct role {
    struct role *next;
    char *document, name[];
};

enum { BUCKETS = 4096 };
static struct role *buckets[BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct role **bucket(const char *name) {
    unsigned hash = 2166136261u;
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 16777619u;
    return &buckets[hash % BUCKETS];
}

static struct role *find(const char *name) {
    struct role *role = *bucket(name);
    while (role && strcmp(role->name, name) != 0) role = role->next;
    return role;
}

void role_read(const char *name, char *document, size_t size) {
    pthread_mutex_lock(&lock);
    struct role *role = find(name);
    snprintf(document, size, "%s", role ? role->document : published);
    pthread_mutex_unlock(&lock);
}

void role_write(const char *name, const char *document) {
    pthread_mutex_lock(&lock);
    struct role *role = find(name);
    if (role) {
        free(role->document);
    } else {
        role = malloc(sizeof *role + strlen(name) + 1);
        strcpy(role->name, name);
        struct role **first = bucket(name);
        role->next = *first;
        *first = role;
    }
    role->document = strdup(document);
    pthread_mutex_unlock(&lock);
}
