/* HTTP/1.1 over a socket or a TLS session, as little as the benchmark's servers and floors need. */
#ifndef GATEHOUSE_BENCH_HTTP_H
#define GATEHOUSE_BENCH_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A connection with its read buffer. `tls` is an SSL * in programs built with WITH_TLS, else always NULL. */
struct conn {
    int fd;
    void *tls;
    char *buffer;
    size_t capacity, used, parsed;
};

/* One request or response. Pointers lead into the connection's buffer and hold until the next read. */
struct message {
    const char *head; /* start line and headers, the empty line included */
    size_t head_size;
    char *body;
    size_t body_size;
    bool close; /* the peer closes after this message */
};

/* Nanoseconds of the monotonic clock. */
uint64_t now_ns(void);

/* A listening socket on 127.0.0.1 with a free port, which is written to `port`; -1 on failure. */
int listen_loopback(uint16_t *port);

/* A connected socket without Nagle's delay; `authority` is host:port with a numeric host. -1 on failure. */
int connect_to(const char *authority);

void conn_init(struct conn *connection, int fd, void *tls);
void conn_free(struct conn *connection);

/* Sends all of `bytes`; false when the peer is gone. */
bool conn_write(struct conn *connection, const void *bytes, size_t size);

/* Reads one whole message. 1: read. 0: closed before its first byte. -1: broken, truncated or too large. */
int conn_read(struct conn *connection, struct message *message);

/* The value of a header, any case, into `value` (always ended); false when absent or too long. */
bool header(const struct message *message, const char *name, char *value, size_t size);

/* The status of a response, -1 when it is none. */
int status(const struct message *message);

#endif
