/* AWS at the other end of a resolve, at once and always well: Access Analyzer, IAM and SNS as botocore's models have
   them, over HTTP and (built WITH_TLS) HTTPS, a thread for each connection. Signatures are not looked at.
   Usage: aws-stub [CERTIFICATE_CHAIN KEY]. Prints its ports as JSON; ends with its standard input.
   GET /-/counts tells what was called since the last POST /-/reset.

   A finding's last twelve digits make its role: Audit_CrossAccountRole_<digits>. Every role begins with the published
   trust policy and keeps what is written, so a fresh finding is a fresh role. */
#define _GNU_SOURCE
#include <ctype.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#endif

#include "http.h"
#include "roles.h"

enum operation { GET_FINDING, LIST_FINDINGS, GET_ROLE, UPDATE_ROLE, PUBLISH, OTHER, CONNECTION, OPERATIONS };
static const char *const names[OPERATIONS] = {"GetFinding", "ListFindings", "GetRole", "UpdateAssumeRolePolicy",
                                              "Publish",    "other",        "connections"};
static unsigned long counts[OPERATIONS];
static unsigned long serial;

struct answer {
    int status;
    const char *type;
    char body[16 * 1024];
};

__attribute__((format(printf, 4, 5))) static void reply(struct answer *answer, int status, const char *type,
                                                        const char *format, ...) {
    va_list list;
    va_start(list, format);
    answer->status = status;
    answer->type = type;
    vsnprintf(answer->body, sizeof answer->body, format, list);
    va_end(list);
}

static void count(enum operation operation) { __atomic_add_fetch(&counts[operation], 1, __ATOMIC_RELAXED); }

/* The still encoded value of a form's field into `value`, `+` as `%20`; false when absent or too long. */
static bool form_field(const struct message *message, const char *name, char *value, size_t size) {
    size_t length = strlen(name), used = 0;
    const char *p = message->body, *end = message->body + message->body_size;
    while (p < end) {
        const char *stop = memchr(p, '&', (size_t)(end - p));
        if (!stop) stop = end;
        if ((size_t)(stop - p) > length && p[length] == '=' && strncmp(p, name, length) == 0) {
            for (p += length + 1; p < stop; p++) {
                if (used + 4 > size) return false;
                if (*p == '+') {
                    memcpy(value + used, "%20", 3);
                    used += 3;
                } else
                    value[used++] = *p;
            }
            value[used] = 0;
            return true;
        }
        p = stop + 1;
    }
    return false;
}

static const char json[] = "application/json", xml[] = "text/xml";

static void get_finding(const char *path, struct answer *answer) {
    size_t length = strcspn(path, "? ");
    if (length < 12 || length > 64) {
        reply(
            answer, 404, json,
            "{\"__type\":\"ResourceNotFoundException\",\"message\":\"no such finding\","
            "\"resourceId\":\"?\",\"resourceType\":\"finding\"}");
        return;
    }
    reply(answer, 200, json,
          "{\"finding\":{\"id\":\"%.*s\",\"principal\":{\"AWS\":\"arn:aws:iam::999988887777:user/Alice\"},"
          "\"action\":[\"sts:AssumeRole\"],\"resource\":\"arn:aws:iam::123456789012:role/" ROLE_PREFIX "%.12s\","
          "\"isPublic\":false,\"resourceType\":\"AWS::IAM::Role\",\"condition\":{},"
          "\"createdAt\":\"2020-05-13T03:14:32Z\",\"analyzedAt\":\"2020-05-13T03:14:32Z\","
          "\"updatedAt\":\"2020-05-13T03:14:32Z\",\"status\":\"ACTIVE\",\"resourceOwnerAccount\":\"123456789012\","
          "\"resourceControlPolicyRestriction\":\"NOT_APPLICABLE\"}}",
          (int)length, path, path + length - 12);
}

static void query(const struct message *message, struct answer *answer) {
    char action[64], role[128], document[8192];
    unsigned long id = __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
    if (!form_field(message, "Action", action, sizeof action)) action[0] = 0;
    bool named = form_field(message, "RoleName", role, sizeof role);
    if (strcmp(action, "GetRole") == 0 && named) {
        count(GET_ROLE);
        role_read(role, document, sizeof document);
        reply(answer, 200, xml,
              "<GetRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n  <GetRoleResult>\n    <Role>\n"
              "      <Path>/</Path>\n      <AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument>\n"
              "      <MaxSessionDuration>3600</MaxSessionDuration>\n      <RoleId>AROADBQP57FF2AEXAMPLE</RoleId>\n"
              "      <RoleLastUsed/>\n      <RoleName>%s</RoleName>\n"
              "      <Arn>arn:aws:iam::123456789012:role/%s</Arn>\n"
              "      <CreateDate>2020-05-13T03:14:30Z</CreateDate>\n    </Role>\n  </GetRoleResult>\n"
              "  <ResponseMetadata>\n    <RequestId>df37e965-9967-11e1-a4c3-%012lx</RequestId>\n"
              "  </ResponseMetadata>\n</GetRoleResponse>\n",
              document, role, role, id);
    } else if (strcmp(action, "UpdateAssumeRolePolicy") == 0 && named &&
               form_field(message, "PolicyDocument", document, sizeof document)) {
        count(UPDATE_ROLE);
        role_write(role, document);
        reply(answer, 200, xml,
              "<UpdateAssumeRolePolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n"
              "  <ResponseMetadata>\n    <RequestId>309c1671-99ed-11e1-a4c3-%012lx</RequestId>\n"
              "  </ResponseMetadata>\n</UpdateAssumeRolePolicyResponse>\n", id);
    } else if (strcmp(action, "Publish") == 0) {
        count(PUBLISH);
        reply(answer, 200, xml,
              "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\n  <PublishResult>\n"
              "    <MessageId>567910cd-659e-55d4-8ccb-%012lx</MessageId>\n  </PublishResult>\n"
              "  <ResponseMetadata>\n    <RequestId>d74b8436-ae13-5ab4-a9ff-%012lx</RequestId>\n"
              "  </ResponseMetadata>\n</PublishResponse>\n", id, id);
    } else {
        count(OTHER);
        reply(answer, 400, xml,
              "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>the benchmark's stub has no "
              "%s</Message></Error><RequestId>%lx</RequestId></ErrorResponse>", action, id);
    }
}

