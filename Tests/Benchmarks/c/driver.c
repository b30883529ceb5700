/* The Lambda Runtime API as one function sees it, and the stopwatch. Starts programs, hands them events, times them.

   Commands are lines of tab-separated fields on standard input, each answered by one JSON line:
     spawn NAME LOG PROGRAM KEY=VALUE…                 start; wait for the first GET /next
     cold  EVENT SERIAL EXPECT LOG PROGRAM KEY=VALUE…  the same, answer /next at once, wait for the response, end it
     events NAME EVENT SERIAL COUNT EXPECT             COUNT events one after the other, serials counted up
     stop NAME
   In an event each run of twelve `#` is replaced by the serial; EXPECT must occur in every response. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "http.h"

enum { CHILDREN = 16, CONNECTIONS = 8, PLACES = 16, PATIENCE_MS = 60000 };

struct child {
    char name[32];
    pid_t pid;
    int listener, exited; /* `exited`: pidfd, readable once the process has ended */
    struct conn connections[CONNECTIONS];
    struct conn *waiting; /* where an unanswered /next is */
    uint64_t spawned, asked;
};
struct event {
    char *bytes;
    size_t size, places[PLACES];
    int count;
};

static struct child children[CHILDREN];
static char problem[2048];

static bool fail(const char *what, const struct message *message) {
    size_t used = (size_t)snprintf(problem, sizeof problem, "%s", what);
    for (size_t i = 0; message && i < message->body_size && used < sizeof problem - 8; i++) {
        char byte = message->body[i];
        if (byte == '"' || byte == '\\') problem[used++] = '\\';
        problem[used++] = byte < ' ' || byte > '~' ? ' ' : byte;
    }
    problem[used] = 0;
    return false;
}

static bool load(const char *path, struct event *event) {
    FILE *file = fopen(path, "rb");
    if (!file) return fail("event file cannot be read", NULL);
    *event = (struct event){.bytes = malloc(8 << 20)};
    event->size = fread(event->bytes, 1, (8 << 20) - 1, file);
    fclose(file);
    event->bytes[event->size] = 0;
    for (char *p = event->bytes; event->count < PLACES && (p = strstr(p, "############")); p += 12)
        event->places[event->count++] = (size_t)(p - event->bytes);
    return true;
}

/* The next request on any of the child's connections. */
static bool next_request(struct child *child, struct conn **from, struct message *message) {
    for (;;) {
        struct pollfd polled[CONNECTIONS + 2];
        struct conn *owner[CONNECTIONS + 2] = {NULL};
        nfds_t count = 0;
        polled[count++] = (struct pollfd){.fd = child->listener, .events = POLLIN};
        polled[count++] = (struct pollfd){.fd = child->exited, .events = POLLIN};
        for (int i = 0; i < CONNECTIONS; i++)
            if (child->connections[i].fd >= 0) {
                owner[count] = &child->connections[i];
                polled[count++] = (struct pollfd){.fd = child->connections[i].fd, .events = POLLIN};
            }
        if (poll(polled, count, PATIENCE_MS) <= 0) return fail("no request within 60 s", NULL);
        for (nfds_t i = 2; i < count; i++)
            if (polled[i].revents) {
                int got = conn_read(owner[i], message);
                *from = owner[i];
                if (got == 1) return true;
                conn_free(owner[i]);
                if (child->waiting == owner[i]) child->waiting = NULL;
            }
        if (polled[0].revents & POLLIN) {
            int fd = accept4(child->listener, NULL, NULL, SOCK_CLOEXEC), on = 1, free_one = 0;
            while (free_one < CONNECTIONS && child->connections[free_one].fd >= 0) free_one++;
            if (fd < 0 || free_one == CONNECTIONS) return fail("too many connections to the Runtime API", NULL);
            struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            conn_init(&child->connections[free_one], fd, NULL);
        } else if (polled[1].revents)
            return fail("the program ended; see its log", NULL);
    }
}

