import Glibc

/// Standard input, output and error as places that are open. Where one was closed, the first socket would take its
/// number, and log lines would go to the Runtime API.
package enum StandardDescriptors {
    /// Opens the null device in the place of each that is closed. `false` when that is not possible.
    package static func open(_ numbers: ClosedRange<Int32> = 0...2) -> Bool {
        for number in numbers where fcntl(number, F_GETFD) < 0 && errno == EBADF {
            var opened = Glibc.open("/dev/null", O_RDWR)
            // A root without devices: a socket that leads nowhere takes writes just as little.
            if opened < 0 { opened = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0) }
            guard opened >= 0 else { return false }
            guard opened != number else { continue }
            defer { close(opened) }
            guard dup2(opened, number) == number else { return false }
        }
        return true
    }
}
