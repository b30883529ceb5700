import AWSSigning
import Basics
import Testing

@Suite struct SHA256Tests {
    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }

    /// NIST's examples: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
    @Test(arguments: [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func examplesOfNIST(_ text: String, _ times: Int, _ digest: String) {
        let bytes = Array(String(repeating: text, count: times).utf8)
        #expect(hexadecimal(SHA256.digest(of: bytes)) == digest)
    }

    /// https://www.rfc-editor.org/rfc/rfc4231
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func codesOfRFC4231(_ key: [UInt8], _ message: String, _ code: String) {
        #expect(hexadecimal(HMAC(key: key).code(for: Array(message.utf8))) == code)
    }

    /// A chain in which each digest is of the one before, cut to another length; its end is what Python's hashlib
    /// gives (digests.py).
    @Test func aMillionDigestsAreThoseOfPython() {
        #if DEBUG
        let (rounds, end) = (20_000, "0f87365cfbdaf937d16ee50549540d06955439a04383633dff978b3717e0f209")
        #else
        let (rounds, end) = (1_000_000, "60464458a8c18c353484b7baa7fff8c9e2efcbffefc5a69139eb3cc00d731ae4")
        #endif
        var digest = SHA256.digest(of: [])
        for number in 0..<rounds {
            let text = (0..<9).flatMap { _ in digest }
            digest =
                number.isMultiple(of: 2)
                ? HMAC(key: text.prefix(number % 151)).code(for: text.prefix(number % 257))
                : SHA256.digest(of: text.prefix(number % 289))
        }
        #expect(hexadecimal(digest) == end)
    }

    /// Wherever the bytes are cut, the digest is the same.
    @Test func piecesGiveTheSameDigest() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 131) }
        for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 300] {
            let whole = SHA256.digest(of: bytes.prefix(length))
            for cut in 0...length {
                var hash = SHA256()
                hash.update(bytes.prefix(cut))
                hash.update(bytes.prefix(length).dropFirst(cut))
                #expect(hash.digest() == whole)
            }
        }
    }
}
