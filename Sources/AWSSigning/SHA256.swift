/// SHA-256, as FIPS 180-4 says it. No branch and no index depends on what is hashed.
///
/// https://csrc.nist.gov/pubs/fips/180-4/upd1/final
package struct SHA256: Sendable {
    /// How many bytes a digest has.
    package static let digestSize = 32
    /// How many bytes are hashed at a time.
    static let blockSize = 64

    private typealias State = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)

    /// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
    private var state: State = (
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19
    )
    /// Bytes that do not fill a block yet.
    private var pending: [UInt8] = []
    private var count: UInt64 = 0

    /// The hash of nothing yet.
    package init() {}

    /// The digest of some bytes, 32 bytes.
    package static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.digest()
    }

    /// Goes on with more bytes.
    package mutating func update(_ bytes: some Sequence<UInt8>) {
        guard bytes.withContiguousStorageIfAvailable({ update(buffer: $0) }) == nil else { return }
        Array(bytes).withUnsafeBufferPointer { update(buffer: $0) }
    }

    private mutating func update(buffer: UnsafeBufferPointer<UInt8>) {
        count += UInt64(buffer.count)
        var rest = buffer[...]
        if !pending.isEmpty {
            let taken = rest.prefix(Self.blockSize - pending.count)
            pending.append(contentsOf: taken)
            rest = rest.dropFirst(taken.count)
            guard pending.count == Self.blockSize else { return }
            pending.withUnsafeBufferPointer { Self.compress($0, into: &state) }
            pending.removeAll(keepingCapacity: true)
        }
        while rest.count >= Self.blockSize {
            Self.compress(UnsafeBufferPointer(rebasing: rest.prefix(Self.blockSize)), into: &state)
            rest = rest.dropFirst(Self.blockSize)
        }
        pending.append(contentsOf: rest)
    }

    /// The digest of all bytes so far.
    package func digest() -> [UInt8] {
        var last = self
        let bits = count &* 8
        last.pending.append(0x80)
        while last.pending.count % Self.blockSize != Self.blockSize - 8 { last.pending.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            last.pending.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        last.pending.withUnsafeBufferPointer { padded in
            for start in stride(from: 0, to: padded.count, by: Self.blockSize) {
                Self.compress(UnsafeBufferPointer(rebasing: padded[start..<start + Self.blockSize]), into: &last.state)
            }
        }
        let words = [
            last.state.0, last.state.1, last.state.2, last.state.3, last.state.4, last.state.5, last.state.6,
            last.state.7,
        ]
        return words.flatMap { word in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
        }
    }

    private static func compress(_ block: UnsafeBufferPointer<UInt8>, into state: inout State) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
            for index in 0..<16 {
                var word: UInt32 = 0
                for byte in 0..<4 { word = word << 8 | UInt32(block[4 * index + byte]) }
                words.initializeElement(at: index, to: word)
            }
            for index in 16..<64 {
                let early = words[index - 15]
                let late = words[index - 2]
                let small = rotated(early, 7) ^ rotated(early, 18) ^ (early >> 3)
                let large = rotated(late, 17) ^ rotated(late, 19) ^ (late >> 10)
                words.initializeElement(at: index, to: words[index - 16] &+ small &+ words[index - 7] &+ large)
            }
            let constants = Self.constants
            var (a, b, c, d, e, f, g, h) = state
            for index in 0..<64 {
                let choice = (e & f) ^ (~e & g)
                let mixed = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
                let first = h &+ mixed &+ choice &+ constants[index] &+ words[index]
                let majority = (a & b) ^ (a & c) ^ (b & c)
                let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
                (a, b, c, d, e, f, g, h) = (first &+ second, a, b, c, d &+ first, e, f, g)
            }
            state.0 &+= a
            state.1 &+= b
            state.2 &+= c
            state.3 &+= d
            state.4 &+= e
            state.5 &+= f
            state.6 &+= g
            state.7 &+= h
        }
    }

    @inline(__always)
    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word &>> count | word &<< (32 - count)
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: InlineArray<64, UInt32> = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
}

/// HMAC with SHA-256, as RFC 2104 says it: a key that is ready for any number of messages.
///
/// https://www.rfc-editor.org/rfc/rfc2104
package struct HMAC: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    /// A key of any length.
    package init(key: some Collection<UInt8>) {
        // How long a key is may be known; what it is may not.
        var block = key.count > SHA256.blockSize ? SHA256.digest(of: key) : Array(key)
        block += [UInt8](repeating: 0, count: SHA256.blockSize - block.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        self.inner = inner
        self.outer = outer
    }

    /// The code of a message, 32 bytes.
    package func code(for message: some Sequence<UInt8>) -> [UInt8] {
        var inner = inner
        inner.update(message)
        var outer = outer
        outer.update(inner.digest())
        return outer.digest()
    }
}
