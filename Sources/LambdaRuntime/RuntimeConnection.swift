import Glibc

/// One kept-alive connection to the Runtime API: sends a request, reads its answer, connects again where the other
/// side closed it while the sandbox was frozen.
struct RuntimeConnection: ~Copyable {
    /// Why a request has no answer.
    enum Failure: Error {
        /// No connection, or the other side closed a new one without a word. Nothing will get better by trying again.
        case unreachable(RuntimeError)
        /// Something came that is not an answer. `head` and `body` hold what was read.
        case broken(String)
        /// As `broken`: the head is there, the body is longer than the bound.
        case tooLong(String)
        /// The loops are to end, and no answer has begun.
        case stopped
    }

    private enum Attempt {
        case answered
        /// Closed or reset before the first byte of an answer.
        case closed(String)
    }

    let endpoint: RuntimeEndpoint
    /// The answer to the last request.
    private(set) var answer = HTTPResponseParser()
    private var descriptor: Int32 = -1
    /// Not zeroed: only what arrives touches memory, which counts at a cold start.
    private let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 65_536)
    private let timeoutSeconds: Int

    /// - Parameter timeoutSeconds: how long one read or write may take; 0 is for ever.
    init(to endpoint: RuntimeEndpoint, timeoutSeconds: Int = 0) {
        self.endpoint = endpoint
        self.timeoutSeconds = timeoutSeconds
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
        input.deallocate()
    }

    /// Sends `head` and `body` with one system call and reads the answer into `answer`. A connection from an earlier
    /// request that turns out closed before a byte of an answer is opened again and the request sent again, once:
    /// the API answers a report that it already has with a 4xx, which does no harm.
    ///
    /// - Parameter stop: what ends the wait for an answer, as long as none has begun.
    mutating func exchange(
        _ head: [UInt8],
        _ body: [UInt8] = [],
        unless stop: StopRequest? = nil
    ) throws(Failure) {
        let isReused = descriptor >= 0
        var attempt = try self.attempt(head, body, stop)
        if case .closed = attempt, isReused { attempt = try self.attempt(head, body, stop) }
        if case .closed(let why) = attempt {
            throw .unreachable(
                RuntimeError(
                    "the Lambda Runtime API at \(endpoint.authority) closed the connection without an answer (\(why)); "
                        + "AWS_LAMBDA_RUNTIME_API must name where it listens"
                )
            )
        }
    }

    /// The answer's body, handed over without a copy.
    mutating func takeBody() -> [UInt8] {
        answer.takeBody()
    }

    private mutating func attempt(
        _ head: [UInt8],
        _ body: [UInt8],
        _ stop: StopRequest?
    ) throws(Failure) -> Attempt {
        if let stop, stop.isAsked { throw .stopped }
        if descriptor < 0 {
            do { descriptor = try endpoint.connect() } catch { throw .unreachable(error) }
            if timeoutSeconds > 0 { limitWaiting() }
        }
        answer.reset()
        // A refused upload is answered before it is read: the answer is looked for even if sending failed.
        let sendFailure = send(head, body)
        guard [0, EPIPE, ECONNRESET].contains(sendFailure) else {
            close()
            return .closed(RuntimeEndpoint.text(errno: sendFailure))
        }
        if let stop, !waitForAnswer(unless: stop) {
            close()
            throw .stopped
        }
        do throws(HTTPError) {
            return try receive(sendFailure)
        } catch {
            close()
            if case .bodyTooLong = error { throw .tooLong(error.description) }
            throw .broken(error.description)
        }
    }

    /// Waits until the answer begins, or the other side closes; `false` when the loops are to end before that. An event
    /// that is there goes first: it has been given to us.
    private func waitForAnswer(unless stop: StopRequest) -> Bool {
        var both = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&both, 2, -1) < 0 {
            // What else could go wrong shows when the answer is read.
            if errno != EINTR { return true }
        }
        return both[0].revents != 0
    }

    private mutating func receive(_ sendFailure: Int32) throws(HTTPError) -> Attempt {
        var isFirst = true
        while !answer.isComplete {
            let count = recv(descriptor, input.baseAddress, input.count, 0)
            if count < 0 {
                let number = errno
                if number == EINTR { continue }
                close()
                guard isFirst else { throw .truncated }
                return .closed(RuntimeEndpoint.text(errno: sendFailure != 0 ? sendFailure : number))
            }
            if count == 0 {
                close()
                if isFirst { return .closed("end of stream") }
                try answer.end()
                return .answered
            }
            isFirst = false
            let taken = try answer.consume(UnsafeBufferPointer(rebasing: input[..<count]).span)
            // Bytes behind the answer belong to no request of ours.
            if taken < count { close() }
        }
        if sendFailure != 0 || !answer.head.keepsAlive { close() }
        return .answered
    }

    /// Gives 0, or the error number.
    private func send(_ head: [UInt8], _ body: [UInt8]) -> Int32 {
        let total = head.count + body.count
        var sent = 0
        return head.withUnsafeBytes { headBytes in
            body.withUnsafeBytes { bodyBytes in
                while sent < total {
                    let count = Self.send(descriptor, headBytes, bodyBytes, skipping: sent)
                    if count >= 0 {
                        sent += count
                    } else if errno != EINTR {
                        return errno
                    }
                }
                return 0
            }
        }
    }

    private static func send(
        _ descriptor: Int32,
        _ head: UnsafeRawBufferPointer,
        _ body: UnsafeRawBufferPointer,
        skipping sent: Int
    ) -> Int {
        let headLeft = UnsafeRawBufferPointer(rebasing: head.dropFirst(sent))
        let bodyLeft = UnsafeRawBufferPointer(rebasing: body.dropFirst(max(0, sent - head.count)))
        var parts = (
            iovec(iov_base: UnsafeMutableRawPointer(mutating: headLeft.baseAddress), iov_len: headLeft.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: bodyLeft.baseAddress), iov_len: bodyLeft.count)
        )
        return withUnsafeMutableBytes(of: &parts) { bytes in
            var message = msghdr()
            message.msg_iov = bytes.baseAddress?.assumingMemoryBound(to: iovec.self)
            message.msg_iovlen = 2
            return sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
        }
    }

    private func limitWaiting() {
        var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    private mutating func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }
}
