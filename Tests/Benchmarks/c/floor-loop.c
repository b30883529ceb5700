/* The floor of the runtime loop: one socket, one buffer, no parsing beyond the request id.
   Usage: AWS_LAMBDA_RUNTIME_API=127.0.0.1:port FLOOR_RESPONSE_BYTES=n floor-loop */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char input[64 * 1024], output[64 * 1024];

/* One whole answer into `input`, which is ended; false when the connection is closed. */
static int answer(int fd) {
    size_t used = 0;
    for (;;) {
        ssize_t got = recv(fd, input + used, sizeof input - 1 - used, 0);
        if (got <= 0) return 0;
        used += (size_t)got;
        input[used] = 0;
        char *blank = strstr(input, "\r\n\r\n");
        if (!blank) continue;
        char *length = strcasestr(input, "content-length:");
        size_t size = length && length < blank ? strtoul(length + 15, NULL, 10) : 0;
        if (used >= (size_t)(blank - input) + 4 + size) return 1;
    }
}

int main(void) {
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API"), *bytes = getenv("FLOOR_RESPONSE_BYTES");
    size_t body = bytes ? strtoul(bytes, NULL, 10) : 2;
    char host[64], next[256];
    unsigned port;
    if (!api || sscanf(api, "%63[^:]:%u", host, &port) != 2 || body > sizeof output - 1024) return 2;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return 1;
    int size = snprintf(next, sizeof next, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", api);
    for (;;) {
        if (send(fd, next, (size_t)size, MSG_NOSIGNAL) != size || !answer(fd)) return 1;
        char *id = strcasestr(input, "lambda-runtime-aws-request-id:");
        if (!id) return 1;
        id += 30 + strspn(id + 30, " ");
        int head = snprintf(output, 1024,
                            "POST /2018-06-01/runtime/invocation/%.*s/response HTTP/1.1\r\nHost: %s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                            (int)strcspn(id, "\r\n "), id, api, body);
        memset(output + head, ' ', body);
        output[head] = '{';
        output[head + (int)body - 1] = '}';
        if (send(fd, output, (size_t)head + body, MSG_NOSIGNAL) < 0 || !answer(fd)) return 1;
    }
}
