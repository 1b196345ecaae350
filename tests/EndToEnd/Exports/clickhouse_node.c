// Runs ClickHouse out of its library (npm @chdb/lib-linux-x64-gnu) as a process with listeners. Its standard input becomes a terminal, because the
// program ends at a lost connection otherwise (ClickHouse issue 115666); the real one is watched, and the node ends when it does.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int real_input, terminal;

static void *watch(void *unused)
{
    char bytes[256];
    (void)unused;
    while (read(real_input, bytes, sizeof bytes) > 0) { }
    kill(getpid(), SIGTERM);
    sleep(5);
    _exit(0);
}

static void *drain(void *unused)
{
    char bytes[4096];
    (void)unused;
    while (read(terminal, bytes, sizeof bytes) > 0) { }
    return 0;
}

int main(int count, char **arguments)
{
    pthread_t thread;
    terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || grantpt(terminal) || unlockpt(terminal)) return 4;
    int input = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    if (input < 0) return 4;
    real_input = dup(0);
    dup2(input, 0);
    setenv("TERM", "dumb", 0);
    void *library = dlopen(getenv("CHDB_LIB"), RTLD_NOW);
    if (!library) { fprintf(stderr, "%s\n", dlerror()); return 2; }
    void *(*run)(int, char **) = dlsym(library, "chdb_query_cmdline");
    const char *(*error)(void *) = dlsym(library, "chdb_result_error");
    pthread_create(&thread, 0, watch, 0);
    pthread_create(&thread, 0, drain, 0);
    arguments[0] = "clickhouse";
    void *result = run(count, arguments);
    if (!result) return 3;
    const char *message = error(result);
    if (message) { fprintf(stderr, "%s\n", message); return 1; }
    return 0;
}
