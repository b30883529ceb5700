import AWSClient
import Synchronization

/// Credentials whose session token counts how often they were asked for.
final class CountingCredentials: Sendable {
    private let count = Mutex(0)

    var fetches: Int { count.withLock { $0 } }

    func next() -> Credentials {
        let number = count.withLock {
            $0 += 1
            return $0
        }
        return Credentials(accessKeyID: "AKID", secretAccessKey: "s", sessionToken: "\(number)")
    }
}
