"""Takes from a process all that reading a file does not need. The home of pyseccomp and landlockpy.

Four fences, each for itself: limits of the kernel on memory, time and files; a network of its own
with nothing in it; a filter of system calls; Landlock, which closes all folders but the
libraries'. None needs root. A container or an old kernel may lack some: what holds is found out by
trying (`holding`), and `mailbot doctor` says it.
"""

import ctypes
import errno
import os
import resource
import signal
import socket
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import landlockpy

try:
    import pyseccomp
except (ImportError, RuntimeError):  # it raises RuntimeError where libseccomp is not installed
    pyseccomp = None

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_THREAD = 0x00010000
_DIE_WITH_PARENT = 1


def confine(memory: int, cpu_seconds: int, kept: int, readable: tuple[Path, ...]) -> None:
    """Give up everything but `memory` bytes, time, the descriptor `kept` and reading libraries.

    `readable` names further folders. Cannot be undone; what the machine does not offer is left out.
    """
    _say_nothing()
    _close_folders(readable)
    _close_all_but(kept)
    _limit(memory, cpu_seconds)
    _leave_network()
    _filter_calls()


def prepare(readable: tuple[Path, ...]) -> None:
    """Make ready what is the same for every process: those forked from this one confine faster."""
    if landlockpy.supported():
        _folders(readable)
    if pyseccomp is not None:
        _filter()


def _say_nothing() -> None:
    """Have what libraries print go nowhere: it may hold people's data."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)


def _close_all_but(kept: int) -> None:
    """Close what was inherited, the folders' ruleset with it."""
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _limit(memory: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # A second later the kernel kills without asking; the first signal tells the parent why.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _leave_network() -> None:
    """Move to a network without interfaces; containers often forbid it, and the filter remains."""
    ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)


# ------------------------------------------------------------------ folders

_SYSTEM = (
    *("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share", "/lib", "/lib64"),
    *("/etc/ld.so.cache", "/proc/self", "/sys/devices/system/cpu", "/dev/null", "/dev/urandom"),
)


def _close_folders(readable: tuple[Path, ...]) -> None:
    """Leave only Python, the libraries and `readable` to be read, and nothing to be written."""
    if landlockpy.supported():
        _folders(readable).restrict()


@lru_cache(maxsize=1)
def _folders(readable: tuple[Path, ...]) -> landlockpy.Ruleset:
    rules = landlockpy.Ruleset(scoped=landlockpy.Scope.SIGNAL)
    for path in _libraries() | set(readable):
        read = landlockpy.AccessFS.READ_FILE
        with suppress(FileNotFoundError):
            whole = path.is_dir()
            rules.allow_path(path, read | landlockpy.AccessFS.READ_DIR if whole else read)
    return rules


def _libraries() -> frozenset[Path]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    python = {Path(sysconfig.get_path(name)) for name in names}
    return frozenset(python | {Path(sys.base_prefix) / "lib"} | {Path(path) for path in _SYSTEM})


# ------------------------------------------------------------------ system calls

_FORBIDDEN = {
    "network": (
        "socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg "
        "recvfrom recvmsg recvmmsg"
    ),
    "processes": "fork vfork execve execveat",
    "other processes": (
        "kill tkill ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_open "
        "pidfd_getfd pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo setpriority"
    ),
    "files": (
        "creat unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat mkdir "
        "mkdirat rmdir mknod mknodat truncate chmod fchmod fchmodat chown fchown fchownat lchown "
        "utime utimes utimensat futimesat setxattr lsetxattr fsetxattr removexattr lremovexattr "
        "fremovexattr name_to_handle_at open_by_handle_at inotify_init inotify_init1 "
        "fanotify_init flock"
    ),
    "limits": "setrlimit setuid setgid setreuid setregid setresuid setresgid setgroups capset",
    "kernel": (
        "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl "
        "add_key request_key unshare setns mount umount2 pivot_root chroot move_mount open_tree "
        "fsopen fsconfig fsmount fspick init_module finit_module delete_module kexec_load "
        "kexec_file_load swapon swapoff reboot acct quotactl personality syslog iopl ioperm "
        "shmget shmat msgget semget mq_open memfd_create memfd_secret"
    ),
}
"""System calls that reading a file never makes, by what they would reach."""

_WRITING = ((os.O_ACCMODE, os.O_WRONLY), (os.O_ACCMODE, os.O_RDWR), (os.O_CREAT, os.O_CREAT))


def _filter_calls() -> None:
    """Refuse what reading a file never does; a process may signal itself only."""
    if pyseccomp is None:
        return
    rules, no = _filter(), pyseccomp.ERRNO(errno.EPERM)
    _refuse(rules, no, "tgkill", pyseccomp.Arg(0, pyseccomp.NE, os.getpid()))
    with suppress(OSError):  # a kernel without filters
        rules.load()


@lru_cache(maxsize=1)
def _filter() -> "pyseccomp.SyscallFilter":
    """Refuses all of `_FORBIDDEN`, and of the calls with two faces the face that hurts."""
    no, unknown = pyseccomp.ERRNO(errno.EPERM), pyseccomp.ERRNO(errno.ENOSYS)
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for names in _FORBIDDEN.values():
        for name in names.split():
            _refuse(rules, no, name)
    for name in ("clone3", "openat2"):  # their arguments cannot be seen: callers fall back
        _refuse(rules, unknown, name)
    for mask, wanted in _WRITING:
        _refuse(rules, no, "open", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, mask, wanted))
        _refuse(rules, no, "openat", pyseccomp.Arg(2, pyseccomp.MASKED_EQ, mask, wanted))
    _refuse(rules, no, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _THREAD, 0))
    _refuse(rules, no, "prlimit64", pyseccomp.Arg(2, pyseccomp.NE, 0))
    return rules


def _refuse(rules: "pyseccomp.SyscallFilter", action: int, name: str, *when: object) -> None:
    with suppress(OSError):  # a call this library or machine does not know
        rules.add_rule(action, name, *when)


# ------------------------------------------------------------------ what holds


class Fence(StrEnum):
    """What a confined process must not be able to do."""

    NETWORK = "la red"
    PROCESSES = "otros programas"
    FILES = "los archivos del bot"
    WRITING = "la escritura en el disco"


def holding(secret: Path) -> tuple[Fence, ...]:
    """The fences that hold, tried from inside; `secret` is a file that must not be readable."""
    attempts: dict[Fence, Callable[[], object]] = {
        Fence.NETWORK: _reach_network,
        Fence.PROCESSES: _start_process,
        Fence.FILES: lambda: os.close(os.open(secret, os.O_RDONLY)),
        Fence.WRITING: lambda: os.close(os.open(os.devnull, os.O_WRONLY)),
    }
    return tuple(_held(attempts))


def _held(attempts: dict[Fence, Callable[[], object]]) -> Iterator[Fence]:
    for fence, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            yield fence


def _reach_network() -> None:
    """Find a way to this machine itself: nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.connect(("127.0.0.1", 9))


def _start_process() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
