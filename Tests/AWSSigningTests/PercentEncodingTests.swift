import AWSSigning
import Basics
import Testing

@Suite struct PercentEncodingTests {
    @Test func everyByteButTheUnreservedOnesIsEncoded() {
        let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        for byte in UInt8(0)..<128 {
            let text = String(UnicodeScalar(byte))
            let encoded = PercentEncoding.encode(text)
            #expect((encoded == text) == unreserved.contains(byte))
            #expect(encoded.utf8.count == (unreserved.contains(byte) ? 1 : 3))
        }
        #expect(PercentEncoding.encode("grüße /*") == "gr%C3%BC%C3%9Fe%20%2F%2A")
        #expect(PercentEncoding.encode("a/b c", keeping: UInt8(ascii: "/")) == "a/b%20c")
    }

    @Test func queriesAreSortedByEncodedNameAndValue() {
        #expect(CanonicalQuery.text([("b", "2"), ("a", "z"), ("a", "A"), ("ab", "")]) == "a=A&a=z&ab=&b=2")
        #expect(CanonicalQuery.text([]) == "")
    }
}
