/* Servers that rows talk to, over the loopback device. Each is started by its row's first repetition and ends with the row's process. */
#ifndef SERVERS_H
#define SERVERS_H

#include "bench.h"

/* The user of servers that refuse to be root. */
#define SERVANT 1000

extern const struct row databases[], webs[];

/* A connection to this port of the guest's own, as soon as something listens there. */
int connection_to(unsigned short port);
/* A server, and the signal that ends it when the row's process ends. */
void serve(char *const arguments[], uid_t user, int farewell);

#endif
