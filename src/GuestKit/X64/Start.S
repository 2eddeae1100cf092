# The first instructions of a guest: RSI holds the virtual address of start_info, RSP the end of a stack of one page.
# The builder has zeroed .bss.

    .set STACK_BYTES, 65536
    .set TRAP_STACK_BYTES, 16384
    .set POOL_BYTES, FRAME_POOL_PAGES * 4096    # what the project says (Guest.targets)

    .text

    .globl guest_entry
guest_entry:
    rdtsc
    shlq $32, %rdx
    orq %rdx, %rax
    movq %rax, first_instruction(%rip)
    cld
    movq %rsi, %rdi
    leaq guest_stack_top(%rip), %rsp
    xorl %ebp, %ebp
    call GuestKitStart
    ud2

# ulong GuestKitSymbol(int index): addresses that C# cannot name
    .globl GuestKitSymbol
GuestKitSymbol:
    leaq symbol_table(%rip), %rax
    movq (%rax, %rdi, 8), %rax
    ret

# ulong FirstInstruction(): the time-stamp counter when the guest began
    .globl FirstInstruction
FirstInstruction:
    movq first_instruction(%rip), %rax
    ret

    .section .rodata, "a"
    .balign 8
symbol_table:
    .quad trap_stubs, shared_info_window, probe_faulted, hypercall_page
    .quad image_start, text_end, image_end, guest_stack_top
    .quad user_finished, user_trap_stack_top, frame_pool, frame_pool_end

    .bss
    .balign 8
first_instruction:
    .skip 8
    .balign 4096
    .globl shared_info_window
shared_info_window:                             # any page will do: the guest maps the shared page over it
    .skip 4096
    .skip STACK_BYTES
guest_stack_top:
    .skip TRAP_STACK_BYTES                      # where traps of user code are taken
user_trap_stack_top:
frame_pool:                                     # frames that test guests may do anything with
    .skip POOL_BYTES
frame_pool_end:
