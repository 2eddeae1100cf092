/*
 * Counts executed instructions between two marks of the guest, by where they lie: applications, guest kernels, the hypervisor.
 *
 * The hypervisor's range is that of the Xen PV interface, top-level slots 256 to 271, and so the same for Serai and for Xen. A mark is a NOP whose
 * displacement says what it is (bench/marks.S); on anything but this plugin it does nothing. Each pair of marks gives a line
 *     sample ROW OPERATIONS APPLICATIONS KERNEL HYPERVISOR
 * of OUT, and before the first pair there is what was executed since the machine's reset:
 *     first APPLICATIONS KERNEL HYPERVISOR
 * With row=N, the instructions of row N are also counted by address, all its samples together:
 *     address HEX COUNT
 *
 * Counters are added to in the translated code, and an instruction that faults is counted each time it is tried. In a string instruction with a
 * prefix of repetition every round is one, since QEMU with -icount executes it so.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu.h"

#define MARK_SIGNATURE 0x5ea
#define RANGE_FIRST 0xffff800000000000u
#define RANGE_END 0xffff880000000000u
#define PLACES (1u << 20)

enum { APPLICATIONS, KERNEL, HYPERVISOR, PARTS };
enum { MARK_START, MARK_STOP };

struct place {
    uint64_t address, count, at_start, total;
};

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 1;

static uint64_t counts[PARTS], at_start[PARTS];
static int current_row = -1, traced_row = -1;
static FILE *output;
static struct place *places;

static struct place *find_place(uint64_t address)
{
    uint64_t index = (address * 0x9e3779b97f4a7c15u) % PLACES;
    while (places[index].address != 0 && places[index].address != address)
        index = (index + 1) % PLACES;
    places[index].address = address;
    return &places[index];
}

static void print_counts(const char *what, const uint64_t *since)
{
    fputs(what, output);
    for (int part = 0; part < PARTS; part++)
        fprintf(output, " %lu", counts[part] - since[part]);
    fputc('\n', output);
    fflush(output);
}

static void start(unsigned cpu, void *value)
{
    static const uint64_t nothing[PARTS];
    static bool marked;
    (void)cpu;
    if (!marked)
        print_counts("first", nothing);
    marked = true;
    current_row = (int)(intptr_t)value;
    memcpy(at_start, counts, sizeof counts);
    for (size_t i = 0; current_row == traced_row && i < PLACES; i++)
        places[i].at_start = places[i].count;
}

static void stop(unsigned cpu, void *value)
{
    char what[64];
    (void)cpu;
    if (current_row < 0)
        return;
    snprintf(what, sizeof what, "sample %d %lu", current_row, 1ul << (intptr_t)value);
    print_counts(what, at_start);
    for (size_t i = 0; current_row == traced_row && i < PLACES; i++)
        places[i].total += places[i].count - places[i].at_start;
    current_row = -1;
}

/* nopl disp32(%rax): 0f 1f 80 and the displacement, in its bits 20 to 31 the signature, in 16 to 19 the kind, below the value. */
static void find_mark(struct qemu_plugin_insn *instruction)
{
    static const uint8_t opcode[] = { 0x0f, 0x1f, 0x80 };
    const uint8_t *bytes = qemu_plugin_insn_data(instruction);
    uint32_t word;
    if (qemu_plugin_insn_size(instruction) != 7 || memcmp(bytes, opcode, sizeof opcode) != 0)
        return;
    memcpy(&word, bytes + 3, sizeof word);
    if (word >> 20 != MARK_SIGNATURE)
        return;
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, (word >> 16 & 15) == MARK_START ? start : stop, QEMU_PLUGIN_CB_NO_REGS,
                                           (void *)(intptr_t)(word & 0xffff));
}

static int part_of(uint64_t address)
{
    if (address >= RANGE_FIRST && address < RANGE_END)
        return HYPERVISOR;
    return address < RANGE_FIRST ? APPLICATIONS : KERNEL;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        uint64_t address = qemu_plugin_insn_vaddr(instruction);
        int part = part_of(address);
        qemu_plugin_register_vcpu_insn_exec_inline(instruction, QEMU_PLUGIN_INLINE_ADD_U64, &counts[part], 1);
        if (places != NULL && part == HYPERVISOR)
            qemu_plugin_register_vcpu_insn_exec_inline(instruction, QEMU_PLUGIN_INLINE_ADD_U64, &find_place(address)->count, 1);
        if (part != HYPERVISOR)
            find_mark(instruction);
    }
}

static void finish(qemu_plugin_id_t id, void *nothing)
{
    (void)id, (void)nothing;
    for (size_t i = 0; places != NULL && i < PLACES; i++)
        if (places[i].total != 0)
            fprintf(output, "address %lx %lu\n", places[i].address, places[i].total);
    fclose(output);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0)
            output = fopen(argv[i] + 4, "w");
        else if (strncmp(argv[i], "row=", 4) == 0)
            traced_row = atoi(argv[i] + 4);
    }
    if (output == NULL)
        return -1;
    if (traced_row >= 0)
        places = calloc(PLACES, sizeof *places);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