static bool starts(const struct message *message, const char *text) {
    return message->head_size > strlen(text) && strncmp(message->head, text, strlen(text)) == 0;
}

static bool wait_for_next(struct child *child) {
    struct message message;
    if (child->waiting) return true;
    if (!next_request(child, &child->waiting, &message)) return false;
    child->asked = now_ns();
    if (starts(&message, "GET /2018-06-01/runtime/invocation/next ")) return true;
    child->waiting = NULL;
    return fail(starts(&message, "POST /2018-06-01/runtime/init/error") ? "init/error " : "not GET /next ", &message);
}

static void stop(struct child *child, struct rusage *usage) {
    if (child->pid > 0) {
        kill(child->pid, SIGKILL);
        wait4(child->pid, NULL, 0, usage);
    }
    for (int i = 0; i < CONNECTIONS; i++) conn_free(&child->connections[i]);
    if (child->listener >= 0) close(child->listener);
    if (child->exited >= 0) close(child->exited);
    *child = (struct child){.listener = -1, .exited = -1};
    for (int i = 0; i < CONNECTIONS; i++) child->connections[i].fd = -1;
}

static bool spawn(struct child *child, const char *log, char *program, char **environment, size_t count) {
    uint16_t port;
    char api[64], *variables[64], *arguments[] = {program, NULL};
    posix_spawn_file_actions_t files;
    if (count > 62) return fail("too many environment variables", NULL);
    if ((child->listener = listen_loopback(&port)) < 0) return fail("no free port on 127.0.0.1", NULL);
    snprintf(api, sizeof api, "AWS_LAMBDA_RUNTIME_API=127.0.0.1:%u", port);
    memcpy(variables, environment, count * sizeof *environment);
    variables[count] = api;
    variables[count + 1] = NULL;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    child->spawned = now_ns();
    int error = posix_spawn(&child->pid, program, &files, NULL, arguments, variables);
    posix_spawn_file_actions_destroy(&files);
    if (error) {
        child->pid = 0;
        return fail(strerror(error), NULL);
    }
    child->exited = (int)syscall(SYS_pidfd_open, child->pid, 0);
    return wait_for_next(child);
}

