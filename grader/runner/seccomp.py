"""A filter on system calls: what no notebook needs and what attacks on a kernel are made of.

A list of what is refused, not of what is allowed: students use whatever NumPy, pandas and the C
library use on their system, and the walls (namespaces, Landlock, limits) do not depend on it.
Refused calls fail with EPERM, as for an ordinary user; `clone3` with ENOSYS, so that the C library
falls back to `clone`, whose flags can be read here.

The program is classic BPF, see seccomp(2) and the kernel's Documentation/networking/filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from functools import cache

from .isolation import StepError, forbid_new_privileges, syscall

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_ERRNO = 0x00050000

# each call's number on x86-64 and on 64-bit ARM; None where there is no such call
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "kcmp": (312, 272), "process_madvise": (440, 440),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "fanotify_init": (300, 262), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "syslog": (103, 116), "acct": (163, 89), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
    "sethostname": (170, 161), "setdomainname": (171, 162), "vhangup": (153, 58),
    "iopl": (172, None), "ioperm": (173, None), "modify_ldt": (154, None), "uselib": (134, None),
    "lookup_dcookie": (212, 18), "move_pages": (279, 239), "migrate_pages": (256, 238),
    # memory that belongs to no process, and so escapes the guard's sum
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "msgget": (68, 186), "semget": (64, 190),
    # what others with the same user may have made, whose numbers can be guessed
    "shmat": (30, 196), "shmctl": (31, 195), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "semop": (65, 193), "semtimedop": (220, 192), "semctl": (66, 191),
}  # fmt: skip

_CLONE, _CLONE3, _PRLIMIT, _SOCKET = (56, 220), (435, 435), (302, 261), (41, 198)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_NAMESPACES = 0x7E020080  # every CLONE_NEW... flag that clone can carry
_FAMILIES = (1, 2, 10, 16)  # local, IPv4, IPv6, netlink: harmless without a network

# without namespaces around it, a process must not start another, nor touch what it does not own
_STRICT: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "socketpair": (53, 199), "kill": (62, 129), "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434), "setpriority": (141, 140), "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122), "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119), "sched_setattr": (314, 274),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "utimensat": (280, 88), "futimesat": (261, None),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "setxattrat": (463, 463),
    "removexattrat": (466, 466), "mq_open": (240, 180), "mq_unlink": (241, 181),
    # Landlock covers neither, or only on newer kernels
    "truncate": (76, 45), "inotify_init": (253, None), "inotify_init1": (294, 26),
}  # fmt: skip
_TGKILL = (234, 131)
_FCNTL = (72, 25)
_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: a descriptor that signals any process
_CLONE_THREAD = 0x00010000


@cache
def program(*, alone: int = 0, machine: str | None = None) -> bytes:
    """The filter as an array of `struct sock_filter`.

    Args:
        alone: the id of a process without namespaces: then no other process, no socket, no signal
            to others, no change of any file's mode, owner or times.

    Raises:
        StepError: for a processor whose call numbers are not known here.
    """
    found = _ARCHITECTURES.get(machine or platform.machine())
    if found is None:
        raise StepError("seccomp: unknown processor", errno.ENOSYS)
    column, architecture = found
    code: list[bytes] = []

    def load(offset: int) -> None:  # of struct seccomp_data
        code.append(struct.pack("HBBI", 0x20, 0, 0, offset))

    def answer(value: int) -> None:
        code.append(struct.pack("HBBI", 0x06, 0, 0, value))

    def unless_equal(value: int, skip: int) -> None:
        code.append(struct.pack("HBBI", 0x15, 0, skip, value & 0xFFFFFFFF))

    refused = _ERRNO | errno.EPERM
    load(4)
    code.append(struct.pack("HBBI", 0x15, 1, 0, architecture))
    answer(_KILL)
    load(0)
    code.append(struct.pack("HBBI", 0x35, 0, 1, 0x40000000))  # the x32 calls have other numbers
    answer(_ERRNO | errno.ENOSYS)
    for number in (*_DENIED.values(), *(_STRICT.values() if alone else ())):
        if number[column] is not None:
            unless_equal(number[column] or 0, 1)
            answer(refused)
    unless_equal(_CLONE3[column], 1)
    answer(_ERRNO | errno.ENOSYS)
    unless_equal(_CLONE[column], 5 if alone else 3)
    load(16)  # the low half of its first argument, the flags
    code.append(struct.pack("HBBI", 0x45, 0, 1, _NAMESPACES))  # jump if any bit is set
    answer(refused)
    if alone:
        code.append(struct.pack("HBBI", 0x45, 1, 0, _CLONE_THREAD))
        answer(refused)
    load(0)
    unless_equal(_PRLIMIT[column], 3)
    load(16)
    code.append(struct.pack("HBBI", 0x15, 1, 0, 0))  # of itself
    answer(refused)
    load(0)
    if alone:
        unless_equal(_SOCKET[column], 1)
        answer(refused)
        unless_equal(_FCNTL[column], 2 + 2 * len(_OWNERS))
        load(24)  # its second argument
        for command in _OWNERS:
            unless_equal(command, 1)
            answer(refused)
        load(0)
        unless_equal(_TGKILL[column], 3)
        load(16)
        code.append(struct.pack("HBBI", 0x15, 1, 0, alone))  # of itself, as abort() does
        answer(refused)
    else:
        unless_equal(_SOCKET[column], 2 + len(_FAMILIES))
        load(16)
        for place, family in enumerate(_FAMILIES):
            code.append(struct.pack("HBBI", 0x15, len(_FAMILIES) - place, 0, family))
        answer(_ERRNO | errno.EAFNOSUPPORT)
    answer(_ALLOW)
    return b"".join(code)


def install(filter_program: bytes) -> None:
    """Put the filter on this process and all that it starts; there is no way back."""
    forbid_new_privileges()
    buffer = ctypes.create_string_buffer(filter_program, len(filter_program))
    head = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(filter_program) // 8, ctypes.addressof(buffer))
    )
    number = {"x86_64": 317, "aarch64": 277}[platform.machine()]
    syscall("seccomp", number, 1, 0, ctypes.cast(head, ctypes.c_void_p))
