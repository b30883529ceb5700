/* The floor of an audit: the same calls to the stub, unsigned, region after region on one connection each; what comes is
   written to standard output. Usage: floor-audit AUTHORITY REGION... */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http.h"

static bool ask(struct conn *service, const char *line, const char *host, const char *region, const char *body,
                struct message *answer) {
    char request[1024];
    int size = snprintf(request, sizeof request,
                        "%s HTTP/1.1\r\nHost: %s\r\nAuthorization: AWS4-HMAC-SHA256 Credential=A/20260101/%s/x/y\r\n"
                        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                        line, host, region, strlen(body), body);
    return conn_write(service, request, (size_t)size) && conn_read(service, answer) == 1 && status(answer) == 200;
}

int main(int count, char **words) {
    for (int place = 2; place < count; place++) {
        struct conn service;
        struct message answer;
        char body[256], token[32] = "";
        conn_init(&service, connect_to(words[1]), NULL);
        if (service.fd < 0 || !ask(&service, "GET /analyzer", words[1], words[place], "", &answer)) return 1;
        for (;;) {
            snprintf(body, sizeof body, "{\"analyzerArn\":\"arn\"%s%s%s}", *token ? ",\"nextToken\":\"" : "", token,
                     *token ? "\"" : "");
            if (!ask(&service, "POST /finding", words[1], words[place], body, &answer)) return 1;
            if (write(STDOUT_FILENO, answer.body, answer.body_size) != (ssize_t)answer.body_size) return 1;
            static const char mark[] = "\"nextToken\":\"";
            const char *next = memmem(answer.body, answer.body_size, mark, sizeof mark - 1);
            if (!next) break;
            snprintf(token, sizeof token, "%.*s", (int)strcspn(next + sizeof mark - 1, "\""), next + sizeof mark - 1);
        }
        conn_free(&service);
        close(service.fd);
    }
    return 0;
}
