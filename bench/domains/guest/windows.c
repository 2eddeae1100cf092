/* Work in windows of the machine's time: in window k the first 2^k copies do, from `from` milliseconds on, `window` long, `gap` between. */
#include "guest.h"

#define MOST 8
#define MILLISECOND 1000000

void work(unsigned copy)
{
    uint64_t from = number("from", 0) * MILLISECOND, length = number("window", 2000) * MILLISECOND, gap = number("gap", 200) * MILLISECOND;
    unsigned count = (unsigned)number("windows", 1);
    uint64_t expected = unit(), done[MOST] = { 0 };

    if (count > MOST || now() > from)
        fail("it began too late, or has too many windows");
    for (unsigned window = 0; window < count; window++) {
        uint64_t begin = from + window * (length + gap);

        if (copy > 1u << window)
            continue;
        for (sleep_until(begin); now() < begin + length; done[window] += now() < begin + length)
            if (unit() != expected)
                fail("a unit came out wrong");
    }
    sleep_until(from + count * (length + gap) + copy * 20 * MILLISECOND);
    for (unsigned window = 0; window < count; window++)
        if (copy <= 1u << window)
            printf("WORK workers=%u portions=%llu nanoseconds=%llu sum=0x%016llx\n", 1u << window, (unsigned long long)done[window],
                (unsigned long long)length, (unsigned long long)expected);
    printf("PASS worker\n");
}