/* Processor time of all the child's threads, those that have ended included. */
static uint64_t cpu_ns(const struct child *child) {
    clockid_t clock;
    struct timespec t = {0};
    if (clock_getcpuclockid(child->pid, &clock) == 0) clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* One event to the waiting child: its response's time and size. */
static bool invoke(struct child *child, struct event *event, long serial, const char *expect, uint64_t *answered,
                   uint64_t *sent, size_t *bytes) {
    char head[1024], digits[32], id[64];
    struct message message;
    struct conn *from, *waiting = child->waiting;
    struct timespec wall;
    snprintf(digits, sizeof digits, "%012ld", serial);
    for (int i = 0; i < event->count; i++) memcpy(event->bytes + event->places[i], digits, 12);
    clock_gettime(CLOCK_REALTIME, &wall);
    snprintf(id, sizeof id, "8476a536-e9f4-11e8-9739-%s", digits);
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: %s\r\n"
                        "Lambda-Runtime-Deadline-Ms: %lld\r\nLambda-Runtime-Invoked-Function-Arn: "
                        "arn:aws:lambda:us-east-1:123456789012:function:gatehouse\r\nLambda-Runtime-Trace-Id: "
                        "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        id, (long long)wall.tv_sec * 1000 + 60000, event->size);
    char *answer = malloc((size_t)size + event->size);
    memcpy(answer, head, (size_t)size);
    memcpy(answer + size, event->bytes, event->size);
    child->waiting = NULL;
    *sent = now_ns();
    bool written = conn_write(waiting, answer, (size_t)size + event->size);
    free(answer);
    if (!written || !next_request(child, &from, &message)) return written ? false : fail("cannot answer /next", NULL);
    *answered = now_ns();
    *bytes = message.body_size;
    snprintf(head, sizeof head, "POST /2018-06-01/runtime/invocation/%s/response ", id);
    if (!starts(&message, head)) return fail("not the event's response: ", &message);
    if (*expect && !memmem(message.body, message.body_size, expect, strlen(expect)))
        return fail("unexpected response: ", &message);
    static const char accepted[] =
        "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n";
    return conn_write(from, accepted, sizeof accepted - 1) || fail("cannot answer /response", NULL);
}

static struct child *named(const char *name) {
    for (int i = 0; i < CHILDREN; i++)
        if (strcmp(children[i].name, name) == 0) return &children[i];
    return NULL;
}

static bool command(char **field, size_t count) {
    struct child *child;
    struct event event = {0};
    uint64_t answered, sent;
    size_t bytes = 0;
    bool good = false;
    if (strcmp(field[0], "spawn") == 0 && count >= 4 && (child = named(""))) {
        good = spawn(child, field[2], field[3], field + 4, count - 4);
        if (good) {
            snprintf(child->name, sizeof child->name, "%s", field[1]);
            printf("{\"pid\":%d,\"next_us\":%.1f}\n", child->pid, (double)(child->asked - child->spawned) / 1e3);
        } else
            stop(child, NULL);
    } else if (strcmp(field[0], "cold") == 0 && count >= 6 && (child = named(""))) {
        good = load(field[1], &event) && spawn(child, field[4], field[5], field + 6, count - 6) &&
               invoke(child, &event, atol(field[2]), field[3], &answered, &sent, &bytes);
        if (good)
            printf("{\"next_us\":%.1f,\"response_us\":%.1f,\"cpu_us\":%.1f,\"bytes\":%zu}\n",
                   (double)(child->asked - child->spawned) / 1e3, (double)(answered - child->spawned) / 1e3,
                   (double)cpu_ns(child) / 1e3, bytes);
        stop(child, NULL);
    } else if (strcmp(field[0], "events") == 0 && count == 6 && *field[1] && (child = named(field[1]))) {
        long serial = atol(field[3]), events = atol(field[4]);
        double *times = calloc(2 * (size_t)events + 1, sizeof *times), *turns = times + events;
        uint64_t before = cpu_ns(child);
        good = load(field[2], &event);
        for (long i = 0; good && i < events; i++) {
            good = invoke(child, &event, serial + i, field[5], &answered, &sent, &bytes) && wait_for_next(child);
            times[i] = (double)(answered - sent) / 1e3;
            turns[i] = (double)(child->asked - sent) / 1e3;
        }
        if (good) {
            printf("{\"cpu_us\":%.1f,\"bytes\":%zu,\"us\":[", (double)(cpu_ns(child) - before) / 1e3, bytes);
            for (long i = 0; i < events; i++) printf("%s%.1f", i ? "," : "", times[i]);
            printf("],\"turn_us\":[");
            for (long i = 0; i < events; i++) printf("%s%.1f", i ? "," : "", turns[i]);
            printf("]}\n");
        }
        free(times);
    } else if (strcmp(field[0], "stop") == 0 && count == 2 && *field[1] && (child = named(field[1]))) {
        struct rusage usage = {0};
        stop(child, &usage);
        printf("{\"maxrss_kb\":%ld}\n", usage.ru_maxrss);
        good = true;
    } else
        fail("unknown command or name", NULL);
    free(event.bytes);
    return good;
}

int main(void) {
    char *line = NULL, *field[80];
    size_t capacity = 0;
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < CHILDREN; i++) {
        children[i].listener = children[i].exited = -1;
        for (int j = 0; j < CONNECTIONS; j++) children[i].connections[j].fd = -1;
    }
    while (getline(&line, &capacity, stdin) > 0) {
        size_t count = 0;
        line[strcspn(line, "\n")] = 0;
        for (char *rest = line; rest && count < 80;) field[count++] = strsep(&rest, "\t");
        if (!command(field, count)) printf("{\"problem\":\"%s\"}\n", problem);
        fflush(stdout);
    }
    for (int i = 0; i < CHILDREN; i++) stop(&children[i], NULL);
    return 0;
}
