import Glibc

// Older compilers cannot place a value in a section; the runtime's own words are all there is then.
#if compiler(>=6.3)

/// Says that `/proc` is missing, as in a root that was made by hand: Swift's runtime looks for its own file there before
/// `main` begins, and aborts with words that help nobody.
///
/// The loader calls what stands in this section before anything else, so there is no runtime yet: nothing but calls of
/// the C library, and no value that needs memory.
@section(".preinit_array") @used
private let procCheck: @convention(c) @Sendable () -> Void = {
    var byte: CChar = 0
    guard readlink("/proc/self/exe", &byte, 1) < 0 else { return }
    let message: StaticString =
        "gatehouse: /proc is not there or cannot be read (/proc/self/exe): mount it, as Lambda and container runtimes do\n"
    _ = write(2, message.utf8Start, message.utf8CodeUnitCount)
    _exit(1)
}
#endif
