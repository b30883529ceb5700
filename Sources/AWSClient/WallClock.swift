package import Basics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The system's wall clock, in whole seconds.
package enum WallClock {
    /// Now.
    package static func now() -> Timestamp {
        Timestamp(secondsSinceEpoch: Int64(time(nil)))
    }
}
