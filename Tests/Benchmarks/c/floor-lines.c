/* The floor of `gatehouse rules run`: reads lines from a file and copies each out, with a pair of braces behind it. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void write_all(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("write");
        bytes += written;
        count -= (size_t)written;
    }
}

int main(int argc, char **argv) {
    static char in[2 * BLOCK], out[4 * BLOCK];
    int file = argc > 1 ? open(argv[1], O_RDONLY) : -1;
    if (file < 0) fail("usage: floor-lines FILE");
    size_t held = 0, made = 0;
    for (;;) {
        ssize_t count = read(file, in + held, BLOCK);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("read");
        if (count == 0) break;
        size_t end = held + (size_t)count, from = 0;
        char *feed;
        while ((feed = memchr(in + from, '\n', end - from))) {
            size_t length = (size_t)(feed - (in + from));
            memcpy(out + made, in + from, length);
            memcpy(out + made + length, "{}\n", 3);
            made += length + 3;
            from += length + 1;
            if (made >= BLOCK) {
                write_all(out, made);
                made = 0;
            }
        }
        held = end - from;
        if (held > BLOCK) {
            fprintf(stderr, "floor-lines: a line of more than %d bytes\n", BLOCK);
            return 1;
        }
        memmove(in, in + from, held);
    }
    write_all(out, made);
    return 0;
}
