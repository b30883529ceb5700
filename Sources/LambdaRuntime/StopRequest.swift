import Glibc
import Synchronization

/// Asks all loops to take no further event: each finishes the invocation that it has, and ends.
///
/// A pair of sockets that is written to and never read, so that every loop can wait for it and for an event at once, and a signal's
/// handler can ask as well.
package final class StopRequest: Sendable {
    /// Readable once it was asked for.
    let descriptor: Int32
    private let writing: Int32

    /// Throws when the process has no descriptors left.
    package init() throws(RuntimeError) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw RuntimeError(
                "the sockets to stop by cannot be opened: \(RuntimeEndpoint.text(errno: errno)); raise the limit of file "
                    + "descriptors (ulimit -n)"
            )
        }
        descriptor = ends[0]
        writing = ends[1]
    }

    deinit {
        // The signal's handler may still write.
        guard terminationDescriptor.load(ordering: .relaxed) != writing else { return }
        close(descriptor)
        close(writing)
    }

    /// Asks. More than once is the same.
    package func ask() {
        var byte: UInt8 = 0
        // A full one has been asked for long ago.
        while write(writing, &byte, 1) < 0, errno == EINTR {}
    }

    /// Whether it was asked for.
    package var isAsked: Bool {
        var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&look, 1, 0) > 0
    }

    /// From now on SIGTERM asks, and nothing else: without a handler the kernel does not even deliver it to process 1,
    /// and kills every other process in the middle of a write. To be called once.
    package func askOnTermination() {
        terminationDescriptor.store(writing, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            // Only what a signal's handler may do: https://man7.org/linux/man-pages/man7/signal-safety.7.html
            let number = errno
            var byte: UInt8 = 0
            _ = write(terminationDescriptor.load(ordering: .relaxed), &byte, 1)
            errno = number
        }
        action.sa_flags = SA_RESTART
        sigaction(SIGTERM, &action, nil)
    }
}

/// Where the handler of SIGTERM writes: it can be handed nothing. Made by its first use, before there is a handler.
private let terminationDescriptor = Atomic<Int32>(-1)
