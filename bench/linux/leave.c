/* The smallest program: what `fork-exec`, `fork-shell` and `exec-200` run. */
int main(void)
{
    return 7;
}
