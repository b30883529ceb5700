import Glibc

extension TestServer {
    /// Holds the calling thread until the server has closed so many connections and its clients' sockets know.
    ///
    /// A server that never does so ends the wait in the end; what the test expects then fails.
    func holdThread(until closed: Int) {
        var (looks, arrivals) = (0, 0)
        // The table changes while it is read, and may lack a socket once: only what it says again and again is so.
        while arrivals < 10, looks < 20_000 {
            arrivals = self.closed >= closed && hasArrived ? arrivals + 1 : 0
            poll(nil, 0, 1)
            looks += 1
        }
    }

    /// Waits until what the server sent last, or that it closed, is in its clients' sockets.
    func arrival() async {
        while !hasArrived, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
    }

    /// Whether the clients' sockets have acknowledged all that the server sent, its ends of connections included, as the
    /// kernel's table of sockets shows it.
    /// https://docs.kernel.org/networking/proc_net_tcp.html
    private var hasArrived: Bool {
        guard let file = fopen("/proc/net/tcp", "r") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        let hex = String(port, radix: 16, uppercase: true)
        let end = ":" + String(repeating: "0", count: 4 - hex.count) + hex
        while fgets(&line, Int32(line.count), file) != nil {
            let bytes = line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            // Number, the socket's address, the other's address, state, and the bytes to send and to read.
            let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
            guard fields.count > 4, fields[1].hasSuffix(end) else { continue }
            if !fields[4].hasPrefix("00000000:") { return false }
        }
        return true
    }
}
