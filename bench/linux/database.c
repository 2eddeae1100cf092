/*
 * Debian's PostgreSQL with its own load, pgbench, by four clients. An operation is one transaction; pgbench's own beginning and end are among them.
 * The cluster is made in the guest when the first row asks for it, and lies in memory.
 */
#include "servers.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT 5432
#define CLUSTER "/tmp/cluster"
#define OUTPUT "/tmp/output"
#define PROGRAM(name) "/usr/lib/postgresql/15/bin/" name
#define TO_SERVER "-h", "127.0.0.1", "-U", "servant"

static void perform_as_servant(char *const arguments[])
{
    finish(launch(arguments, OUTPUT, SERVANT), arguments[0]);
}

/* What a line of the output says behind these words. */
static long said(const char *words)
{
    char line[256];
    FILE *file = fopen(OUTPUT, "r");
    must(file != NULL, OUTPUT);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, words, strlen(words)) == 0) {
            fclose(file);
            return atol(line + strlen(words));
        }
    must(false, words);
    return 0;
}

static long ask(const char *question)
{
    char *const psql[] = { PROGRAM("psql"), TO_SERVER, "-d", "postgres", "-Atqc", (char *)question, NULL };
    perform(psql, OUTPUT);
    return said("");
}

/* It listens before it answers. */
static void await_answer(void)
{
    static char *const question[] = { PROGRAM("psql"), TO_SERVER, "-d", "postgres", "-Atqc", "select 1", NULL };
    int status = 1;
    close(connection_to(PORT));
    for (int i = 0; i < 100 && status != 0; i++) {
        pid_t child = launch(question, OUTPUT, 0);
        must(waitpid(child, &status, 0) == child, "waitpid");
        if (status != 0)
            usleep(50000);
    }
    must(status == 0, "the database does not answer");
}

static void prepare(void)
{
    static char *const cluster[] = { PROGRAM("initdb"), "-D", CLUSTER, "-A", "trust", "--locale=C", "-E", "SQL_ASCII", "--no-sync", "--wal-segsize=4",
                                     NULL };
    static char *const server[] = { PROGRAM("postgres"), "-D", CLUSTER, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                                    "-c", "shared_buffers=64MB", "-c", "max_connections=16", "-c", "jit=off", "-c", "autovacuum=off",
                                    "-c", "checkpoint_timeout=1h", NULL };
    static char *const load[] = { PROGRAM("pgbench"), TO_SERVER, "-i", "-q", "postgres", NULL };
    static bool serves;
    bool fresh = access(CLUSTER, F_OK) != 0;
    if (serves)
        return;
    loopback_up();
    if (fresh)
        perform_as_servant(cluster);
    serve(server, SERVANT, SIGINT);
    await_answer();
    if (fresh)
        perform(load, OUTPUT);
    serves = true;
}

/* The same transactions at each repetition: each client's are drawn from one seed. */
static uint64_t transactions(unsigned count, char *kind)
{
    char each[16];
    char *const pgbench[] = { PROGRAM("pgbench"), TO_SERVER, "-n", "-c", "4", "-t", each, "-b", kind, "--random-seed=7", "postgres", NULL };
    snprintf(each, sizeof each, "%u", count / 4);
    start();
    perform(pgbench, OUTPUT);
    stop();
    must(said("number of transactions actually processed: ") == (long)count, "not all transactions were processed");
    must(said("number of failed transactions: ") == 0, "a transaction failed");
    return count;
}

static uint64_t selects(unsigned count)
{
    prepare();
    return mix(transactions(count, "select-only"), (uint64_t)ask("select count(*) from pgbench_accounts"));
}

/* What all transactions together moved, in accounts, tellers, branches and history alike. */
static uint64_t changes(unsigned count)
{
    prepare();
    long before = ask("select sum(abalance) from pgbench_accounts"), entries = ask("select count(*) from pgbench_history");
    transactions(count, "tpcb-like");
    long after = ask("select sum(abalance) from pgbench_accounts");
    must(ask("select count(*) from pgbench_history") - entries == (long)count, "a transaction is not in the history");
    must(ask("select sum(tbalance) from pgbench_tellers") == after && ask("select sum(bbalance) from pgbench_branches") == after
         && ask("select sum(delta) from pgbench_history") == after, "the books do not balance");
    return mix(count, (uint64_t)(after - before));
}

const struct row databases[] = {
    { "pgbench-select", 9, selects },
    { "pgbench-tpcb", 8, changes },
    { NULL, 0, NULL },
};
