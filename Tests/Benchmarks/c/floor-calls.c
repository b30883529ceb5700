/* The floor of a resolve: for each event the same calls to the stub, unsigned, one after the other, then a response.
   Environment: AWS_LAMBDA_RUNTIME_API; AWS_ENDPOINT_URL (numeric host); AWS_CA_BUNDLE (one root) for https;
   FLOOR_CALLS calls for each event (5, or 6 with Publish); FLOOR_CONNECTIONS kept-alive connections (1, or 3: one for
   each service, as with AWS's own hosts); FLOOR_RESPONSE_BYTES. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#endif

#include "http.h"

static const char document[] =
    "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B"
    "%22AWS%22%3A%22arn%3Aaws%3Aiam%3A%3A999988887777%3Auser%2FAlice%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D"
    "%2C%7B%22Sid%22%3A%22Gatehouse%22%2C%22Effect%22%3A%22Deny%22%2C%22Principal%22%3A%22%2A%22%2C%22Action%22%3A%22"
    "sts%3AAssumeRole%22%2C%22Condition%22%3A%7B%22ArnEquals%22%3A%7B%22aws%3APrincipalArn%22%3A%22arn%3Aaws%3Aiam%3A"
    "%3A999988887777%3Auser%2FAlice%22%7D%7D%7D%5D%7D";
static const char form[] = "application/x-www-form-urlencoded; charset=utf-8";

struct call {
    int service; /* 0 Access Analyzer, 1 IAM, 2 SNS */
    const char *line, *type, *body, *tail;
};
static const struct call calls[] = {
    {0, "GET /finding/a5018210-97c4-46c4-9456-999999999999?analyzerArn=arn%3Aaws%3Aaccess-analyzer", NULL, "", ""},
    {0, "POST /finding", "application/json",
     "{\"analyzerArn\":\"arn:aws:access-analyzer:us-east-1:123456789012:analyzer/AccessAnalyzer\"}", ""},
    {1, "POST /", form, "Action=GetRole&Version=2010-05-08&RoleName=Audit_CrossAccountRole_floor", ""},
    {1, "POST /", form,
     "Action=UpdateAssumeRolePolicy&Version=2010-05-08&RoleName=Audit_CrossAccountRole_floor&PolicyDocument=",
     document},
    {1, "POST /", form, "Action=GetRole&Version=2010-05-08&RoleName=Audit_CrossAccountRole_floor", ""},
    {2, "POST /", form, "Action=Publish&Version=2010-03-31&TopicArn=arn&Subject=blocked&Message=", document},
};

static struct conn services[3];
static char url_authority[64];
static bool tls;

static bool open_service(struct conn *service) {
    int fd = connect_to(url_authority);
    if (fd < 0) return false;
    conn_init(service, fd, NULL);
#ifdef WITH_TLS
    static SSL_CTX *context;
    if (tls && !context) {
        context = SSL_CTX_new(TLS_client_method());
        if (!context || !SSL_CTX_load_verify_file(context, getenv("AWS_CA_BUNDLE"))) return false;
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
        SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    }
    if (tls) {
        char host[64];
        snprintf(host, sizeof host, "%.*s", (int)strcspn(url_authority, ":"), url_authority);
        SSL *session = SSL_new(context);
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host);
        SSL_set_fd(session, fd);
        service->tls = session;
        if (SSL_connect(session) != 1) return false;
    }
#endif
    return true;
}

static bool perform(const struct call *call, struct conn *service) {
    char request[4096];
    struct message answer;
    if (service->fd < 0 && !open_service(service)) return false;
    int size = snprintf(request, sizeof request, "%s HTTP/1.1\r\nHost: %s\r\n%s%s%sContent-Length: %zu\r\n\r\n%s%s",
                        call->line, url_authority, call->type ? "Content-Type: " : "", call->type ? call->type : "",
                        call->type ? "\r\n" : "", strlen(call->body) + strlen(call->tail), call->body, call->tail);
    return conn_write(service, request, (size_t)size) && conn_read(service, &answer) == 1 && status(&answer) == 200;
}

static long setting(const char *name, long otherwise) {
    const char *value = getenv(name);
    return value ? atol(value) : otherwise;
}

int main(void) {
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API"), *url = getenv("AWS_ENDPOINT_URL");
    long count = setting("FLOOR_CALLS", 6), connections = setting("FLOOR_CONNECTIONS", 1);
    long bytes = setting("FLOOR_RESPONSE_BYTES", 2);
    static char output[64 * 1024];
    char next[256], id[128], scheme[8];
    struct conn runtime;
    struct message event, answer;
    if (!api || !url || count > 6 || connections > 3 || bytes < 2 || bytes > 60000 ||
        sscanf(url, "%7[^:]://%63[^/]", scheme, url_authority) != 2)
        return 2;
    tls = strcmp(scheme, "https") == 0;
#ifndef WITH_TLS
    if (tls) return 2;
#endif
    for (int i = 0; i < 3; i++) services[i].fd = -1;
    conn_init(&runtime, connect_to(api), NULL);
    if (runtime.fd < 0) return 1;
    int size = snprintf(next, sizeof next, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", api);
    for (;;) {
        if (!conn_write(&runtime, next, (size_t)size) || conn_read(&runtime, &event) != 1) return 1;
        if (!header(&event, "lambda-runtime-aws-request-id", id, sizeof id)) return 1;
        for (int i = 0; i < count; i++)
            if (!perform(&calls[i], &services[connections == 3 ? calls[i].service : 0])) return 3;
        int head = snprintf(output, 1024,
                            "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: %s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %ld\r\n\r\n", id, api, bytes);
        memset(output + head, ' ', (size_t)bytes);
        output[head] = '{';
        output[head + bytes - 1] = '}';
        if (!conn_write(&runtime, output, (size_t)(head + bytes)) || conn_read(&runtime, &answer) != 1) return 1;
    }
}
