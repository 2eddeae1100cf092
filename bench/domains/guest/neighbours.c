/* Bad neighbours, who never end: a fork bomb, and one who fills memory and disk. */
#include "guest.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK (1 << 20)
#define CHUNKS 48

/* Every process forks as long as it may, and burns what it gets. */
void bomb(void)
{
    struct rlimit most = { 400, 400 };

    printf("BOMB\n");
    if (fork() == 0) {
        if (setrlimit(RLIMIT_NPROC, &most) != 0 || setuid(1000) != 0)
            fail("cannot become somebody else");
        for (;;)
            if (fork() > 0)
                waitpid(-1, NULL, WNOHANG);
    }
}

/* Writes all of memory and a file without end. */
void hog(void)
{
    static char chunk[CHUNK];
    int file = open("/hog", O_RDWR | O_CREAT | O_TRUNC, 0600);

    if (file < 0)
        fail("no file");
    printf("HOG\n");
    for (unsigned turn = 0;; turn++) {
        memset(chunk, (int)turn, CHUNK);
        if (turn % CHUNKS == 0)
            lseek(file, 0, SEEK_SET);
        if (write(file, chunk, CHUNK) != CHUNK)
            lseek(file, 0, SEEK_SET);
    }
}
