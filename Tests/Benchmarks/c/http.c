#define _GNU_SOURCE
#include "http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#endif

enum { HEAD_LIMIT = 64 * 1024, BODY_LIMIT = 16 * 1024 * 1024 };

uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int listen_loopback(uint16_t *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

int connect_to(const char *authority) {
    char host[64];
    const char *colon = strrchr(authority, ':');
    if (!colon || (size_t)(colon - authority) >= sizeof host) return -1;
    memcpy(host, authority, (size_t)(colon - authority));
    host[colon - authority] = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1))};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return -1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

void conn_init(struct conn *connection, int fd, void *tls) {
    *connection = (struct conn){.fd = fd, .tls = tls};
}

void conn_free(struct conn *connection) {
#ifdef WITH_TLS
    if (connection->tls) SSL_free(connection->tls);
#endif
    if (connection->fd >= 0) close(connection->fd);
    free(connection->buffer);
    *connection = (struct conn){.fd = -1};
}

bool conn_write(struct conn *connection, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size > 0) {
        ssize_t sent;
#ifdef WITH_TLS
        if (connection->tls)
            sent = SSL_write(connection->tls, next, size > 1 << 30 ? 1 << 30 : (int)size);
        else
#endif
            sent = send(connection->fd, next, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        next += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* More bytes into the buffer: their number, 0 at the end, -1 on an error. */
static ssize_t fill(struct conn *connection) {
    if (connection->used == connection->capacity) {
        size_t capacity = connection->capacity ? connection->capacity * 2 : 16 * 1024;
        if (capacity > 2 * (size_t)BODY_LIMIT) return -1;
        char *grown = realloc(connection->buffer, capacity);
        if (!grown) return -1;
        connection->buffer = grown;
        connection->capacity = capacity;
    }
    char *end = connection->buffer + connection->used;
    size_t space = connection->capacity - connection->used;
    ssize_t got;
#ifdef WITH_TLS
    if (connection->tls)
        got = SSL_read(connection->tls, end, (int)space);
    else
#endif
        got = recv(connection->fd, end, space, 0);
    if (got > 0) connection->used += (size_t)got;
    return got;
}

bool header(const struct message *message, const char *name, char *value, size_t size) {
    size_t length = strlen(name);
    const char *end = message->head + message->head_size, *line = memchr(message->head, '\n', message->head_size);
    while (line && ++line < end) {
        const char *stop = memchr(line, '\r', (size_t)(end - line));
        if (!stop) return false;
        if ((size_t)(stop - line) > length && line[length] == ':' && strncasecmp(line, name, length) == 0) {
            const char *start = line + length + 1;
            while (start < stop && (*start == ' ' || *start == '\t')) start++;
            while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t')) stop--;
            if ((size_t)(stop - start) >= size) return false;
            memcpy(value, start, (size_t)(stop - start));
            value[stop - start] = 0;
            return true;
        }
        line = memchr(stop, '\n', (size_t)(end - stop));
    }
    return false;
}

int status(const struct message *message) {
    if (message->head_size < 12 || strncmp(message->head, "HTTP/1.", 7) != 0) return -1;
    return atoi(message->head + 9);
}

/* Takes the chunked body that begins at `start` together at its own start; its size, or -1. */
static ssize_t read_chunks(struct conn *connection, size_t start) {
    size_t out = start, in = start;
    for (;;) {
        char *line;
        while (!(line = memmem(connection->buffer + in, connection->used - in, "\r\n", 2)))
            if (connection->used - in > 1024 || fill(connection) <= 0) return -1;
        unsigned long size = strtoul(connection->buffer + in, NULL, 16);
        if (size > BODY_LIMIT || out - start + size > BODY_LIMIT) return -1;
        in = (size_t)(line - connection->buffer) + 2;
        while (connection->used < in + size + 2)
            if (fill(connection) <= 0) return -1;
        if (size == 0) { /* trailers are not expected: the last chunk's empty line ends it */
            connection->parsed = in + 2;
            return (ssize_t)(out - start);
        }
        memmove(connection->buffer + out, connection->buffer + in, size);
        out += size;
        in += size + 2;
    }
}

int conn_read(struct conn *connection, struct message *message) {
    if (connection->parsed > 0) {
        connection->used -= connection->parsed;
        memmove(connection->buffer, connection->buffer + connection->parsed, connection->used);
        connection->parsed = 0;
    }
    char *blank = NULL;
    while (!connection->used || !(blank = memmem(connection->buffer, connection->used, "\r\n\r\n", 4))) {
        if (connection->used > HEAD_LIMIT) return -1;
        if (fill(connection) <= 0) return connection->used ? -1 : 0;
    }
    size_t start = (size_t)(blank - connection->buffer) + 4;
    char value[64];
    *message = (struct message){.head = connection->buffer, .head_size = start};
    message->close = header(message, "connection", value, sizeof value) && strcasecmp(value, "close") == 0;
    ssize_t size = 0;
    if (header(message, "transfer-encoding", value, sizeof value) && strcasecmp(value, "chunked") == 0) {
        if ((size = read_chunks(connection, start)) < 0) return -1;
    } else if (header(message, "content-length", value, sizeof value)) {
        size = atol(value);
        if (size < 0 || size > BODY_LIMIT) return -1;
        while (connection->used < start + (size_t)size)
            if (fill(connection) <= 0) return -1;
        connection->parsed = start + (size_t)size;
    } else {
        connection->parsed = start;
    }
    message->head = connection->buffer; /* the buffer may have moved */
    message->body = connection->buffer + start;
    message->body_size = (size_t)size;
    return 1;
}