static void tell_counts(struct answer *answer) {
    size_t used = 1;
    reply(answer, 200, json, "{");
    for (int i = 0; i < OPERATIONS; i++)
        used += (size_t)snprintf(answer->body + used, sizeof answer->body - used, "%s\"%s\":%lu", i ? "," : "",
                                 names[i], __atomic_load_n(&counts[i], __ATOMIC_RELAXED));
    snprintf(answer->body + used, sizeof answer->body - used, "}");
}

static void handle(const struct message *message, struct answer *answer) {
    const char *line = message->head;
    if (strncmp(line, "POST / ", 7) == 0 || strncmp(line, "POST /? ", 8) == 0)
        query(message, answer);
    else if (strncmp(line, "GET /finding/", 13) == 0) {
        count(GET_FINDING);
        get_finding(line + 13, answer);
    } else if (strncmp(line, "POST /finding", 13) == 0 && (line[13] == ' ' || line[13] == '?')) {
        count(LIST_FINDINGS);
        reply(answer, 200, json, "{\"findings\":[]}");
    } else if (strncmp(line, "GET /-/counts ", 14) == 0)
        tell_counts(answer);
    else if (strncmp(line, "POST /-/reset ", 14) == 0) {
        for (int i = 0; i < OPERATIONS; i++) __atomic_store_n(&counts[i], 0, __ATOMIC_RELAXED);
        reply(answer, 200, json, "{}");
    } else {
        count(OTHER);
        // Refused for good: a 404 without a code is retried as an outage.
        reply(
            answer, 400, json,
            "{\"__type\":\"ValidationException\","
            "\"message\":\"the benchmark's stub has no such resource\"}");
    }
}

struct listener {
    int fd;
    void *context; /* SSL_CTX * for HTTPS */
};
struct client {
    int fd;
    void *context;
};

static void *serve(void *argument) {
    struct client client = *(struct client *)argument;
    struct conn connection;
    struct message message;
    struct answer *answer = malloc(sizeof *answer);
    char head[512], date[64], *whole = malloc(sizeof head + sizeof answer->body);
    free(argument);
    conn_init(&connection, client.fd, NULL);
#ifdef WITH_TLS
    if (client.context) {
        connection.tls = SSL_new(client.context);
        SSL_set_fd(connection.tls, client.fd);
        if (SSL_accept(connection.tls) != 1) goto end;
    }
#endif
    while (conn_read(&connection, &message) == 1) {
        time_t now = time(NULL);
        struct tm parts;
        handle(&message, answer);
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &parts));
        size_t body = strlen(answer->body);
        int size = snprintf(head, sizeof head,
                            "HTTP/1.1 %d %s\r\nx-amzn-RequestId: 309c1671-99ed-11e1-a4c3-270EXAMPLE04\r\n"
                            "Content-Type: %s\r\nContent-Length: %zu\r\nDate: %s\r\n\r\n",
                            answer->status, answer->status == 200 ? "OK" : "Error", answer->type, body, date);
        memcpy(whole, head, (size_t)size);
        memcpy(whole + size, answer->body, body);
        if (!conn_write(&connection, whole, (size_t)size + body) || message.close) break;
    }
#ifdef WITH_TLS
end:
#endif
    free(answer);
    free(whole);
    conn_free(&connection);
    return NULL;
}

static void *accept_all(void *argument) {
    struct listener *listener = argument;
    for (;;) {
        int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC), on = 1;
        pthread_t thread;
        if (fd < 0) continue;
        count(CONNECTION);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct client *client = malloc(sizeof *client);
        *client = (struct client){.fd = fd, .context = listener->context};
        if (pthread_create(&thread, NULL, serve, client) == 0)
            pthread_detach(thread);
        else
            close(fd);
    }
    return NULL;
}

int main(int argc, char **argv) {
    static struct listener http, https;
    uint16_t http_port, https_port = 0;
    pthread_t thread;
    signal(SIGPIPE, SIG_IGN);
    if ((http.fd = listen_loopback(&http_port)) < 0) return 1;
    pthread_create(&thread, NULL, accept_all, &http);
#ifdef WITH_TLS
    if (argc == 3) {
        SSL_CTX *context = SSL_CTX_new(TLS_server_method());
        if (!context || SSL_CTX_use_certificate_chain_file(context, argv[1]) != 1 ||
            SSL_CTX_use_PrivateKey_file(context, argv[2], SSL_FILETYPE_PEM) != 1) {
            fprintf(stderr, "aws-stub: unusable certificate or key\n");
            return 1;
        }
        SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
        https.context = context;
        if ((https.fd = listen_loopback(&https_port)) < 0) return 1;
        pthread_create(&thread, NULL, accept_all, &https);
    }
#else
    (void)argc;
    (void)argv;
    (void)https;
#endif
    printf("{\"http\":%u,\"https\":%u}\n", http_port, https_port);
    fflush(stdout);
    while (getchar() != EOF) continue;
    return 0;
}
