import Glibc

/// How many file descriptors the process may have.
package enum DescriptorLimit {
    /// Beside the loops' connections to the Runtime API: the standard ones, the pair to stop by, those of the threads for
    /// AWS and for timers, and connections to AWS, which are shared.
    static func besideLoops(_ loops: Int) -> Int { loops > 1 ? 100 : 31 }
    /// How many must be free whatever the limit is: a process can be handed any number of open ones. Without those for
    /// their threads SwiftNIO and Dispatch end the process.
    static let free = 16
    /// More than any number of loops needs.
    private static let most: rlim_t = 65_536

    /// Raises the limit as far as the system lets us, and says what is missing for so many loops; `nil` when it is
    /// enough.
    package static func shortage(loops: Int) -> String? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        let wanted = min(limit.rlim_max, most)
        if limit.rlim_cur < wanted {
            let old = limit.rlim_cur
            limit.rlim_cur = wanted
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = old }
        }
        return shortage(loops: loops, limit: Int(clamping: limit.rlim_cur)) ?? (areFree(free) ? nil : inherited)
    }

    private static let inherited =
        "of the file descriptors that the process may have fewer than \(free) are free: start it with fewer open ones, or "
        + "raise its limit (ulimit -n)"

    /// Whether so many more can be opened.
    static func areFree(_ count: Int) -> Bool {
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        while opened.count < count {
            // Standard input is always open here.
            let descriptor = fcntl(0, F_DUPFD_CLOEXEC, 3)
            guard descriptor >= 0 else { return false }
            opened.append(descriptor)
        }
        return true
    }

    static func shortage(loops: Int, limit: Int) -> String? {
        let needed = loops + besideLoops(loops)
        guard limit < needed else { return nil }
        guard loops > 1 else {
            return "the process may have \(limit) file descriptors but needs \(needed): raise its limit (ulimit -n)"
        }
        let fit = max(1, limit - besideLoops(loops))
        return "AWS_LAMBDA_MAX_CONCURRENCY is \(loops), which needs \(needed) file descriptors, but the process may "
            + "have \(limit): set it to \(fit) or less, or raise the limit (ulimit -n)"
    }
}
